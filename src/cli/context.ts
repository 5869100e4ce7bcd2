import { hostname } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { homeDirectory } from '../config/home.ts';
import { type Places, placesFrom } from '../config/places.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { withLiveSocket } from './live-socket.ts';

/** What a command knows of the world around it; tests hand in another one. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly hostname: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly now: () => Date;
  /** @throws CaroError `usage` for a relative `CARO_HOME` */
  readonly places: () => Places;
  /** Ends a command that would go on for ever. */
  readonly interrupted: AbortSignal;
  /**
   * Makes the process end with 1, or what the kind of error tells, for a command that did its work
   * and found something bad.
   */
  readonly failed: (kind?: ErrorCode) => void;
}

export function processContext(interrupted: AbortSignal, failed: Context['failed']): Context {
  const home = homeDirectory(process.env);
  return {
    env: process.env,
    home,
    hostname: hostname(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    places: () => withLiveSocket(placesFrom(process.env, home), process.env, process.getuid?.()),
    interrupted,
    failed,
  };
}
