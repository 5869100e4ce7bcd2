import { isIP } from 'node:net';
import type { Configuration, PeerEntry } from '../../domain/configuration.ts';
import { isInternal, parseEndpoint, parseListen } from '../../domain/ip-address.ts';
import { addressesOf } from '../../domain/peer-addresses.ts';
import { NODE_REASON_NAMES, NODE_REASONS, type NodeReason } from '../../domain/status/node-reasons.ts';
import { relayText } from '../../domain/status/relay-status.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import { localTime } from '../output/output.ts';
import { skewText } from '../output/peer-rows.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** A larger difference is worth a warning. At five minutes peers refuse each other (E3). */
const NOTABLE_SKEW_MS = 60_000;

/** The officers renew a pass a month before it expires. */
const NOTABLE_PASS_MS = 14 * 86_400_000;
const RELAY_HELP = 'docs/organisation.md says what each code means';

/** Checks the configured addresses: who may reach this node, and what needs a name lookup. */
export function meshAddresses({ mesh }: Pick<Configuration, 'mesh'>): Verdict {
  if (!mesh.enabled) return ok('the configuration does not turn the mesh on; an organization may');
  const place = parseListen(mesh.listen);
  const host = place && 'host' in place ? place.host : '';
  if (isIP(host) !== 0 && !isInternal(host))
    return warn(
      `mesh.listen is ${mesh.listen}, which other networks may reach; use the address of the internal network`,
    );
  const hostsOf = (peer: PeerEntry): readonly string[] =>
    addressesOf(peer).map((address) => parseEndpoint(address)?.host ?? '');
  const outside = mesh.peers.filter((peer) => hostsOf(peer).some((host) => isIP(host) !== 0 && !isInternal(host)));
  if (outside.length > 0)
    return warn(
      `${outside.length} ${outside.length === 1 ? 'peer has a public address' : 'peers have public addresses'}; is that intended?`,
    );
  const named = mesh.peers.filter((peer) => hostsOf(peer).some((name) => isIP(name) === 0));
  if (named.length > 0 && !mesh.allow_dns)
    return bad(`peers given by name: ${named.length}; write IP addresses, or set mesh.allow_dns = true`);
  if (named.length > 0)
    return warn(`peers given by name: ${named.length}; the name server learns of them, IP addresses avoid that`);
  return ok(`to listen on ${mesh.listen}; all peers have internal IP addresses`);
}

/** These may be away for good reasons: a laptop that is off, a node that nobody has started yet. */
const QUIET: ReadonlySet<NodeReason> = new Set(['no_address']);

/** Whether all trusted nodes are connected, and whether their clocks agree with ours. */
export function meshPeers({ enabled, peers }: MeshStatus): Verdict {
  if (!enabled) return ok('the mesh is off');
  const skewed = peers
    .filter(({ state, skewMs }) => state === 'skewed' || Math.abs(skewMs ?? 0) > NOTABLE_SKEW_MS)
    .map(({ name, id, skewMs }) => `${name ?? id} by ${skewMs === null ? 'more than 5 min' : skewText(skewMs)}`);
  const troubles = NODE_REASON_NAMES.filter((reason) => reason !== 'skewed').flatMap((reason) => {
    const nodes = peers.filter((peer) => peer.reason === reason);
    return nodes.length === 0 ? [] : [`${reason}: ${nodes.map(nodeText).join(', ')}; ${NODE_REASONS[reason]}`];
  });
  const found = [
    ...(skewed.length > 0 ? [`clocks differ: ${skewed.join(', ')}; set the clock that is wrong`] : []),
    ...troubles,
  ];
  const connected = peers.filter(({ state }) => state === 'connected').length;
  if (found.length === 0) return ok(peers.length === 0 ? 'no peers yet' : `${connected} of ${peers.length} connected`);
  const isQuiet = peers.every(({ reason }) => reason === null || QUIET.has(reason));
  return isQuiet ? warn(found.join('\n')) : bad(found.join('\n'));
}

/** Whether the relay can be used; between two visits it need not be connected. */
export function meshRelay({ relay }: MeshStatus, nowMs: number): Verdict | undefined {
  if (relay === null) return undefined;
  const text = relayText(relay, localTime);
  if (relay.state === 'unusable' || relay.code !== null) return bad(`${text}; ${RELAY_HELP}`);
  if (relay.state === 'no_pass') return warn(text);
  const { passExpires } = relay;
  const isShort = passExpires !== null && Date.parse(passExpires) < nowMs + NOTABLE_PASS_MS;
  return isShort
    ? warn(`${text}; its pass expires ${localTime(passExpires)}: the officers have to sign a new version`)
    : ok(text);
}

const nodeText = ({ name, id, lastSeen }: MeshStatus['peers'][number]): string =>
  `${name ?? id} (${lastSeen === null ? 'last seen unknown' : `last seen ${localTime(lastSeen)}`})`;
