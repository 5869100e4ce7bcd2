import { isIP } from 'node:net';
import type { Configuration } from '../../domain/configuration.ts';
import { isInternal, parseEndpoint } from '../../domain/ip-address.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import { skewText } from '../output/peer-rows.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Beyond this a clock is worth setting: at five minutes peers refuse each other (E3). */
const NOTABLE_SKEW_MS = 60_000;

/** Where this node may be reached from and what it looks up, as far as the configuration goes. */
export function meshAddresses({ mesh }: Pick<Configuration, 'mesh'>): Verdict {
  if (!mesh.enabled) return ok('the mesh is off');
  const host = parseEndpoint(mesh.listen)?.host ?? '';
  if (isIP(host) !== 0 && !isInternal(host))
    return warn(`mesh.listen is ${mesh.listen}, which other networks may reach; name the address of the internal one`);
  const outside = mesh.peers.filter(({ address }) => {
    const peer = parseEndpoint(address)?.host ?? '';
    return isIP(peer) !== 0 && !isInternal(peer);
  });
  if (outside.length > 0)
    return warn(
      `${outside.length} ${outside.length === 1 ? 'peer has a public address' : 'peers have public addresses'}; is that meant?`,
    );
  const named = mesh.peers.filter(({ address }) => isIP(parseEndpoint(address)?.host ?? '') === 0);
  if (named.length > 0 && !mesh.allow_dns)
    return bad(`peers with a name for an address: ${named.length}; write IP addresses, or set mesh.allow_dns = true`);
  if (named.length > 0)
    return warn(
      `peers looked up by name: ${named.length}; the name server learns of them, which IP addresses would spare you`,
    );
  return ok(`listens at ${mesh.listen}, peers are at internal IP addresses`);
}

/** Whether peers are there, and whether their clocks agree with ours. */
export function meshPeers({ enabled, peers }: MeshStatus): Verdict {
  if (!enabled) return ok('the mesh is off');
  const named = (state: MeshStatus['peers'][number]['state']): readonly string[] =>
    peers.filter((peer) => peer.state === state).map(({ name, id }) => name ?? id);
  const skewed = peers
    .filter(({ state, skewMs }) => state === 'skewed' || Math.abs(skewMs ?? 0) > NOTABLE_SKEW_MS)
    .map(({ name, id, skewMs }) => `${name ?? id} by ${skewMs === null ? 'more than 5 min' : skewText(skewMs)}`);
  const refused = named('refused');
  const away = named('connecting');
  const found = [
    ...(skewed.length > 0 ? [`clocks differ: ${skewed.join(', ')}; set the clock of the one that is wrong`] : []),
    ...(refused.length > 0
      ? [`refused: ${refused.join(', ')}; see why: caro audit list --type peer.refused, caro trust explain NAME`]
      : []),
    ...(away.length > 0
      ? [`not reached: ${away.join(', ')}; is the other service up, and is it the right address?`]
      : []),
  ];
  if (found.length === 0) return ok(peers.length === 0 ? 'no peers yet' : `${peers.length} connected`);
  return peers.every(({ state }) => state === 'connected') ? warn(found.join('\n')) : bad(found.join('\n'));
}
