/** Who may import whom (docs/architecture.md). A rule lists everything a folder may reach; all else is an error. */
const MAY_IMPORT = {
  domain: [],
  bus: ['domain', 'shell/model'],
  shell: ['domain'],
  risk: ['domain', 'shell'],
  policy: ['domain'],
  config: ['domain', 'generated'],
  identity: ['domain', 'generated'],
  storage: ['domain'],
  audit: ['domain', 'identity'],
  mesh: ['domain', 'identity', 'generated'],
  workers: ['domain', 'identity', 'storage', 'audit'],
  actors: ['domain', 'bus', 'shell', 'policy', 'risk', 'audit'],
  web: ['domain', 'bus', 'storage', 'generated'],
  admin: ['domain', 'bus', 'generated'],
  cli: ['domain', 'config', 'admin', 'audit', 'storage', 'identity', 'risk', 'shell', 'policy', 'version'],
};
/** Each third-party package has one home. */
const HOMES = {
  'better-sqlite3': 'storage',
  piscina: 'workers',
  fastify: 'web',
  '@fastify/': 'web',
  preact: 'web',
  uplot: 'web',
  'smol-toml': 'config',
  ws: 'mesh',
  '@peculiar/': 'identity',
  '@noble/': '(identity|audit)',
  commander: 'cli',
  eventemitter3: 'bus',
  pino: 'wiring',
};

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})(/|\\.|$)` },
}));
const homes = Object.entries(HOMES).map(([name, folder]) => ({
  name: `home-of-${name.replaceAll(/\W/g, '')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}/` },
  to: { path: `node_modules/${name}${name.endsWith('/') ? '' : '/'}` },
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
    ...homes,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/web/page/' },
  },
};
