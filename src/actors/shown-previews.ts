import { createHash } from 'node:crypto';

/** How long consent may refer to a preview, in ms. Later, a preview could differ. */
const SHOWN_MS = 3_600_000;
const MAX_SHOWN = 32;

/**
 * Digests of recently shown previews. Sharing more than before needs one of them, so that the owner
 * has seen what would leave (FR-303, FR-504).
 */
export class ShownPreviews {
  readonly #shown = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Records as shown what would leave. Returns SHA-256 of its JSON text, 64 hex digits. */
  note(document: object): string {
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

  /** For a change of what may leave: earlier previews no longer show it. */
  forget(): void {
    this.#shown.clear();
  }
}
