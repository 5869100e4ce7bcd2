/** Sources run straight from TypeScript (swc, no type check: `npm run lint` has that); @noble and a few others ship ES modules only. */
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
    '/node_modules/(?!@noble/|@scure/|string-width/|get-east-asian-width/|strip-ansi/|ansi-regex/)',
  ],
  globalSetup: '<rootDir>/test/rig/global-setup.cjs',
  globalTeardown: '<rootDir>/test/rig/global-teardown.cjs',
  setupFiles: ['<rootDir>/test/rig/seed.ts'],
  testTimeout: 30_000,
  // Each test file leaves some 10 MiB behind, which makes processes slow to start and V8's coverage slow to ask.
  workerIdleMemoryLimit: '256MB',
};
