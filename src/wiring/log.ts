import { existsSync, renameSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Log } from '../domain/log.ts';

const ROTATE_BYTES = 5 * 1024 * 1024;

export interface ServiceLog extends Log {
  /** Moves a log that has grown large to `.1`; the next line begins a new one. */
  readonly rotate: () => void;
  /** Resolves when the last line is written. */
  readonly close: () => Promise<void>;
}

/**
 * JSON lines on stderr and in `caro.log` (0600); each is on its way before the next event. Pino is loaded with the first line:
 * a service in which all is well says nothing and saves its 5 MiB.
 */
export function openLog(file: string): ServiceLog {
  let opened: Promise<Logger> | undefined;
  const write =
    (level: 'info' | 'warn' | 'error'): Log['info'] =>
    (facts, text) => {
      opened ??= openPino(file);
      void opened.then((logger) => logger[level](facts, text));
    };
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    rotate: () => {
      if (shift(file)) opened = undefined;
    },
    close: async () => {
      await opened;
    },
  };
}

async function openPino(file: string): Promise<Logger> {
  const { default: pino } = await import('pino');
  shift(file);
  return pino(
    { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    pino.multistream([
      { stream: pino.destination({ dest: 2, sync: true }) },
      { stream: pino.destination({ dest: file, mode: 0o600, sync: true }) },
    ]),
  );
}

function shift(file: string): boolean {
  if (!existsSync(file) || statSync(file).size < ROTATE_BYTES) return false;
  renameSync(file, `${file}.1`);
  return true;
}

/** Name, code and frames of an error; its message is left out, since it may quote what it failed on. */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    frames: frames.slice(0, 8).map((line) => line.trim()),
  };
}
