/** Steers `shim/fault-shim.c`, which stands between a program and the C library. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, realpathSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { lastingFolder } from '../../rig/temporary-folder.ts';

const SOURCE = join(__dirname, '..', 'shim', 'fault-shim.c');
/** The fields of its `struct control`, 8 bytes each. */
const FIELDS = ['calls', 'killAt', 'failFrom', 'failUntil', 'failErrno', 'failed', 'clockUs'] as const;
type Field = (typeof FIELDS)[number];

export interface Faults {
  /** Put before a command and its arguments, this runs it with the shim. */
  readonly prefix: readonly string[];
  /** Calls that changed something so far. */
  readonly calls: () => number;
  readonly failed: () => number;
  /** SIGKILL in the middle of the n-th call from now. */
  readonly killAt: (n: number) => void;
  /** From the n-th call from now on, `count` calls fail. */
  readonly failAt: (n: number, errno: keyof typeof constants.errno, count: number) => void;
  readonly mend: () => void;
  /** Moves the clock that the program sees by so many ms from the real one. */
  readonly shiftClock: (ms: number) => void;
  readonly close: () => void;
}

let library: string | undefined;

/**
 * `describe`, or a named skip without a C compiler. With CI=true a missing one fails the file
 * instead.
 */
export function requireShim(): typeof describe | typeof describe.skip {
  try {
    library ??= compile();
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs cc', { cause: error });
    return describe.skip;
  }
}

function compile(): string {
  const file = join(lastingFolder(), 'fault-shim.so');
  execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', file, SOURCE, '-ldl', '-lpthread'], { stdio: 'pipe' });
  return file;
}

/** @param root the folder whose files count; `record` is where to write down every change */
export function faultsBelow(root: string, record?: string): Faults {
  library ??= compile();
  const steer = join(lastingFolder(), 'control');
  writeFileSync(steer, Buffer.alloc(FIELDS.length * 8), { mode: 0o600 });
  const control = openSync(steer, 'r+');
  const at = (field: Field): number => FIELDS.indexOf(field) * 8;
  const read = (field: Field): number => {
    const bytes = Buffer.alloc(8);
    readSync(control, bytes, 0, 8, at(field));
    return Number(bytes.readBigInt64LE());
  };
  const write = (field: Field, value: number): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(Math.round(value)));
    writeSync(control, bytes, 0, 8, at(field));
  };
  return {
    prefix: [
      'env',
      `LD_PRELOAD=${library}`,
      `CARO_FAULT_ROOT=${realpathSync(root)}`,
      `CARO_FAULT_CONTROL=${steer}`,
      ...(record === undefined ? [] : [`CARO_FAULT_RECORD=${record}`]),
    ],
    calls: () => read('calls'),
    failed: () => read('failed'),
    killAt: (n) => write('killAt', read('calls') + n),
    failAt: (n, errno, count) => {
      write('failErrno', constants.errno[errno]);
      write('failUntil', read('calls') + n + count);
      write('failFrom', read('calls') + n);
    },
    mend: () => {
      write('failFrom', 0);
      write('killAt', 0);
    },
    shiftClock: (ms) => write('clockUs', ms * 1_000),
    close: () => closeSync(control),
  };
}
