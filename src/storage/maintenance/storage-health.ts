import { CaroError } from '../../domain/errors.ts';
import type { StorageStatus } from '../../domain/status/status.ts';
import { damageIn, isDiskFull } from '../database.ts';

/** The part of an actor that reads and writes the database. */
interface Guarded {
  readonly handlers: object;
  readonly start?: () => void | Promise<void>;
}

type AnyHandlers = Readonly<Record<string, (body: unknown) => unknown>>;

/**
 * Separates disk faults from program defects. A full disk is an error answer: it is counted and
 * shown, ends when there is room again, and does not crash an actor. A damaged database is reported
 * once, so that the service can move it away (NFR-303).
 */
export class StorageHealth {
  #trouble: string | null = null;
  #failures = 0;

  constructor(private readonly onDamage: (reason: string) => void) {}

  status(): Pick<StorageStatus, 'trouble' | 'failures'> {
    return { trouble: this.#trouble, failures: this.#failures };
  }

  /** Reports damage found elsewhere. */
  damaged(reason: string): void {
    this.onDamage(reason);
  }

  /** The same function, with disk faults counted and turned into error answers. */
  guard<A extends readonly unknown[], R>(act: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      try {
        return act(...args);
      } catch (error) {
        if (error instanceof CaroError && error.code === 'disk_full') this.#full(error.message);
        throw this.#answer(error);
      }
    };
  }

  /** As `guard`, for asynchronous work. */
  async guarded<T>(act: () => T | Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.#answer(error);
    }
  }

  /** The same actor, with its start and every handler guarded. */
  shelter<A extends Guarded>(actor: A): A {
    const handlers = Object.fromEntries(
      Object.entries(actor.handlers as AnyHandlers).map(([kind, handle]) => [
        kind,
        async (body: unknown) => this.guarded(() => handle(body)),
      ]),
    );
    const { start } = actor;
    return { ...actor, handlers, ...(start && { start: () => this.guarded(start) }) };
  }

  /** After a failed write: tries another one. MUST be called regularly. */
  retry(write: () => void): void {
    if (this.#trouble === null) return;
    try {
      write();
      this.#trouble = null;
    } catch (error) {
      this.#answer(error);
    }
  }

  #answer(error: unknown): unknown {
    if (error instanceof CaroError) return error;
    const damage = damageIn(error);
    if (damage !== null) {
      this.damaged(damage);
      return new CaroError(
        'database_damaged',
        `expected an intact database, ${damage}; it is moved aside and a new one is created: see caro db repair`,
        { cause: error },
      );
    }
    if (!isDiskFull(error)) return error;
    const text = 'the disk is full or read-only: free some space';
    this.#full(text);
    return new CaroError('disk_full', text, { cause: error });
  }

  #full(text: string): void {
    this.#failures += 1;
    this.#trouble = text;
  }
}
