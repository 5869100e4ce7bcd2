import { createHash, timingSafeEqual } from 'node:crypto';
import type { BrowserSession } from './ipc-protocol.ts';
import type { OriginLabel } from './origins.ts';

/** Lifetime of a login; afterwards the owner runs `caro dashboard` again. */
export const SESSION_MS = 12 * 3_600_000;
/** Maximum number of logins; one more replaces the oldest. */
const MAX_SESSIONS = 32;

/** SHA-256 of a secret in hex: what is kept and compared instead of the secret. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hex digests in constant time. */
export const sameHash = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'));

/** The valid logins, by hash of their cookie. */
export class SessionStore {
  readonly #sessions = new Map<string, BrowserSession>();

  constructor(
    private readonly now: () => number,
    sessions: readonly BrowserSession[] = [],
  ) {
    for (const session of sessions) this.add(session);
  }

  add(session: BrowserSession): void {
    this.#prune();
    this.#sessions.set(session.cookieHash, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
  }

  remove(cookieHash: string): void {
    this.#sessions.delete(cookieHash);
  }

  list(): readonly BrowserSession[] {
    this.#prune();
    return [...this.#sessions.values()];
  }

  /** Labels of the origins of valid logins, the newest first. */
  labels(): readonly string[] {
    return this.list()
      .flatMap(({ label }) => (label === null ? [] : [label]))
      .reverse();
  }

  /**
   * The login behind a cookie, unless it has expired. A cookie alone opens nothing: see `holds`.
   */
  find(cookie: string): BrowserSession | undefined {
    const session = this.#sessions.get(secretHash(cookie));
    return session && session.expiresMs > this.now() ? session : undefined;
  }

  /** The same, where it was sent to the origin that it is valid at. */
  findAt(cookie: string, label: OriginLabel | undefined): BrowserSession | undefined {
    const session = this.find(cookie);
    return session?.label === label ? session : undefined;
  }

  /**
   * True where cookie and page token belong to the same login. Cookies are shared between the ports
   * of a host; the token is not.
   */
  holds(cookie: string, pageToken: string): boolean {
    const session = this.find(cookie);
    return session !== undefined && sameHash(session.pageHash, secretHash(pageToken));
  }

  #prune(): void {
    const now = this.now();
    for (const [key, session] of this.#sessions) if (session.expiresMs <= now) this.#sessions.delete(key);
  }
}
