/**
 * The rules about who may import and open what: each is broken in a copy of the sources, and has to
 * object by its name.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const ROOT = resolve(__dirname, '../..');
const newFolder = temporaryFolders();

/** A copy of the sources with these files planted in it. */
function planted(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const name of ['src', 'tsconfig.json', 'eslint.config.mjs', '.dependency-cruiser.cjs', 'package.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

function run(folder: string, tool: string, args: readonly string[]): string {
  const command = join(ROOT, 'node_modules', '.bin', tool);
  const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.stdout === '') throw new Error(done.stderr);
  return done.stdout;
}

/** File, what it does, and the rule of .dependency-cruiser.cjs that has to object. */
const IMPORTS: readonly (readonly [file: string, line: string, rule: string])[] = [
  ['src/mesh/planted-socket.ts', "import { WebSocket } from 'ws'; export const found = WebSocket;", 'door-websocket'],
  ['src/web/planted-socket.ts', "import { WebSocket } from 'ws'; export const found = WebSocket;", 'home-of-ws'],
  ['src/mesh/planted-mdns.ts', "import mdns from 'multicast-dns'; export const found = mdns;", 'door-multicast'],
  [
    'src/actors/planted-mdns.ts',
    "import mdns from 'multicast-dns'; export const found = mdns;",
    'home-of-multicastdns',
  ],
  ['src/identity/planted-reflect.ts', "import 'reflect-metadata'; export const found = 1;", 'door-reflection'],
  ['src/workers/planted-reflect.ts', "import 'reflect-metadata'; export const found = 1;", 'home-of-reflectmetadata'],
  ['src/mesh/planted-tls.ts', "import { connect } from 'node:tls'; export const found = connect;", 'door-tls'],
  ['src/actors/planted-http.ts', "import { request } from 'node:http'; export const found = request;", 'door-http'],
  ['src/web/planted-https.ts', "import { request } from 'node:https'; export const found = request;", 'door-never'],
  [
    'src/mesh/planted-udp.ts',
    "import { createSocket } from 'node:dgram'; export const found = createSocket;",
    'door-never',
  ],
  ['src/config/planted-dns.ts', "import { lookup } from 'node:dns/promises'; export const found = lookup;", 'door-dns'],
  [
    'src/shell/planted-fork.ts',
    "import { spawn } from 'node:child_process'; export const found = spawn;",
    'door-processes',
  ],
  [
    'src/domain/planted-file.ts',
    "import { readFileSync } from 'node:fs'; export const found = readFileSync;",
    'door-files',
  ],
  [
    'src/cli/commands/planted-question.ts',
    "import { createInterface } from 'node:readline'; export const found = createInterface;",
    'door-prompts',
  ],
  [
    'src/domain/planted-place.ts',
    "export { replacePrivately } from '../platform/files/private-file.ts';",
    'domain-imports',
  ],
  [
    'src/mesh/egress/planted-gate.ts',
    "import { createEgressGate } from './egress-gate.ts'; export const found = createEgressGate;",
    'door-egress',
  ],
  [
    'src/mesh/relay/planted-gate.ts',
    "import { createRelayGate } from './relay-gate.ts'; export const found = createRelayGate;",
    'door-relay-egress',
  ],
  [
    'src/mesh/relay/planted-link.ts',
    "import { openRelayLink } from './relay-link.ts'; export const found = openRelayLink;",
    'door-relay-link',
  ],
  [
    'src/mesh/relay/planted-nats.ts',
    "import { connect } from '@nats-io/transport-node'; export const found = connect;",
    'door-nats',
  ],
  [
    'src/actors/planted-nats.ts',
    "import { connect } from '@nats-io/transport-node'; export const found = connect;",
    'home-of-natsio',
  ],
  ['src/wiring/planted-gate.ts', "export const found = import('../mesh/egress/egress-gate.ts');", 'door-egress'],
  [
    'src/domain/planted-layer.ts',
    "import { connect } from '../admin/client.ts'; export const found = connect;",
    'domain-imports',
  ],
  [
    'src/actors/planted-layer.ts',
    "import { Sqlite } from '../storage/sqlite.ts'; export const found = Sqlite;",
    'actors-types-only',
  ],
  ['src/cli/planted-tool.ts', "import fc from 'fast-check'; export const found = fc;", 'no-development-packages'],
];

test('an import that a rule forbids is refused by that rule', () => {
  const folder = planted(Object.fromEntries(IMPORTS.map(([file, text]) => [file, `${text}\n`])));
  const files = IMPORTS.map(([file]) => file);
  const said = run(folder, 'depcruise', [...files, '--output-type', 'json']);
  const { summary } = JSON.parse(said) as {
    readonly summary: {
      readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    };
  };
  const found = new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
  expect(IMPORTS.map(([file, , rule]) => `${file}: ${rule}`).filter((expected) => !found.has(expected))).toEqual([]);
  // Sources as they stand break none, or a planted file would prove nothing.
  expect(summary.violations.filter(({ from }) => !from.includes('planted'))).toEqual([]);
});

/** Likewise for eslint.config.mjs. */
const LINES: readonly (readonly [file: string, line: string, rule: string])[] = [
  [
    'src/mesh/planted-net.ts',
    "import { connect } from 'node:net'; export const found = connect;",
    '@typescript-eslint/no-restricted-imports',
  ],
  [
    'src/policy/planted-net.ts',
    "import { createServer } from 'net'; export const found = createServer;",
    '@typescript-eslint/no-restricted-imports',
  ],
  [
    'src/actors/planted-fetch.ts',
    "export const found = (): Promise<Response> => fetch('http://127.0.0.1/');",
    'no-restricted-globals',
  ],
  [
    'src/mesh/transport/planted-send.ts',
    "import type { Link } from './link.ts'; export const found = (link: Link): void => link.socket.send('x');",
    'no-restricted-syntax',
  ],
  [
    'src/mesh/relay/planted-publish.ts',
    "import type { RelayOutlet } from './relay-gate.ts'; export const found = (to: RelayOutlet): void => to.publish('a', Buffer.of(1));",
    'no-restricted-syntax',
  ],
  [
    'src/mesh/planted-write.ts',
    "import type { Socket } from 'node:net'; export const found = (to: Socket): boolean => to.write('x');",
    'no-restricted-syntax',
  ],
];

test('a socket opened, or bytes handed to a peer, in any other file than the few that are meant to is refused', () => {
  const folder = planted(Object.fromEntries(LINES.map(([file, text]) => [file, `${text}\n`])));
  const files = LINES.map(([file]) => file);
  // A type is no socket: these two are fine.
  const said = run(folder, 'eslint', [
    '--format',
    'json',
    ...files,
    'src/mesh/transport/session.ts',
    'src/admin/control-connection.ts',
  ]);
  const results = JSON.parse(said) as readonly {
    readonly filePath: string;
    readonly messages: readonly { readonly ruleId: string | null }[];
  }[];
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId }) => `${filePath.slice(filePath.indexOf('src/'))}: ${ruleId}`),
  );
  expect(found.sort()).toEqual(LINES.map(([file, , rule]) => `${file}: ${rule}`).sort());
});
