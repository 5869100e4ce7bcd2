/**
 * An organization of real services on one machine: officers with a folder, an analyst, a trustee.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrgStatus } from '../../src/domain/organisation/membership.ts';
import { type MeshNode, makeNode, startAll } from './mesh-nodes.ts';
import { caroBehind, freePort } from './service.ts';
import { until } from './until.ts';

const WAIT_MS = 120_000;
const ORG = 'example-gmbh';

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
  /** One that runs as soon as it is started. `isListening`: with a port for members. */
  readonly makeNode: (name: string, isListening?: boolean) => Promise<MeshNode>;
  readonly end: () => Promise<void>;
}

/** These names and further ones, if CARO_ORG_NODES asks for more developers. */
export const developers = (names: readonly string[]): readonly string[] => [
  ...names,
  ...Array.from(
    { length: Math.max(0, Number(process.env['CARO_ORG_NODES'] ?? 0) - names.length) },
    (_, at) => `dev-${at + 1}`,
  ),
];

/** Standard output of `caro ARGS` at a node. @throws Error where it fails */
export const ran = (node: Pick<MeshNode, 'home' | 'name'>, ...args: readonly string[]): Promise<string> =>
  ranBehind([], node, ...args);

async function ranBehind(
  prefix: readonly string[],
  node: Pick<MeshNode, 'home' | 'name'>,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await caroBehind(prefix, node.home, ...args);
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
  /** Of a clock on which all services and the officers' commands run. */
  readonly prefix?: readonly string[];
  /** Address of the machine on which analyst and trustee listen. */
  readonly host?: string;
  /** Further arguments of `caro org create`. */
  readonly terms?: readonly string[];
}

/** Nothing listens on this port. */
const NOBODY = '127.0.0.1:1';

interface Preparation {
  readonly host: string;
  readonly isListening: boolean;
  readonly more: string;
}

async function prepared(folder: string, name: string, { host, isListening, more }: Preparation): Promise<MeshNode> {
  const node = await makeNode(join(folder, name), name, host);
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
  options: FoundOptions = {},
): Promise<Organisation> {
  const made: MeshNode[] = [];
  try {
    return await found(made, folder, names, options);
  } catch (error) {
    await Promise.all(made.map((node) => node.kill()));
    throw error;
  }
}

async function found(
  made: MeshNode[],
  folder: string,
  names: readonly string[],
  { isApart = false, toml = () => '', prefix = [], host = '127.0.0.1', terms = [] }: FoundOptions,
): Promise<Organisation> {
  const make = async (name: string, isListening = false): Promise<MeshNode> => {
    const node = await prepared(folder, name, { host, isListening: isListening && !isApart, more: toml(name) });
    made.push(node);
    return node;
  };
  const analyst = await make('analyst', true);
  const trustee = await make('works-council', true);
  const nodes: MeshNode[] = [];
  for (const name of names) nodes.push(await make(name));
  await startAll([analyst, trustee, ...nodes], prefix);
  const office = join(folder, 'office');
  const officers = join(folder, 'officers');
  for (const path of [office, officers]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const keys = ['anna', 'boris', 'clara'].map((name) => join(officers, `${name}.key`));
  const run = (node: MeshNode, ...args: readonly string[]): Promise<string> => ranBehind(prefix, node, ...args);
  await Promise.all(keys.map((key) => run(analyst, 'org', 'key', key)));
  const officer = (command: string, ...args: readonly string[]): Promise<string> =>
    run(analyst, 'org', command, ...args, '--dir', office);
  const publish = async (signers: readonly string[] = keys.slice(0, 2)): Promise<void> => {
    for (const key of signers) await officer('sign', '--key', key, '--yes');
    await officer('publish');
  };
  const requests = [analyst, trustee].map((node) => join(officers, `${node.name}.json`));
  await Promise.all(
    [analyst, trustee].map((node, at) => run(node, 'org', 'request', ORG, '--output', requests[at] ?? '')),
  );
  await officer(
    'create',
    ORG,
    ...['anna', 'boris', 'clara'].flatMap((name, at) => ['--officer', `${name}=${keys[at] ?? ''}`]),
    ...['--supervisor', `${requests[0] ?? ''}@${isApart ? NOBODY : analyst.endpoint}`],
    ...['--trustee', `${requests[1] ?? ''}@${isApart ? NOBODY : trustee.endpoint}`, '--floor', '5'],
    ...terms,
  );
  await publish();
  const file = join(office, `${ORG}.caro-org`);
  await Promise.all(
    [analyst, trustee].map(async (node) => {
      await run(node, 'org', 'join', file, '--yes');
      await run(node, 'org', 'import', office);
    }),
  );
  return {
    analyst,
    trustee,
    nodes,
    folder: office,
    file,
    keys,
    officer,
    publish,
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
