/** A shell with the hook in its start file, and the records of the hook. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookCode } from '../../src/cli/shell-setup/hook-code.ts';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { decodeSpool, parseSpoolName, type SpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { openShell, type ShellOptions, type ShellSession } from '../rig/programs/pty.ts';

/** A start and its end. `ended` is false if there is no end record. */
export interface ObservedCommand {
  readonly text: string;
  readonly cwd: string | undefined;
  readonly status: number | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly durationMs: number | undefined;
  readonly ended: boolean;
}

export interface Spool {
  /** Private scratch directory; removed by `remove`. */
  readonly root: string;
  readonly dir: string;
  /** Start-file lines that load the hook as `caro shell init` prints it. */
  readonly rc: (kind: ShellKind) => string;
  readonly files: () => string[];
  readonly records: () => readonly SpoolRecord[];
  /**
   * Commands in the order of their records, one session after the other. Throws on a foreign byte.
   */
  readonly commands: () => readonly ObservedCommand[];
  /** Commands that the records count as lost. */
  readonly lost: () => number;
  readonly remove: () => void;
}

export function makeSpool(dirName = 'spool'): Spool {
  const root = mkdtempSync(join(tmpdir(), 'caro-spool-'));
  const dir = join(root, dirName);
  mkdirSync(dir, { mode: 0o700 });
  const files = (): string[] =>
    readdirSync(dir)
      .filter((name) => parseSpoolName(name) !== undefined)
      .sort((a, b) => sortKey(a).localeCompare(sortKey(b)));
  const read = (): Map<string, SpoolRecord[]> => {
    const sessions = new Map<string, SpoolRecord[]>();
    for (const name of files()) {
      // The byte before a record that follows a possibly truncated one comes from the hook itself
      // (docs/hooks.md).
      const bytes = Buffer.from(
        readFileSync(join(dir, name)).toString('latin1').replaceAll('x\0v1\0l=', '\0v1\0l='),
        'latin1',
      );
      const { records, foreign } = decodeSpool(bytes);
      if (foreign > 0)
        throw new Error(
          `${name}: ${foreign} foreign pieces in ${JSON.stringify(bytes.toString('latin1').slice(-2000))}`,
        );
      const session = name.replace(/\.\d+$/, '');
      sessions.set(session, [...(sessions.get(session) ?? []), ...records]);
    }
    return sessions;
  };
  return {
    root,
    dir,
    rc: (kind) => {
      const emitted = join(root, `emitted.${kind}`);
      writeFileSync(emitted, hookCode(kind, dir));
      return kind === 'fish' ? `cat '${emitted}' | source` : `eval "$(cat '${emitted}')"`;
    },
    files,
    records: () => [...read().values()].flat(),
    commands: () => [...read().values()].flatMap(paired),
    lost: () =>
      files().reduce((sum, name) => {
        const { lost, foreign } = decodeSpool(readFileSync(join(dir, name)));
        return sum + lost + foreign;
      }, 0),
    remove: () => {
      chmodSync(dir, 0o700);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const sortKey = (name: string): string => name.replace(/\d+/g, (digits) => digits.padStart(20, '0'));

function paired(records: readonly SpoolRecord[]): ObservedCommand[] {
  return records.flatMap((record) => {
    if (record.type === 'end' || record.text === undefined) return [];
    const end = record.type === 'both' ? record : records.find((r) => r.type === 'end' && r.command === record.command);
    return [
      {
        text: record.text,
        cwd: record.cwd,
        status: end?.status,
        startedAt: record.startedAt,
        endedAt: end?.endedAt,
        durationMs: end?.durationMs,
        ended: end !== undefined,
      },
    ];
  });
}

export interface Observed {
  readonly shell: ShellSession;
  readonly spool: Spool;
  /** Texts of the commands observed so far. */
  readonly texts: () => readonly string[];
  /** Runs each line with `run`. */
  readonly runAll: (...lines: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens a shell with `before`, the hook and `after` in its start file. */
export async function observe(
  kind: ShellKind,
  options: ShellOptions & { readonly before?: string; readonly after?: string; readonly spool?: Spool },
): Promise<Observed> {
  const spool = options.spool ?? makeSpool();
  const rc = [options.before ?? '', spool.rc(kind), options.after ?? ''].join('\n');
  const shell = await openShell({ ...options, rc });
  return {
    shell,
    spool,
    texts: () => spool.commands().map((command) => command.text),
    runAll: async (...lines) => {
      for (const line of lines) await shell.run(line);
    },
    close: async () => {
      await shell.close();
      spool.remove();
    },
  };
}
