import { isIP } from 'node:net';
import { conditionOf, isMeasureName } from '../domain/alerts/alert.ts';
import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import { isInternal, isLoopback, networkOf, parseEndpoint, parseListen, parseSubnet } from '../domain/ip-address.ts';
import { addressesOf } from '../domain/peer-addresses.ts';
import type { KeyPath } from './key-lines.ts';
import type { ManagedSettings } from './managed/managed-settings.ts';
import { shown, type UnlocatedProblem } from './problem.ts';

type MeshFlags = Pick<Configuration['mesh'], 'allow_dns' | 'allow_public'>;
type Problems = readonly UnlocatedProblem[];
const NONE: Problems = [];

/**
 * Checks of `caro.toml` that a schema cannot express: addresses, ids, subnets, and keys that must
 * agree.
 */
export function ownerProblems(settings: Omit<Configuration, 'node'>): Problems {
  return [
    ...dashboardHost(settings.dashboard.host),
    ...listenAddress(settings.mesh),
    ...announcedAddress(settings.mesh),
    ...distinctPorts(settings),
    ...sharedProblems(settings, settings.mesh),
    ...Object.entries(settings.trustee.units).flatMap(([id, unit]) => [
      ...nodeId(['trustee', 'units', id], id),
      ...unitName(['trustee', 'units', id], unit),
    ]),
    ...alerts(settings.alerts),
    ...syslog(settings.syslog),
    ...settings.audit.witnesses.flatMap((id, index) => nodeId(['audit', 'witnesses', index], id)),
    ...settings.trust.tests.flatMap((entry, index) => [
      ...nodeId(['trust', 'tests', index, 'who'], entry.who),
      ...(entry.from === undefined ? NONE : address(['trust', 'tests', index, 'from'], entry.from)),
    ]),
  ];
}

/**
 * The same for `managed.toml`. `flags` come from `caro.toml`, because the owner decides which peer
 * addresses are allowed.
 */
export const managedProblems = (settings: ManagedSettings, flags: MeshFlags): Problems =>
  sharedProblems(settings, flags);

function sharedProblems(settings: Pick<ManagedSettings, 'mesh' | 'trust'>, flags: MeshFlags): Problems {
  const { nodes, subnets, deny } = settings.trust;
  return [
    ...peers(settings.mesh.peers, flags),
    ...Object.keys(nodes).flatMap((id) => nodeId(['trust', 'nodes', id], id)),
    ...Object.keys(subnets).flatMap((text) => subnet(['trust', 'subnets', text], text)),
    ...deny.nodes.flatMap((id, index) => nodeId(['trust', 'deny', 'nodes', index], id)),
    ...deny.subnets.flatMap((text, index) => subnet(['trust', 'deny', 'subnets', index], text)),
  ];
}

/** Names of blocks that are no unit (src/blind/trustee/blocks.ts). */
const TAKEN_UNITS = ['organisation', 'rest'];

const unitName = (path: KeyPath, unit: string): Problems =>
  TAKEN_UNITS.includes(unit)
    ? one(path, `expected the name of a unit, got ${shown(unit)}, which stands for other totals; write another name`)
    : NONE;

const alerts = (rules: Configuration['alerts']): Problems =>
  rules.flatMap((rule, index) => [
    ...(conditionOf(rule) === null
      ? one(['alerts', index], 'expected exactly one of above, below and change; write one of them')
      : NONE),
    ...(isMeasureName(rule.measure)
      ? NONE
      : one(
          ['alerts', index, 'measure'],
          `expected risky, contributors, levels.LEVEL, kinds.FAMILY, techniques.ID or anomalies.KIND, got ${shown(rule.measure)}`,
        )),
    ...(rules.findIndex(({ name }) => name === rule.name) === index
      ? NONE
      : one(['alerts', index, 'name'], `expected a name that no other alert has, got ${shown(rule.name)} again`)),
  ]);

function syslog({ address: text, ca }: Configuration['syslog']): Problems {
  if (text === '') return NONE;
  const host = parseEndpoint(text)?.host ?? '';
  if (!isInternal(host) && !isLoopback(host))
    return one(
      ['syslog', 'address'],
      `expected an internal IP address and a port, got ${shown(text)}; alerts do not leave the network`,
    );
  return ca === '' ? one(['syslog', 'ca'], 'expected a file with the certificates of the receiver, got none') : NONE;
}

function dashboardHost(host: string): Problems {
  if (isLoopback(host)) return NONE;
  return one(
    ['dashboard', 'host'],
    `expected a loopback address, got ${shown(host)}; write "127.0.0.1": the dashboard is only for this machine`,
  );
}

