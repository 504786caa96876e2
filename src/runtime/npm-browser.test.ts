import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { npmBrowser } from './npm-browser.ts';

it('is unpacked whole by those who want it at once, leaves nothing beside it, and is not what somebody else put there', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'instep-test-browser-')), home = path.join(folder, 'browser');
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  const [first, second] = await Promise.all([npmBrowser(home), npmBrowser(home)]);
  expect(first).toEqual(second);
  expect(readdirSync(folder)).toEqual(['browser']);
  expect(execFileSync(first.executablePath, ['--version', '--no-sandbox'], { env: first.env, encoding: 'utf8' })).toMatch(/\d+\.\d+/);
  expect(existsSync(path.join(home, 'al2023', 'lib')) && existsSync(path.join(home, 'fonts'))).toBe(true);
  writeFileSync(path.join(folder, 'planted'), 'x');
  await expect(npmBrowser(path.join(folder, 'planted'))).rejects.toThrow('is not a folder of this user');
}, 120_000);
