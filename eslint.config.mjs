// Types and correctness only: formatting and import order belong to Biome.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'coverage/',
      'src/generated/',
      'src/web/page/',
      '**/*.mjs',
      '**/*.js',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    // Files that may open sockets; .dependency-cruiser.cjs cannot tell `connect` from `isIP`.
    files: ['src/**'],
    ignores: [
      'src/admin/{server,client}.ts',
      'src/web/daemon/dashboard-listener.ts',
      'src/web/server/server.ts',
      'src/mesh/transport/{listener,dialler}.ts',
      'src/mesh/relay/pinned-certificate.ts',
      'src/cli/doctor/port-holder.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: ['node:net', 'net'].map((name) => ({
            name,
            importNames: ['connect', 'createConnection', 'createServer', 'default', 'Server', 'Socket'],
            allowTypeImports: true,
            message: 'Sockets are opened in the files named in eslint.config.mjs only.',
          })),
        },
      ],
    },
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'],
    },
  },
  {
    // All outgoing bytes pass the egress gate, which a session holds as `channel`.
    files: ['src/mesh/**'],
    ignores: ['src/mesh/egress/egress-gate.ts', 'src/mesh/relay/relay-{gate,link}.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.type='Identifier'][callee.property.name=/^(send|write|ping|pong)$/]:not([callee.object.property.name='channel'])",
          message: 'Only src/mesh/egress/egress-gate.ts hands bytes to a peer.',
        },
        {
          selector:
            "CallExpression[callee.property.type='Identifier'][callee.property.name=/^(publish|publishMessage|respond|respondMessage|request|requestMany|store)$/]:not([callee.object.name=/^(gate|multicast)$/])",
          message: 'Only src/mesh/relay/relay-gate.ts hands bytes to a relay.',
        },
      ],
    },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
);
