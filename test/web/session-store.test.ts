import { describe, expect, it } from '@jest/globals';
import { SESSION_MS, SessionStore, secretHash } from '../../src/web/session-store.ts';

const START_MS = Date.parse('2026-11-30T08:00:00Z');
const KEPT = 32;
const ALL = Array.from({ length: KEPT }, () => true);

/** A store at a clock that the test sets, and what adds a login with the given cookie. */
function storeAt(clock: { ms: number }): { store: SessionStore; login: (cookie: string) => void } {
  const store = new SessionStore(() => clock.ms);
  const login = (cookie: string): void =>
    store.add({
      cookieHash: secretHash(cookie),
      pageHash: secretHash(`page of ${cookie}`),
      expiresMs: clock.ms + SESSION_MS,
      label: null,
    });
  return { store, login };
}

describe('logins', () => {
  it('are kept up to 32, and one more replaces only the oldest', () => {
    const { store, login } = storeAt({ ms: START_MS });
    const cookies = Array.from({ length: KEPT + 1 }, (_, index) => `cookie ${index}`);
    for (const cookie of cookies.slice(0, KEPT)) login(cookie);
    expect(cookies.map((cookie) => store.find(cookie) !== undefined)).toEqual([...ALL, false]);

    login(`cookie ${KEPT}`);
    expect(cookies.map((cookie) => store.find(cookie) !== undefined)).toEqual([false, ...ALL]);
  });

  it('end at the instant of expiry, for a request, for the list and for a page', () => {
    const clock = { ms: START_MS };
    const { store, login } = storeAt(clock);
    login('cookie');
    clock.ms = START_MS + SESSION_MS - 1;
    expect(store.holds('cookie', 'page of cookie')).toBe(true);
    expect(store.list()).toHaveLength(1);
    clock.ms += 1;
    expect(store.find('cookie')).toBeUndefined();
    expect(store.holds('cookie', 'page of cookie')).toBe(false);
    expect(store.list()).toEqual([]);
  });

  it('open a page only with its own token, at its own origin', () => {
    const { store, login } = storeAt({ ms: START_MS });
    login('one');
    login('two');
    expect(store.holds('one', 'page of two')).toBe(false);
    expect(store.findAt('one', 'abcdefghijklmnop')).toBeUndefined();
    expect(store.findAt('one', null)).toBeDefined();
  });
});
