/**
 * An organization of real services on one machine: officers with a folder, an analyst, a trustee.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrgStatus } from '../../src/domain/organisation/membership.ts';
import { type MeshNode, makeNode, startAll } from './mesh-nodes.ts';
import { caro, freePort } from './service.ts';
import { until } from './until.ts';

const WAIT_MS = 120_000;

export interface Organisation {
  readonly analyst: MeshNode;
  readonly trustee: MeshNode;
  readonly nodes: readonly MeshNode[];
  /** The folder of the officers. */
  readonly folder: string;
  /** The file with which nodes join. */
  readonly file: string;
  /** Key files of the officers, who have no node. */
  readonly keys: readonly string[];
  /** `caro org` with these arguments, on the machine of the analyst. */
  readonly officer: (...args: readonly string[]) => Promise<string>;
  /** Signs the draft with these keys and publishes it. */
  readonly publish: (keys?: readonly string[]) => Promise<void>;
  readonly makeNode: (name: string) => Promise<MeshNode>;
  readonly end: () => Promise<void>;
}

/** Standard output of `caro ARGS` at a node. @throws Error where it fails */
export async function ran(node: Pick<MeshNode, 'home' | 'name'>, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await caro(node.home, ...args);
  if (code !== 0) throw new Error(`${node.name}: caro ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Of a node that listens nowhere: it only dials, as a laptop does. */
const plain = (port: number): string => `[dashboard]\nport = ${port}\n`;

export interface FoundOptions {
  /** No node reaches another one: nobody listens, and the roster names addresses of nobody. */
  readonly isApart?: boolean;
  /** More of `caro.toml`, by the name of the node. */
  readonly toml?: (name: string) => string;
}

/** Nothing listens on this port. */
const NOBODY = '127.0.0.1:1';

async function prepared(folder: string, name: string, isListening: boolean, more: string): Promise<MeshNode> {
  const node = await makeNode(join(folder, name), name);
  const port = await freePort();
  const mesh = `[mesh]\nenabled = true\nlisten = "${isListening ? node.endpoint : '127.0.0.1:0'}"\n`;
  const text = `[node]\nname = "${name}"\n${plain(port)}${mesh}[privacy]\nmin_contributors = 3\n${more}`;
  writeFileSync(join(node.home, 'config', 'caro.toml'), text, { mode: 0o600 });
  return node;
}

/** Officers, an analyst and a trustee with version 1 of the roster; `names` are nodes that run. */
export async function foundOrganisation(
  folder: string,
  names: readonly string[],
  { isApart = false, toml = () => '' }: FoundOptions = {},
): Promise<Organisation> {
  const made: MeshNode[] = [];
  const make = async (name: string, isListening = false): Promise<MeshNode> => {
    const node = await prepared(folder, name, isListening && !isApart, toml(name));
    made.push(node);
    return node;
  };
  const analyst = await make('analyst', true);
  const trustee = await make('works-council', true);
  const nodes: MeshNode[] = [];
  for (const name of names) nodes.push(await make(name));
  await startAll([analyst, trustee, ...nodes]);
  const office = join(folder, 'office');
  const officers = join(folder, 'officers');
  for (const path of [office, officers]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const keys = ['anna', 'boris', 'clara'].map((name) => join(officers, `${name}.key`));
  for (const key of keys) await ran(analyst, 'org', 'key', key);
  const officer = (command: string, ...args: readonly string[]): Promise<string> =>
    ran(analyst, 'org', command, ...args, '--dir', office);
  const publish = async (signers: readonly string[] = keys.slice(0, 2)): Promise<void> => {
    for (const key of signers) await officer('sign', '--key', key, '--yes');
    await officer('publish');
  };
  const requests = [analyst, trustee].map((node) => join(officers, `${node.name}.json`));
  for (const [at, node] of [analyst, trustee].entries())
    await ran(node, 'org', 'request', 'example-gmbh', '--output', requests[at] ?? '');
  await officer(
    'create',
    'example-gmbh',
    ...['anna', 'boris', 'clara'].flatMap((name, at) => ['--officer', `${name}=${keys[at] ?? ''}`]),
    ...['--supervisor', `${requests[0] ?? ''}@${isApart ? NOBODY : analyst.endpoint}`],
    ...['--trustee', `${requests[1] ?? ''}@${isApart ? NOBODY : trustee.endpoint}`, '--floor', '5'],
  );
  await publish();
  const file = join(office, 'example-gmbh.caro-org');
  await ran(analyst, 'org', 'join', file, '--yes');
  await ran(analyst, 'org', 'import', office);
  await ran(trustee, 'org', 'join', file, '--yes');
  await ran(trustee, 'org', 'import', office);
  return {
    ...{ analyst, trustee, nodes, folder: office, file, keys, officer, publish },
    makeNode: make,
    end: async () => {
      await Promise.all(made.map((node) => node.stop()));
    },
  };
}

/** Waits until the roster of a node is as wanted. */
export const orgStatus = (node: MeshNode, isWanted: (status: OrgStatus) => boolean): Promise<OrgStatus> =>
  until(
    async () => {
      const status = await node.call('org.status', {});
      if (status === null) throw new Error(`${node.name}: expected a node with an organization`);
      return status;
    },
    isWanted,
    WAIT_MS,
  );

/** Waits until the analyst has this many requests. */
export const requested = ({ analyst }: Organisation, count: number): Promise<OrgStatus> =>
  orgStatus(analyst, ({ requests }) => requests >= count);

export const isMember = ({ membership }: OrgStatus): boolean => membership !== null;
