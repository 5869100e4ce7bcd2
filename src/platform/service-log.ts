import { closeSync, existsSync, renameSync, statSync, writeSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Log } from '../domain/log.ts';
import { openPrivately } from './files/private-file.ts';

const ROTATE_BYTES = 5 * 1024 * 1024;
const STDERR = 2;

export interface ServiceLog extends Log {
  /** Renames a log of more than 5 MiB to `.1`; the next line starts a new file. */
  readonly rotate: () => void;
  /** Lines that could not be written to the file. */
  readonly lost: () => number;
  /** Resolves when the last line is written. */
  readonly close: () => Promise<void>;
}

/**
 * JSON lines on stderr and in `caro.log` (0600), written synchronously. Pino is loaded with the
 * first line, which saves 5 MiB while there is nothing to log. A line that cannot be written is
 * counted: neither a full disk nor a closed terminal may end the service.
 */
export function openLog(file: string): ServiceLog {
  let opened: Promise<Logger> | undefined;
  const lines = new LogFile(file);
  const write =
    (level: 'info' | 'warn' | 'error'): Log['info'] =>
    (facts, text) => {
      opened ??= openPino(lines);
      void opened.then((logger) => {
        logger[level](facts, text);
      });
    };
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    rotate: () => lines.rotate(),
    lost: () => lines.lost,
    close: async () => {
      await opened;
    },
  };
}

async function openPino(lines: LogFile): Promise<Logger> {
  const { default: pino } = await import('pino');
  lines.rotate();
  return pino(
    { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    pino.multistream([{ stream: { write: toStderr } }, { stream: lines }]),
  );
}

function toStderr(line: string): void {
  try {
    writeSync(STDERR, line);
  } catch {
    // The terminal is closed, or the pipe has no reader; the file has the line.
  }
}

class LogFile {
  lost = 0;
  #descriptor: number | undefined;

  constructor(private readonly path: string) {}

  write(line: string): void {
    try {
      this.#descriptor ??= openPrivately(this.path, 'a');
      if (writeSync(this.#descriptor, line) < Buffer.byteLength(line)) this.lost += 1;
    } catch {
      this.lost += 1;
    }
  }

  rotate(): void {
    try {
      if (!existsSync(this.path) || statSync(this.path).size < ROTATE_BYTES) return;
      renameSync(this.path, `${this.path}.1`);
      if (this.#descriptor !== undefined) closeSync(this.#descriptor);
      this.#descriptor = undefined;
    } catch {
      // The log keeps growing; the next quarter-hour clock tries again.
    }
  }
}

/** Name, code and frames of an error. Its message is left out, since it may quote user input. */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  const { message, stack = '' } = error;
  // A line of the message may look like a frame.
  const start = stack.indexOf(message);
  const frames = (start < 0 ? '' : stack.slice(start + message.length))
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    frames: frames.slice(0, 8).map((line) => line.trim()),
  };
}
