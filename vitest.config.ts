import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // The machines that have to pass are of 2 cores, and the end-to-end tests start processes.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    // A test that asserts nothing, one that needs a second try and one that hides the others are
    // failures.
    expect: { requireAssertions: true },
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    unstubEnvs: true,
    unstubGlobals: true,
    restoreMocks: true,
  },
});
