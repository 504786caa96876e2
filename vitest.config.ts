import { defineConfig } from 'vitest/config';
import LongestFirst from './tools/longest-first.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    testTimeout: 30_000, hookTimeout: 60_000, maxWorkers: 4, // on two cores: browsers, clocks and killed processes are mostly waited for
    expect: { poll: { timeout: 15_000 } }, // a page that shares two cores with a simulation is slow, not wrong
    isolate: false, // modules are loaded once a worker: loading them anew for each file took a sixth of the whole
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './tools/closing-line.ts'],
  },
});
