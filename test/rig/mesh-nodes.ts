/** Real services that know each other: each on a home of its own, all on loopback. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callAdmin } from '../../src/admin/client.ts';
import type { Messages, Replies } from '../../src/bus/messages.ts';
import type { AdminMethod } from '../../src/bus/requests.ts';
import type { HistoryEntry } from '../../src/cli/import/history-entry.ts';
import type { AuditRecord, AuditType } from '../../src/domain/audit/audit-record.ts';
import { CaroError } from '../../src/domain/errors.ts';
import type { Envelope } from '../../src/domain/identity/signed-envelope.ts';
import type { QueryType, SharingLevel, TrustLevel } from '../../src/domain/policy/trust.ts';
import { DAY_MS, lastClosed, type PeriodKind } from '../../src/domain/time/period.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { freePort, startService, type TestService } from './service.ts';
import { spoolEntries } from './spooled-history.ts';
import { until } from './until.ts';

export interface NodeSettings {
  readonly trust?: Readonly<Record<string, TrustLevel>>;
  /** Peers that this node dials. */
  readonly dials?: readonly Pick<MeshNode, 'id' | 'endpoint' | 'name'>[];
  /** Peers with a name but without an address. */
  readonly names?: readonly Pick<MeshNode, 'id' | 'name'>[];
  /** `sharing.level`; 1 unless told. */
  readonly level?: SharingLevel;
  readonly denyTools?: readonly string[];
  /** `trust.subnets`. */
  readonly subnets?: Readonly<Record<string, TrustLevel>>;
  readonly denied?: readonly string[];
  readonly minContributors?: number;
  /** `audit.witnesses` and `audit.witness`. */
  readonly witnesses?: readonly string[];
  readonly witness?: boolean;
  /** `analyst.daily`. */
  readonly daily?: readonly QueryType[];
  /** Looks for peers by multicast DNS. */
  readonly mdns?: boolean;
}

export interface MeshNode {
  readonly home: string;
  readonly name: string;
  readonly identity: Identity;
  readonly id: string;
  /** `IP:port` where it takes peers. */
  readonly endpoint: string;
  /**
   * Writes `caro.toml`; takes effect with `start` or `reload`. `listen` is its endpoint unless
   * told.
   */
  readonly configure: (settings: NodeSettings, listen?: string) => void;
  readonly start: (prefix?: readonly string[], options?: readonly string[]) => Promise<TestService>;
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly call: <M extends AdminMethod>(method: M, params: Messages[M]) => Promise<Replies[M]>;
  readonly reload: () => Promise<void>;
  /** Hands commands to the collector as a shell does, and waits until they are stored. */
  readonly observe: (commands: readonly ObservedCommand[]) => Promise<void>;
  readonly audit: (type: AuditType) => Promise<readonly AuditRecord[]>;
  /** Waits until `count` records of a type are in the audit log. */
  readonly audited: (type: AuditType, count?: number) => Promise<readonly AuditRecord[]>;
  readonly isConnected: (id: string) => Promise<boolean>;
}

export interface ObservedCommand {
  readonly text: string;
  readonly atMs: number;
  readonly cwd?: string;
  readonly exitCode?: number;
}

let sessions = 0;

/**
 * A node with a key and a port, not started yet. `host` is where it listens. A call that its
 * service is too busy to answer in time is repeated for `patienceMs`.
 */
export async function makeNode(home: string, name: string, host = '127.0.0.1', patienceMs = 0): Promise<MeshNode> {
  mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 });
  mkdirSync(join(home, 'config'), { recursive: true, mode: 0o700 });
  const identity = openIdentity(join(home, 'data', 'identity.key'));
  const endpoint = `${host}:${await freePort()}`;
  let service: TestService | undefined;
  const call: MeshNode['call'] = (method, params) =>
    patiently(() => callAdmin(join(home, 'run', 'admin.sock'), method, params), patienceMs);
  const audit: MeshNode['audit'] = (type) => call('audit.list', { type, limit: 1_000 });
  const end = (how: 'kill' | 'stop') => async (): Promise<void> => {
    await service?.[how]();
    service = undefined;
  };
  return {
    home,
    name,
    identity,
    id: identity.id,
    endpoint,
    call,
    audit,
    configure: (settings, listen = endpoint) =>
      writeFileSync(join(home, 'config', 'caro.toml'), tomlOf(name, listen, settings), { mode: 0o600 }),
    start: async (prefix, options) => {
      service = await startService(home, prefix, options);
      return service;
    },
    stop: end('stop'),
    kill: end('kill'),
    reload: async () => {
      await call('config.reload', {});
    },
    observe: async (commands) => {
      const { events } = await call('observe.status', {});
      sessions += 1;
      spoolEntries(join(home, 'data', 'spool'), 'bash', commands.map(entryOf), Date.now() + sessions, Date.now());
      const wanted = events + commands.length;
      await until(
        () => call('observe.status', {}),
        (status) => status.events >= wanted,
      );
    },
    audited: (type, count = 1) =>
      until(
        () => audit(type),
        (records) => records.length >= count,
      ),
    isConnected: async (id) =>
      (await call('mesh.status', {})).peers.some((peer) => peer.id === id && peer.state === 'connected'),
  };
}

