import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { SEVERAL } from '../../domain/spool/in-hand.ts';
import { withPrivateFile } from '../../platform/files/private-file.ts';

/**
 * Says which command is being analysed, in case the process ends meanwhile. It survives the end of
 * the process, not that of the machine: nothing is forced to the disk. Holds no command text.
 */
export interface InHandNote {
  /**
   * What the last process left: a command (its session and number) or `SEVERAL` → how often a
   * process ended while it was analysed.
   */
  readonly read: () => ReadonlyMap<string, number>;
  /** What a later process is to read if this one ends now. */
  readonly write: (ends: ReadonlyMap<string, number>) => void;
}

/** Always this long, so that a change needs no room on a full disk. */
const BYTES = 1_024;
/** So many lines fit. */
const MAX_LINES = 16;
const LINE = new RegExp(`^([1-9]) (${SEVERAL}|[a-z]+\\.\\d{1,10}\\.\\d{1,16} \\d{1,16})$`);
const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/**
 * Where the file cannot be read or written, no command is set aside; observation does not depend on
 * it.
 */
export function openInHandNote(file: string): InHandNote {
  let written = '';
  return {
    read: () => {
      try {
        return new Map(linesIn(file));
      } catch {
        return new Map();
      }
    },
    write: (ends) => {
      const lines = [...ends].slice(-MAX_LINES).map(([name, count]) => `${count} ${name}\n`);
      const text = lines.join('').padEnd(BYTES);
      if (text === written) return;
      try {
        replaceText(file, text);
        written = text;
      } catch {
        written = '';
      }
    },
  };
}

/** Strict: anything but what `write` writes is left out. */
function linesIn(file: string): readonly (readonly [string, number])[] {
  const bytes = Buffer.alloc(BYTES);
  const size = withPrivateFile(file, (descriptor) => readSync(descriptor, bytes, 0, BYTES, 0));
  return bytes
    .toString('latin1', 0, size)
    .split('\n')
    .flatMap((line) => {
      const [, count = '', name = ''] = LINE.exec(line) ?? [];
      return name === '' ? [] : [[name, Number(count)] as const];
    });
}

function replaceText(file: string, text: string): void {
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    writeSync(descriptor, text, 0, 'latin1');
  } finally {
    closeSync(descriptor);
  }
}
