import { isIP } from 'node:net';
import type { Configuration } from '../../domain/configuration.ts';
import { isInternal, parseEndpoint, parseListen } from '../../domain/ip-address.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import { skewText } from '../output/peer-rows.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** A larger difference is worth a warning. At five minutes peers refuse each other (E3). */
const NOTABLE_SKEW_MS = 60_000;

/** Checks the configured addresses: who may reach this node, and what needs a name lookup. */
export function meshAddresses({ mesh }: Pick<Configuration, 'mesh'>): Verdict {
  if (!mesh.enabled) return ok('the mesh is off');
  const place = parseListen(mesh.listen);
  const host = place && 'host' in place ? place.host : '';
  if (isIP(host) !== 0 && !isInternal(host))
    return warn(
      `mesh.listen is ${mesh.listen}, which other networks may reach; use the address of the internal network`,
    );
  const outside = mesh.peers.filter(({ address }) => {
    const peer = parseEndpoint(address)?.host ?? '';
    return isIP(peer) !== 0 && !isInternal(peer);
  });
  if (outside.length > 0)
    return warn(
      `${outside.length} ${outside.length === 1 ? 'peer has a public address' : 'peers have public addresses'}; is that intended?`,
    );
  const named = mesh.peers.filter(({ address }) => isIP(parseEndpoint(address)?.host ?? '') === 0);
  if (named.length > 0 && !mesh.allow_dns)
    return bad(`peers given by name: ${named.length}; write IP addresses, or set mesh.allow_dns = true`);
  if (named.length > 0)
    return warn(`peers given by name: ${named.length}; the name server learns of them, IP addresses avoid that`);
  return ok(`listening on ${mesh.listen}; all peers have internal IP addresses`);
}

/** Whether peers are connected, and whether their clocks agree with ours. */
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
    ...(skewed.length > 0 ? [`clocks differ: ${skewed.join(', ')}; set the clock that is wrong`] : []),
    ...(refused.length > 0
      ? [`refused: ${refused.join(', ')}; see why: caro audit list --type peer.refused, caro trust explain NAME`]
      : []),
    ...(away.length > 0
      ? [`not reached: ${away.join(', ')}; check that the service runs there and that the address is right`]
      : []),
  ];
  if (found.length === 0) return ok(peers.length === 0 ? 'no peers yet' : `${peers.length} connected`);
  return peers.every(({ state }) => state === 'connected') ? warn(found.join('\n')) : bad(found.join('\n'));
}
