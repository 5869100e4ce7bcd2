/** Folders of which a folder may import types, but no code, so that no port is declared twice. */
const TYPES_ONLY = {
  actors: ['keys', 'storage', 'blind', 'organisation'],
  blind: ['storage'],
  organisation: ['storage'],
};
/** What each folder may import (docs/architecture.md). Any other import is an error. */
const MAY_IMPORT = {
  domain: [],
  platform: ['domain'],
  bus: ['domain', 'shell/model'],
  shell: ['domain'],
  risk: ['domain', 'shell'],
  policy: ['domain'],
  config: ['domain', 'platform', 'generated'],
  identity: ['domain', 'platform', 'generated'],
  keys: ['domain', 'identity', 'platform', 'generated'],
  storage: ['domain', 'platform'],
  audit: ['domain', 'identity'],
  blind: ['domain', 'identity', 'generated', ...TYPES_ONLY.blind],
  organisation: ['domain', 'identity', 'generated', 'blind/sealing', ...TYPES_ONLY.organisation],
  mesh: ['domain', 'identity', 'keys', 'platform', 'blind', 'generated'],
  workers: ['domain', 'identity', 'storage', 'audit', 'shell', 'risk', 'blind', 'generated', 'mesh/relay/open-answers'],
  actors: ['domain', 'bus', 'shell', 'policy', 'risk', 'audit', ...TYPES_ONLY.actors],
  web: ['domain', 'platform', 'bus', 'storage', 'generated'],
  admin: ['domain', 'platform', 'bus', 'generated'],
  cli: [
    'domain',
    'platform',
    'config',
    'admin',
    'audit',
    'storage',
    'identity',
    'keys',
    'risk',
    'shell',
    'policy',
    'organisation',
    'version',
  ],
};
/** The layers of `src/shell` (ADR 0004) and what each may import besides model, limits, source. */
const SHELL_LAYERS = {
  syntax: [],
  expansion: ['syntax'],
  execution: ['syntax', 'expansion', 'catalogue'],
  catalogue: [],
  secrets: ['catalogue'],
};
/** Each third-party package has one home. */
const HOMES = {
  'better-sqlite3': 'storage',
  piscina: 'workers',
  fastify: 'web',
  '@fastify/': 'web',
  preact: 'web',
  uplot: 'web',
  cookie: 'web',
  negotiator: 'web',
  'smol-toml': 'config',
  ws: 'mesh',
  'multicast-dns': 'mesh',
  '@nats-io/': 'mesh',
  '@peculiar/': 'identity',
  'reflect-metadata': 'identity',
  '@noble/': '(identity|audit|blind)',
  '@scure/': 'mesh',
  '@divviup/': 'blind',
  '@hpke/': 'blind',
  commander: 'cli',
  eventemitter3: 'bus',
  re2js: 'risk',
  yaml: 'risk',
  pino: 'platform',
  'string-width': 'cli',
  uqr: 'cli',
};

/** Modules for connections, files and processes, and the files that may import them. */
const DOORS = [
  ['websocket', 'node_modules/ws/', ['mesh/transport/dialler', 'mesh/transport/listener', 'mesh/egress/egress-gate']],
  ['multicast', 'node_modules/multicast-dns/', ['mesh/discovery']],
  ['reflection', 'node_modules/reflect-metadata/', ['identity/certificate']],
  [
    'tls',
    '^(node:)?tls$',
    [
      'mesh/transport/dialler',
      'mesh/transport/listener',
      'mesh/transport/tls-settings',
      'mesh/egress/syslog-gate',
      'mesh/relay/pinned-certificate',
    ],
  ],
  ['nats', 'node_modules/@nats-io/', ['mesh/relay/relay-link']],
  ['http', '^(node:)?http$', ['mesh/transport/listener', 'web/server/server']],
  ['dns', '^(node:)?dns(/promises)?$', ['mesh/transport/address-rule']],
  ['processes', '^(node:)?child_process$', ['cli/', 'web/daemon/page-fork', 'platform/service-manager']],
  [
    'files',
    '^(node:)?fs(/promises)?$',
    ['platform/', 'admin/', 'cli/', 'config/', 'identity/', 'keys/', 'storage/', 'web/', 'wiring/'],
  ],
  // The search reads keys and asks nothing.
  [
    'prompts',
    '^(node:)?(readline(/promises)?|tty)$',
    ['cli/input/', 'cli/commands/assess', 'cli/guard/ask', 'cli/search/interactive'],
  ],
  ['never', '^(node:)?(https|http2|dgram|inspector(/promises)?|cluster)$', []],
  // The only module that sends bytes to a peer; the mesh creates it and passes it on. The rehearsal
  // has a gate of its own, which hands every byte to a reader of this node.
  // The same for the syslog receiver.
  ['syslog', '^src/mesh/egress/syslog-gate\\.ts$', ['wiring/alerts']],
  ['egress', '^src/mesh/egress/egress-gate\\.ts$', ['mesh/mesh', 'mesh/rehearsal']],
  // The same for a relay: its gate writes, its link carries, and only the relay holds the two.
  ['relay-egress', '^src/mesh/relay/relay-gate\\.ts$', ['mesh/relay/relay\\.ts', 'mesh/relay/carrier\\.ts']],
  ['relay-link', '^src/mesh/relay/relay-link\\.ts$', ['mesh/relay/relay\\.ts']],
];

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})(/|\\.|$)` },
}));
const shellLayers = Object.entries(SHELL_LAYERS).map(([folder, allowed]) => ({
  name: `shell-${folder}-imports`,
  severity: 'error',
  from: { path: `^src/shell/${folder}/` },
  to: { path: '^src/shell/', pathNot: `^src/shell/((${[folder, ...allowed].join('|')})/|(limits|model|source)\\.ts$)` },
}));
const typesOnly = Object.entries(TYPES_ONLY).map(([folder, names]) => ({
  name: `${folder}-types-only`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${names.join('|')})/`, dependencyTypesNot: ['type-only'] },
}));
const homes = Object.entries(HOMES).map(([name, folder]) => ({
  name: `home-of-${name.replaceAll(/\W/g, '')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}/` },
  to: { path: `node_modules/${name}${name.endsWith('/') ? '' : '/'}` },
}));
const doors = DOORS.map(([name, path, files]) => ({
  name: `door-${name}`,
  severity: 'error',
  from: { path: '^src/', pathNot: files.map((file) => `^src/${file}`) },
  to: { path, dependencyTypesNot: ['type-only'] },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '\\.d\\.ts$' }, to: {} },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/page/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    ...layers,
    ...typesOnly,
    ...shellLayers,
    ...homes,
    ...doors,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
