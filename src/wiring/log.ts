import { existsSync, renameSync, statSync } from 'node:fs';
import pino from 'pino';
import type { Log } from '../domain/log.ts';

const ROTATE_BYTES = 5 * 1024 * 1024;

export interface ServiceLog extends Log {
  /** Moves a log that has grown large to `.1` and begins a new one. */
  readonly rotate: () => void;
  readonly close: () => void;
}

/** JSON lines on stderr and in `caro.log` (0600); written at once, so that the last line before a crash is there. */
export function openLog(file: string): ServiceLog {
  const shift = (): boolean => {
    if (!existsSync(file) || statSync(file).size < ROTATE_BYTES) return false;
    renameSync(file, `${file}.1`);
    return true;
  };
  shift();
  const target = pino.destination({ dest: file, mode: 0o600, sync: true });
  const logger = pino(
    // Errors are shown by name and code: a message may quote what it failed on.
    { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    pino.multistream([{ stream: pino.destination({ dest: 2, sync: true }) }, { stream: target }]),
  );
  return {
    info: (facts, text) => logger.info(facts, text),
    warn: (facts, text) => logger.warn(facts, text),
    error: (facts, text) => logger.error(facts, text),
    rotate: () => {
      if (shift()) target.reopen();
    },
    close: () => target.end(),
  };
}

function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  // Frames name our own source only; the message, their first line, is left out.
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    frames: frames.slice(0, 8).map((line) => line.trim()),
  };
}
