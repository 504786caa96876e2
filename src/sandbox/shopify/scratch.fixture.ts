/** A folder that lives as long as the test that asked for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function scratchDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'instep-sandbox-'));
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }); });
  return directory;
}
