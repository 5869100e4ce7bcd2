import { createHash } from 'node:crypto';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';

/** Consent given later than this after a preview may be about something else by then. */
const SHOWN_MS = 3_600_000;
const MAX_SHOWN = 32;

/**
 * The previews that have been handed out lately, by digest: sharing more than before needs one of
 * them (FR-303, FR-504), so that nobody switches it on without having had the document in hand.
 */
export class ShownPreviews {
  readonly #shown = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Notes a document as shown. Returns its digest: SHA-256 of its JSON text, 64 hex digits. */
  note(document: Envelope): string {
    const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex');
    this.#shown.delete(digest);
    this.#shown.set(digest, this.now());
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > MAX_SHOWN && oldest !== undefined) this.#shown.delete(oldest);
    return digest;
  }

  has(digest: string): boolean {
    const shownAt = this.#shown.get(digest);
    return shownAt !== undefined && this.now() - shownAt <= SHOWN_MS;
  }

  /** What may leave has changed: no earlier preview tells of it. */
  forget(): void {
    this.#shown.clear();
  }
}
