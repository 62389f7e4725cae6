import { defineConfig } from '@playwright/test'

/** The same specs in both shells: `npm run test:e2e`. */
export default defineConfig<object, { kind: 'browser' | 'electron' }>({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // One window at a time: they would take the processor and the keyboard focus from each other.
  workers: 1,
  fullyParallel: false,
  // A test that passes at the second try has found something, and the report names it; what else the
  // machine was doing must not decide alone.
  retries: process.env.CI === undefined ? 0 : 1,
  forbidOnly: process.env.CI !== undefined,
  // Only what hangs is to fail: several programs and a model share the processor with the test.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['./tests/e2e/support/shell-reporter.ts']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    // What only Electron has: its main process, dialogs, the modules of its own.
    { name: 'browser', use: { kind: 'browser' }, testIgnore: '**/electron/**' },
    { name: 'electron', use: { kind: 'electron' } },
  ],
})
