/** swc transpiles TypeScript; `npm run lint` checks types. A few packages are ES modules only. */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/slow/'],
  transform: {
    '^.+\\.(ts|js)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/(?!@noble/|@divviup/|@scure/|string-width/|get-east-asian-width/|strip-ansi/|ansi-regex/)',
  ],
  globalSetup: '<rootDir>/test/rig/jest/global-setup.cjs',
  globalTeardown: '<rootDir>/test/rig/jest/global-teardown.cjs',
  setupFiles: ['<rootDir>/test/rig/jest/seed.ts'],
  // For a machine that others use at the same time: a test that passes does not take longer for it.
  testTimeout: 120_000,
  // Most tests wait for processes of their own.
  maxWorkers: '100%',
  // Each test file leaks about 10 MiB, which slows down forks and V8 coverage.
  workerIdleMemoryLimit: '256MB',
};
