/** The relay of an organization: the files of `caro org relay-config`, and a real nats-server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RelayStatus } from '../../src/domain/status/relay-status.ts';
import type { MeshNode } from './mesh-nodes.ts';
import type { Organisation } from './organisation.ts';
import { freePort } from './service.ts';
import { until } from './until.ts';

const WAIT_MS = 120_000;

export interface OrgRelay {
  /** `IP:port` that members dial. */
  readonly address: string;
  readonly start: () => Promise<void>;
  /** As a crash. */
  readonly kill: () => Promise<void>;
  /** `nats-server --signal reload`, after the officers have written the file again. */
  readonly reload: () => Promise<void>;
  readonly log: () => string;
  /** Everything that the server has stored and logged. */
  readonly seen: () => string;
}

export interface RelayMachine {
  readonly host?: string;
  /** Starts the server there. */
  readonly prefix?: readonly string[];
}

/** Names a relay in the draft of the officers, and writes its files into their folder. */
export async function draftRelay(
  org: Organisation,
  folder: string,
  { host = '127.0.0.1', prefix = [] }: RelayMachine = {},
): Promise<OrgRelay> {
  const [key = ''] = org.keys;
  const files = join(org.folder, 'relay');
  const [store, logFile] = [join(folder, 'store'), join(folder, 'nats.log')];
  const address = `${host}:${await freePort()}`;
  await org.officer('relay-config', '--key', key, '--address', address, '--folder', files, '--store', store);
  let server: ChildProcess | undefined;
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  return {
    address,
    log,
    start: async () => {
      rmSync(logFile, { force: true });
      const started = spawn('env', [...prefix, 'nats-server', '-c', join(files, 'nats-server.conf'), '-l', logFile], {
        stdio: 'ignore',
      });
      server = started;
      await until(() => log().includes('Server is ready') || started.exitCode !== null);
      if (started.exitCode !== null) throw new Error(log());
    },
    kill: async () => {
      const present = server;
      if (!present || present.exitCode !== null || present.signalCode !== null) return;
      const gone = new Promise((done) => present.once('exit', done));
      present.kill('SIGKILL');
      await gone;
    },
    reload: async () => {
      const before = log().length;
      server?.kill('SIGHUP');
      await until(() => /Reloaded server configuration|Failed to reload/.test(log().slice(before)));
      if (log().slice(before).includes('Failed to reload')) throw new Error(log());
    },
    seen: () =>
      readdirSync(store, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
        .join('') + log(),
  };
}

/** Waits until a node is as wanted towards its relay. */
export const relayIs = (
  node: MeshNode,
  isWanted: (status: RelayStatus | null) => boolean,
): Promise<RelayStatus | null> => until(async () => (await node.call('mesh.status', {})).relay, isWanted, WAIT_MS);

export const isOnRelay = (status: RelayStatus | null): boolean => status?.state === 'connected';
