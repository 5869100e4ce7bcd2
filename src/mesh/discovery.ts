import type { ResponsePacket } from 'multicast-dns';
import { parseNodeId } from '../domain/identity/node-id.ts';
import { isInternal } from '../domain/ip-address.ts';
import { createTokenBuckets } from '../domain/token-bucket.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import type { PeerAddress } from './peer-table.ts';
import { endpointText } from './transport/address-rule.ts';

const SERVICE = '_caro._tcp.local';
/** Lifetime of an announcement in seconds (RFC 6762 §10). */
const TTL_S = 120;
const ASK_MS = 60_000;
/** How often one node may announce another address. */
const MOVES = { burst: 3, refillMs: 60_000 } as const;
/** A record is multicast at most once a second (RFC 6762 §6). */
const ANSWERS = { burst: 3, refillMs: 1_000 } as const;
/** Bounds the memory that forged announcements can take. */
const MAX_FOUND = 256;

export interface DiscoveryOptions {
  /** This node's id, and where it accepts connections. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Whether a node may connect. Announcements of others are ignored: anybody can forge them. */
  readonly isWanted?: (found: PeerAddress) => boolean;
  /** Called with a new peer, and with a known peer at a new address. */
  readonly onFound: (found: PeerAddress) => void;
  readonly now: () => number;
  /** Tests use another port than that of mDNS. */
  readonly multicastPort?: number;
}

/**
 * Other nodes on the local network (RFC 6762, RFC 6763). Announcements are not authenticated: TLS
 * proves later which node answers at the address.
 */
export interface Discovery {
  readonly found: () => readonly (PeerAddress & { readonly address: string })[];
  readonly close: () => Promise<void>;
}

/**
 * Announces this node on the network of `host` and listens for other nodes. An announcement holds
 * the node id and port, but no name. Discovery is off by default (FR-204) and never gives trust.
 */
export async function openDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  const { id, host, port, isWanted = () => true, onFound, now, multicastPort = 5353 } = options;
  const { default: createMulticast } = await import('multicast-dns');
  const multicast = createMulticast({ port: multicastPort, interface: host, bind: '0.0.0.0', loopback: true });
  const moves = createTokenBuckets(MOVES);
  const answers = createTokenBuckets(ANSWERS);
  const found = new Map<string, PeerAddress & { readonly address: string; readonly untilMs: number }>();
  const ask = (): void => multicast.query([{ name: SERVICE, type: 'PTR' }]);
  const announce = (ttl: number): Promise<void> =>
    new Promise((resolve) => multicast.respond({ answers: announcement({ id, host, port }, ttl) }, () => resolve()));
  const take = (packet: ResponsePacket, address: string): void => {
    const news = announcedBy(packet, address);
    if (!news || news.id === id) return;
    const known = found.get(news.id);
    const peer = { id: news.id, address: endpointText({ host: address, port: news.port }) };
    if (!isWanted(peer)) return;
    // Forged announcements must not change the address at every turn.
    if (known && known.address !== peer.address && now() < known.untilMs && !moves.take(news.id, now()).isGranted)
      return;
    if (news.ttl > 0 || known?.address === peer.address) found.delete(news.id);
    if (news.ttl === 0) return;
    if (found.size >= MAX_FOUND) found.delete(found.keys().next().value ?? '');
    found.set(peer.id, { ...peer, untilMs: now() + news.ttl * 1_000 });
    if (known?.address !== peer.address) onFound(peer);
  };
  multicast.on('query', ({ questions }) => {
    const isForUs = questions?.some(({ name }) => name === SERVICE) === true;
    if (isForUs && answers.take('', now()).isGranted) void announce(TTL_S);
  });
  multicast.on('response', (packet, { address }) => take(packet, address));
  // Errors of the network are ignored: without it there are no nodes to find.
  multicast.on('error', () => undefined);
  const timer = setInterval(ask, ASK_MS);
  ask();
  void announce(TTL_S);
  return {
    found: () =>
      [...found.values()]
        .filter(({ untilMs }) => now() < untilMs)
        .map(({ id: peer, address }) => ({ id: peer, address })),
    close: async () => {
      clearInterval(timer);
      await announce(0);
      await new Promise<void>((resolve) => multicast.destroy(() => resolve()));
    },
  };
}

type Answers = NonNullable<ResponsePacket['answers']>;

function announcement({ id, host, port }: Pick<DiscoveryOptions, 'id' | 'host' | 'port'>, ttl: number): Answers {
  const name = fingerprint(parseNodeId(id) ?? new Uint8Array());
  const instance = `${name}.${SERVICE}`;
  return [
    { name: SERVICE, type: 'PTR', ttl, data: instance },
    { name: instance, type: 'SRV', ttl, data: { port, target: `${name}.local`, priority: 0, weight: 0 } },
    { name: instance, type: 'TXT', ttl, data: [`id=${id}`] },
    { name: `${name}.local`, type: host.includes(':') ? 'AAAA' : 'A', ttl, data: host },
  ];
}

interface Announced {
  readonly id: string;
  readonly port: number;
  readonly ttl: number;
}

/**
 * The node that a response announces; undefined if the response is malformed or its sender's
 * address, which becomes the node's address, is not internal.
 */
function announcedBy({ answers, additionals }: ResponsePacket, address: string): Announced | undefined {
  if (!isInternal(address)) return undefined;
  const records = [...(answers ?? []), ...(additionals ?? [])];
  const service = records.find((record) => record.type === 'SRV' && record.name.endsWith(`.${SERVICE}`));
  if (service?.type !== 'SRV') return undefined;
  const text = records.find((record) => record.type === 'TXT' && record.name === service.name);
  const id = text?.type === 'TXT' ? idIn(text.data) : undefined;
  const { port } = service.data;
  if (id === undefined || parseNodeId(id) === undefined || port === 0) return undefined;
  return { id, port, ttl: Math.min(service.ttl ?? 0, TTL_S) };
}

function idIn(data: string | Buffer | readonly (string | Buffer)[]): string | undefined {
  const lines = typeof data === 'string' || Buffer.isBuffer(data) ? [data] : data;
  return lines
    .map(String)
    .find((line) => line.startsWith('id='))
    ?.slice('id='.length);
}
