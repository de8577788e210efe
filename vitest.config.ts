import { defineConfig } from 'vitest/config';

// One copy of graphql: its package offers an ES and a CommonJS build, and a schema of one is refused by the other.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

// How long a test waits for what it expects says nothing of how soon it is: a busy machine takes its time.
const expectSoon = { poll: { timeout: 30_000, interval: 50 } };

// A dependency that warns of how we use it will refuse it one day.
const execArgv = ['--throw-deprecation'];

const exclude = ['**/node_modules/**', '**/generated/**', '**/.tintype/**'];

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          execArgv,
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          expect: expectSoon,
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          execArgv,
          include: ['**/*.int.test.ts'],
          exclude,
          globalSetup: ['./infra/runtime/testing/src/services.setup.ts'],
          setupFiles: ['./infra/runtime/testing/src/rows.setup.ts'],
          expect: expectSoon,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        resolve,
        test: {
          name: 'e2e',
          execArgv,
          include: ['**/*.e2e.test.ts'],
          exclude,
          globalSetup: ['./infra/runtime/testing/src/services.setup.ts'],
          setupFiles: ['./infra/runtime/testing/src/rows.setup.ts'],
          expect: expectSoon,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