function listenAddress(mesh: Configuration['mesh']): Problems {
  const path = ['mesh', 'listen'];
  const endpoint = parseListen(mesh.listen);
  if (endpoint && 'interface' in endpoint) return NONE;
  if (!endpoint || isIP(endpoint.host) === 0) {
    return one(
      path,
      `expected an IP address and a port, or an interface, got ${shown(mesh.listen)}; for example: "127.0.0.1:9238", "[fd00::5]:9238" or "interface:wg0"`,
    );
  }
  if (isInternal(endpoint.host) || mesh.allow_public) return NONE;
  return one(
    path,
    `expected a private or loopback address, got ${shown(mesh.listen)}; write the address of the internal network, or set mesh.allow_public = true`,
  );
}

/**
 * Announcements use IPv4. Without an IPv4 listen address they would leave on the network that the
 * system prefers.
 */
function announcedAddress({ mdns, listen }: Configuration['mesh']): Problems {
  if (!mdns || isIP(parseEndpoint(listen)?.host ?? '') !== 6) return NONE;
  return one(
    ['mesh', 'mdns'],
    `expected an IPv4 address in mesh.listen when mesh.mdns is on, got ${shown(listen)}; write one, or set mesh.mdns = false`,
  );
}

/** With port 0 the system chooses a free port, so there is no conflict. */
function distinctPorts(settings: Pick<Configuration, 'dashboard' | 'mesh'>): Problems {
  const port = parseListen(settings.mesh.listen)?.port;
  if (!settings.mesh.enabled || port === 0 || port !== settings.dashboard.port) return NONE;
  return one(['mesh', 'listen'], `expected another port than dashboard.port, got ${port} for both; change one of them`);
}

function peers(entries: ManagedSettings['mesh']['peers'], flags: MeshFlags): Problems {
  return entries.flatMap((peer, index) => {
    const path = ['mesh', 'peers', index];
    const isTwice = entries.findIndex((other) => other.id === peer.id) !== index;
    const namesake =
      peer.name === undefined ? undefined : entries.slice(0, index).find(({ name }) => name === peer.name);
    const addresses = addressesOf(peer);
    const at = (place: number): KeyPath =>
      typeof peer.address === 'string' ? [...path, 'address'] : [...path, 'address', place];
    return [
      ...nodeId([...path, 'id'], peer.id),
      ...(isTwice ? one([...path, 'id'], 'expected each peer once, got this id twice; remove one of the two') : NONE),
      ...(namesake && namesake.id !== peer.id ? one([...path, 'name'], sameName(peer.name, namesake.id)) : NONE),
      ...addresses.flatMap((address, place) => peerAddress(at(place), address, flags)),
    ];
  });
}

/** Commands take a name for the node that has it. */
const sameName = (name: unknown, id: string): string =>
  `expected another name for each peer, got ${shown(name)} for this one and for ${id}; rename one of the two`;

/** A name that one file gives to one node and the other file to another. */
export function sharedNames(owner: readonly PeerEntry[], managed: readonly PeerEntry[]): Problems {
  const replaced = new Set(managed.map(({ id }) => id));
  return managed.flatMap(({ id, name }, index) => {
    const other = owner.find((peer) => name !== undefined && peer.name === name && peer.id !== id);
    if (!other || replaced.has(other.id)) return NONE;
    return one(['mesh', 'peers', index, 'name'], `${sameName(name, other.id)} in caro.toml`);
  });
}

function peerAddress(path: KeyPath, text: string, flags: MeshFlags): Problems {
  const endpoint = parseEndpoint(text);
  if (!endpoint || endpoint.port === 0) {
    return one(
      path,
      `expected an address and a port, got ${shown(text)}; for example: "10.0.1.5:9238" or "[fd00::5]:9238"`,
    );
  }
  if (isIP(endpoint.host) === 0) {
    if (flags.allow_dns) return NONE;
    return one(
      path,
      `expected an IP address, got the name ${shown(endpoint.host)}; write its address, or set mesh.allow_dns = true`,
    );
  }
  if (isInternal(endpoint.host) || flags.allow_public) return NONE;
  return one(
    path,
    `expected a private or loopback address, got ${shown(text)}; set mesh.allow_public = true if the peer is really on the internet`,
  );
}

function nodeId(path: KeyPath, text: string): Problems {
  if (parseNodeId(text)) return NONE;
  return one(
    path,
    `expected a node id ("caro:ed25519:" and 44 characters of base64), got ${shown(text)}; copy it from caro identity show on that node`,
  );
}

function address(path: KeyPath, text: string): Problems {
  return isIP(text) === 0 ? one(path, `expected an IP address, got ${shown(text)}; for example: "10.0.1.7"`) : NONE;
}

/** Each subnet has one spelling, so that two entries cannot mean the same one. */
function subnet(path: KeyPath, text: string): Problems {
  const parsed = parseSubnet(text);
  if (!parsed) return one(path, `expected a subnet, got ${shown(text)}; for example: "10.0.1.0/24"`);
  const network = networkOf(parsed);
  return network === text
    ? NONE
    : one(path, `expected the network's own address, got ${shown(text)}; write "${network}"`);
}

const one = (path: KeyPath, text: string): Problems => [{ path, text }];