async function patiently<T>(ask: () => Promise<T>, withinMs: number): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isLate = error instanceof CaroError && error.code === 'deadline_exceeded';
      if (!isLate || performance.now() > deadline) throw error;
    }
  }
}

/** Waits until each of `others` is connected with `node`, as both sides see it. */
export async function connected(node: MeshNode, others: readonly MeshNode[], withinMs = 20_000): Promise<void> {
  for (const other of others) {
    await until(
      async () => (await node.isConnected(other.id)) && (await other.isConnected(node.id)),
      (both) => both,
      withinMs,
    );
  }
}

/** Starts services, two at a time. Resolves with them, in any order. */
export async function startAll(
  nodes: readonly MeshNode[],
  prefix: readonly string[] = [],
): Promise<readonly TestService[]> {
  const services: TestService[] = [];
  await twoAtATime(nodes, async (node) => services.push(await node.start(prefix)));
  return services;
}

/** More processes at once than the machine has cores only wait for each other. */
export async function twoAtATime(
  nodes: readonly MeshNode[],
  work: (node: MeshNode) => Promise<unknown>,
): Promise<void> {
  const waiting = [...nodes];
  const one = async (): Promise<void> => {
    for (let node = waiting.shift(); node; node = waiting.shift()) await work(node);
  };
  await Promise.all([one(), one()]);
}

/** Commands inside the last closed period of a kind, a second apart. */
export const inLast = (
  kind: PeriodKind,
  texts: readonly string[],
  more: Partial<ObservedCommand> = {},
): readonly ObservedCommand[] => {
  const { startMs } = lastClosed(kind, Date.now());
  return texts.map((text, index) => ({ text, atMs: startMs + 60_000 + index * 1_000, ...more }));
};

/** Commands of the last minutes, a second apart. */
export const lately = (texts: readonly string[], more: Partial<ObservedCommand> = {}): readonly ObservedCommand[] =>
  texts.map((text, index) => ({ text, atMs: Date.now() - DAY_MS / 24 + index * 1_000, ...more }));

/** What was signed in a document or a message. */
export const contentOf = ({ payload }: Pick<Envelope, 'payload'>): unknown =>
  JSON.parse(Buffer.from(payload, 'base64').toString());

const entryOf = ({ text, atMs, cwd = '/srv/project', exitCode = 0 }: ObservedCommand): HistoryEntry => ({
  text,
  startMs: atMs,
  durationMs: 40,
  exitCode,
  cwd,
});

function tomlOf(name: string, endpoint: string, settings: NodeSettings): string {
  const { trust = {}, dials = [], names = [], level = 1, denyTools = [], denied = [], minContributors = 5 } = settings;
  const quoted = (texts: readonly string[]): string => `[${texts.map((text) => `"${text}"`).join(', ')}]`;
  return [
    ...['[node]', `name = "${name}"`, '[dashboard]', 'port = 0'],
    ...['[mesh]', 'enabled = true', `listen = "${endpoint}"`, `mdns = ${settings.mdns ?? false}`],
    ...dials.flatMap((peer) => [
      '[[mesh.peers]]',
      `name = "${peer.name}"`,
      `id = "${peer.id}"`,
      `address = "${peer.endpoint}"`,
    ]),
    ...names.flatMap((peer) => ['[[mesh.peers]]', `name = "${peer.name}"`, `id = "${peer.id}"`]),
    '[trust.nodes]',
    ...Object.entries(trust).map(([id, to]) => `"${id}" = "${to}"`),
    '[trust.subnets]',
    ...Object.entries(settings.subnets ?? {}).map(([subnet, to]) => `"${subnet}" = "${to}"`),
    ...['[trust.deny]', `nodes = ${quoted(denied)}`],
    ...['[sharing]', `level = ${level}`, `deny_tools = ${quoted(denyTools)}`],
    ...['[privacy]', `min_contributors = ${minContributors}`],
    ...['[audit]', `witnesses = ${quoted(settings.witnesses ?? [])}`, `witness = ${settings.witness ?? false}`],
    ...['[analyst]', `daily = ${quoted(settings.daily ?? [])}`, ''],
  ].join('\n');
}
