/** Keeps listeners where the configuration wants them, as addresses and ports come and go. */
import type { Endpoint, ListenPlace } from '../../domain/ip-address.ts';
import { isInternal, placeText } from '../../domain/ip-address.ts';
import type { Waiting } from '../../domain/status/waiting.ts';
import type { TlsMaterial } from '../../identity/certificate.ts';
import { listenFault } from '../../platform/listening.ts';
import { localAddresses, watchAddresses } from '../../platform/local-addresses.ts';
import { hasAddress, type Listener, type ListenerOptions, openListener } from './listener.ts';

export interface ListeningOptions extends Omit<ListenerOptions, 'endpoint' | 'tls'> {
  readonly tls: () => TlsMaterial;
  /** Null: the node does not listen. */
  readonly place: ListenPlace | null;
  /** Whether public addresses of an interface are used too. */
  readonly allowPublic: boolean;
  readonly pollMs: number;
  /** The listeners have changed since the start, or what they wait for. */
  readonly onChange: () => void;
  /** Addresses of this machine have changed; the listeners have followed. */
  readonly onAddresses: (change: { readonly hasNew: boolean }) => void;
}

export interface Listening {
  readonly endpoints: () => readonly Endpoint[];
  /** Null if it listens everywhere that was asked for. */
  readonly waiting: () => Waiting | null;
  /** Number of connections without a valid hello. */
  readonly strangers: () => number;
  readonly renew: (tls: TlsMaterial) => void;
  readonly close: () => Promise<void>;
}

/** Bounds the sockets of an interface with many addresses. */
const MAX_ADDRESSES = 8;

/**
 * Resolves once every address was tried. One that is missing or taken does not reject: it is tried
 * again every `pollMs`. A listener whose address has left this machine is closed.
 */
export async function openListening(options: ListeningOptions): Promise<Listening> {
  const listening = new ListenerSet(options);
  await listening.start();
  return listening;
}

class ListenerSet implements Listening {
  readonly #options: ListeningOptions;
  readonly #open = new Map<string, Listener>();
  readonly #closing = new Set<Promise<void>>();
  #waiting: Waiting | null = null;
  #stop: () => void = () => undefined;
  #retry: NodeJS.Timeout | undefined;
  #isStarted = false;
  #isClosed = false;
  /** Changes are followed one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#options.place === null) return;
    await this.#follow();
    this.#isStarted = true;
    this.#stop = watchAddresses(this.#options.pollMs, (change) => {
      void this.#follow().then(() => this.#options.onAddresses(change));
    });
  }

  endpoints(): readonly Endpoint[] {
    return [...this.#open.values()].map(({ endpoint }) => endpoint);
  }

  waiting(): Waiting | null {
    return this.#waiting;
  }

  strangers(): number {
    return [...this.#open.values()].reduce((sum, { strangers }) => sum + strangers(), 0);
  }

  renew(tls: TlsMaterial): void {
    for (const listener of this.#open.values()) listener.renew(tls);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    clearTimeout(this.#retry);
    await this.#turn;
    for (const host of [...this.#open.keys()]) this.#leave(host);
    await Promise.all(this.#closing);
  }

  #follow(): Promise<void> {
    this.#turn = this.#turn.then(() => (this.#isClosed ? undefined : this.#adapt()));
    return this.#turn;
  }

  async #adapt(): Promise<void> {
    const before = this.#summary();
    const hosts = this.#hosts();
    for (const host of this.#open.keys()) if (!hosts.includes(host) || !(await hasAddress(host))) this.#leave(host);
    this.#waiting = hosts.length === 0 ? this.#noAddress() : null;
    for (const host of hosts) if (!this.#open.has(host)) await this.#take(host);
    clearTimeout(this.#retry);
    if (this.#waiting) this.#retry = setTimeout(() => void this.#follow(), this.#options.pollMs).unref();
    if (this.#isStarted && this.#summary() !== before) this.#options.onChange();
  }

  async #take(host: string): Promise<void> {
    const { place, tls } = this.#options;
    const endpoint = { host, port: place?.port ?? 0 };
    try {
      this.#open.set(host, await openListener({ ...this.#options, endpoint, tls: tls() }));
    } catch (error) {
      this.#waiting ??= { for: placeText(endpoint), ...listenFault(error as NodeJS.ErrnoException) };
    }
  }

  /** Its connections are kept; they end by themselves. */
  #leave(host: string): void {
    const closing = this.#open.get(host)?.close();
    this.#open.delete(host);
    if (!closing) return;
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }

  #hosts(): readonly string[] {
    const { place, allowPublic } = this.#options;
    if (place === null) return [];
    if ('host' in place) return [place.host];
    const addresses = localAddresses()[place.interface] ?? [];
    return addresses.filter((address) => allowPublic || isInternal(address)).slice(0, MAX_ADDRESSES);
  }

  #noAddress(): Waiting | null {
    const { place } = this.#options;
    if (place === null) return null;
    const reason = 'the interface is absent or has no private address';
    return { for: placeText(place), code: 'address_missing', reason };
  }

  #summary(): string {
    return JSON.stringify([this.endpoints(), this.#waiting]);
  }
}
