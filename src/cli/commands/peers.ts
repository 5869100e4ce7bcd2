import { type Command, InvalidArgumentError } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { PeerEntry } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { needsConfirmation } from '../../domain/identity/key-state.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import { parseEndpoint } from '../../domain/ip-address.ts';
import { addressesOf } from '../../domain/peer-addresses.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import { explain } from '../../policy/explanation.ts';
import type { Context } from '../context.ts';
import { readKeyChanges, sayKeyChanges, withStanding } from '../input/key-changes.ts';
import { parseNodeName } from '../input/options.ts';
import { nodeIdOf } from '../input/peer-names.ts';
import { changeSettings, sayForce } from '../input/settings-change.ts';
import { say, sayJson } from '../output/output.ts';
import { type PeerRow, sayPeers } from '../output/peer-rows.ts';
import { addInvite, addJoin } from './pairing.ts';

export function addPeers(program: Command, context: Context): void {
  const peers = program.command('peers').description('nodes that this node knows');
  addList(peers, context);
  peers
    .command('add')
    .description('add the address of a node; to trust it, run: caro trust set')
    .argument('<id>', 'node id, as printed there by caro identity show', parseId)
    .argument('[address...]', 'its listen addresses, IP:port; none if it dials this node', parseAddresses)
    .option('--name <name>', 'name for it', parseNodeName)
    .action((id: string, addresses: readonly string[], options: { readonly name?: string }) =>
      add(context, id, addresses, options),
    );
  peers
    .command('remove')
    .description('remove the address of a node; its trust stays until: caro trust revoke')
    .argument('<id>', 'node id or name')
    .action((text: string) => remove(context, text));
  addInvite(peers, context);
  addJoin(peers, context);
}

function addList(peers: Command, context: Context): void {
  peers
    .command('list')
    .description('print all peers with their trust level and connection state')
    .option('--json', 'print JSON lines')
    .action(async (options: { readonly json?: true }) => {
      const { rows, note } = await peerRows(context);
      if (options.json) for (const row of rows) sayJson(context, row);
      else if (rows.length === 0)
        say(context, 'No peers yet. To pair: caro peers invite on one node, caro peers join on the other.');
      else {
        await sayPeers(context, rows);
        if (note !== null) say(context, note);
        await sayOpenKeys(context);
      }
    });
}

/** A key that needs confirmation explains why a peer does not connect. */
async function sayOpenKeys(context: Context): Promise<void> {
  const open = (await readKeyChanges(context)).filter(needsConfirmation);
  if (open.length === 0) return;
  say(context);
  await sayKeyChanges(context, open, loadConfiguration(context.places(), context.hostname).configuration);
}

/** Peers of the running mesh; without one, those of the configuration, without a state. */
async function peerRows(
  context: Context,
): Promise<{ readonly rows: readonly PeerRow[]; readonly note: string | null }> {
  const mesh = await runningMesh(context);
  if (mesh?.enabled) return { rows: mesh.peers, note: null };
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const peers = configuration.mesh.peers;
  const others = Object.keys(configuration.trust.nodes).filter((id) => !peers.some((peer) => peer.id === id));
  const named: readonly PeerEntry[] = [...peers, ...others.map((id) => ({ id }))];
  const rows = named.map((peer): PeerRow => {
    const { id, name } = peer;
    const [address = null] = addressesOf(peer);
    const host = address === null ? undefined : parseEndpoint(address)?.host;
    const question = { id, action: 'connect', ...(host === undefined ? {} : { address: host }) } as const;
    const { trust } = explain(configuration, withStanding(context, question));
    return {
      id,
      name: name ?? null,
      address,
      trust: trust === 'denied' ? 'untrusted' : trust,
      state: null,
      reason: null,
      skewMs: null,
      lastSeen: null,
      version: null,
    };
  });
  return { rows, note: mesh ? 'The mesh is off: set enabled = true under [mesh].' : 'The service is not running.' };
}

async function runningMesh(context: Context): Promise<MeshStatus | undefined> {
  try {
    return await callAdmin(context.places().socket, 'mesh.status', {});
  } catch (error) {
    if (error instanceof CaroError && error.code === 'not_running') return undefined;
    throw error;
  }
}

async function add(
  context: Context,
  id: string,
  addresses: readonly string[],
  { name }: { readonly name?: string },
): Promise<void> {
  const [first, ...others] = addresses;
  const address = others.length === 0 ? first : addresses;
  const { isInForce } = await changeSettings(context, {
    set: 'peer',
    peer: { ...(name === undefined ? {} : { name }), id, ...(address === undefined ? {} : { address }) },
  });
  say(context, `${name ?? id} ${addresses.length === 0 ? 'dials this node' : `is at ${addresses.join(', ')}`}`);
  sayForce(context, isInForce);
  say(context, `To trust it: caro trust set ${name ?? id} LEVEL`);
}

async function remove(context: Context, text: string): Promise<void> {
  const { config } = context.places();
  const { configuration, managed } = loadConfiguration(context.places(), context.hostname);
  const id = await nodeIdOf(context, text, configuration);
  if (!configuration.mesh.peers.some((peer) => peer.id === id))
    throw new CaroError('not_found', 'expected a peer, got another node; see: caro peers list');
  if (!managed.mesh.peers.some((peer) => peer.id === id))
    throw new CaroError('usage', `expected a peer that a command added, this one is in ${config}; remove it there`);
  const { loaded, isInForce } = await changeSettings(context, { set: 'no-peer', id });
  const isLeft = loaded.configuration.mesh.peers.some((peer) => peer.id === id);
  say(context, isLeft ? `${text} is still in ${config}; remove it there too` : `${text} is no longer a peer`);
  sayForce(context, isInForce);
  if (Object.hasOwn(loaded.configuration.trust.nodes, id))
    say(context, `It is still trusted and may connect; to end that: caro trust revoke ${id}`);
}

function parseId(text: string): string {
  if (parseNodeId(text)) return text;
  throw new InvalidArgumentError('Expected a node id (caro:ed25519:…), as printed on that node by: caro identity show');
}

function parseAddresses(text: string, before: readonly string[] = []): readonly string[] {
  if (parseEndpoint(text)) return [...before, text];
  throw new InvalidArgumentError('Expected an address and a port, such as 10.0.1.5:9238 or [fd00::5]:9238.');
}
