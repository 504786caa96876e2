/**
 * `npm run check`: types of the server, of domain/ alone and of the web UI, lint, and tidy, side by side. Prints what each found; exits 1 when any
 * found something. Nothing is built and nothing is changed.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const bin = (name: string): string => path.join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

interface Check { name: string; command: string; args: string[] }
interface Outcome { check: Check; ok: boolean; output: string; seconds: number }

const types = (name: string, project: string): Check => ({ name: `types of ${name}`, command: bin('tsc'), args: ['--noEmit', '-p', project] });

const CHECKS: readonly Check[] = [
  types('the server and the tests', 'tsconfig.json'),
  types('domain, alone', 'src/domain/tsconfig.json'),
  types('the web UI', 'src/web/tsconfig.json'),
  { name: 'lint', command: bin('oxlint'), args: ['--deny-warnings', '--format=unix'] },
  { name: 'tidy', command: process.execPath, args: ['tools/tidy.ts'] },
];

function run(check: Check): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (ok: boolean, output: string): void => resolve({ check, ok, output: output.trim(), seconds: (performance.now() - began) / 1000 });
    const child = spawn(check.command, check.args, {
      cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32',
      // The tools run on the Node that came with the dependencies, whatever Node the machine has.
      env: { ...process.env, PATH: `${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${process.env['PATH'] ?? ''}` },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text; });
    child.once('error', (error) => end(false, `${check.command} does not start: ${error.message}`));
    child.once('close', (code) => end(code === 0, output));
  });
}

const outcomes = await Promise.all(CHECKS.map(run));
for (const { check, ok, output, seconds } of outcomes) {
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${check.name}  (${seconds.toFixed(1)} s)`);
  if (!ok) console.log(output.split('\n').map((line) => `      ${line}`).join('\n'));
}
const failed = outcomes.filter((outcome) => !outcome.ok).length;
console.log(failed === 0 ? `All ${outcomes.length} checks passed` : `${failed} of ${outcomes.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
