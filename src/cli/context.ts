import { hostname } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { homeDirectory } from '../config/home.ts';
import { type Places, placesFrom } from '../config/places.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { withLiveSocket } from './live-socket.ts';

/** Everything a command reads from its environment. Tests pass another one. */
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
  /** Aborted by Ctrl-C; ends commands that follow. */
  readonly interrupted: AbortSignal;
  /**
   * Sets the exit code to 1, or to that of the error, for a command that completed and found a
   * problem.
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
