import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { probeCommand } from '../../domain/spool/probe-command.ts';
import { decodeSpool, parseScratchName, parseSpoolName } from '../../domain/spool/spool-record.ts';
import { withStartFiles } from './start-files.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** For the start files and for the command, each. */
const TIMEOUT_MS = 10_000;
/** A shell may discard what was typed before its first prompt. */
const RETYPE_MS = 3_000;
const POLL_MS = 20;

/** What became of a command that was typed into a new shell. */
export type Probed =
  /** Its start and its end are in the spool, or its start only. */
  | { readonly outcome: 'recorded' | 'start-only' }
  /** It ran, but is not in the spool; `causes` are settings of the shell that can explain it. */
  | { readonly outcome: 'not-recorded'; readonly causes: readonly string[] }
  | { readonly outcome: 'not-loaded' }
  | { readonly outcome: 'other-spool'; readonly spool: string }
  /** The start files did not come to an end, or the shell ran no command. */
  | { readonly outcome: 'no-end' }
  | { readonly outcome: 'no-command' }
  /** There is no pseudo-terminal. */
  | { readonly outcome: 'no-terminal' };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Starts the user's shell in a pseudo-terminal, with its start files, types a command that does
 * nothing, and looks for it in the spool. Takes at most a few times `TIMEOUT_MS`. The collector
 * leaves the command out; where no service runs, its record is removed here.
 */
export async function probeHook(
  program: string,
  shell: ShellKind,
  env: Env,
  { spool, isRunning }: { readonly spool: string; readonly isRunning: boolean },
): Promise<Probed> {
  const id = randomBytes(8).toString('hex');
  const mark = `caro-doctor-${id}-`;
  const folder = mkdtempSync(join(env['TMPDIR'] ?? tmpdir(), 'caro-doctor-'));
  const history = `caro_doctor_${id}`;
  const before = new Set(namesIn(spool));
  let terminal: Terminal | undefined;
  try {
    const { command, env: own } = withStartFiles(program, shell, env, { folder, mark, history });
    terminal = openTerminal(command, own, `${mark}pid=`);
    if (!terminal) return { outcome: 'no-terminal' };
    return await ask(terminal, { spool, mark, text: probeCommand(id), isNew: (name) => !before.has(name) });
  } finally {
    const pid = Number(terminal && reported(terminal, mark, 'pid'));
    terminal?.end();
    rmSync(folder, { recursive: true, force: true });
    rmSync(join(env['XDG_DATA_HOME'] ?? join(env['HOME'] ?? '', '.local/share'), 'fish', `${history}_history`), {
      force: true,
    });
    if (!isRunning) removeRecords(spool, pid, before);
  }
}

interface Question {
  readonly spool: string;
  readonly mark: string;
  readonly text: string;
  readonly isNew: (name: string) => boolean;
}

async function ask(terminal: Terminal, { spool, mark, text, isNew }: Question): Promise<Probed> {
  if (!(await until(() => reported(terminal, mark, 'ready') !== undefined, terminal, TIMEOUT_MS)))
    return { outcome: 'no-end' };
  const written = reported(terminal, mark, 'spool=') ?? '';
  const causes = (reported(terminal, mark, 'why=') ?? '').split(' ').filter((word) => word !== '');
  // In sh, caro_off also forgets the spool.
  if (causes.includes('off')) return { outcome: 'not-recorded', causes };
  if (written === '') return { outcome: 'not-loaded' };
  if (written !== spool) return { outcome: 'other-spool', spool: written };
  const recorded = (): Recorded =>
    namesIn(spool)
      .filter(isNew)
      .map((name) => recordedIn(join(spool, name), text))
      .find((found) => found !== undefined);
  const hasRun = (): boolean => terminal.shown().includes(`${mark}has-run`);
  // The text on the screen differs from what the second line prints. Its space keeps it private.
  const lines = `${text}\r command printf '%s%s\\n' ${mark} has-run\r`;
  for (let waited = 0; waited < TIMEOUT_MS; waited += RETYPE_MS) {
    terminal.type(lines);
    await until(() => hasRun() || recorded() === 'recorded', terminal, RETYPE_MS);
    const outcome = recorded();
    if (outcome === 'recorded' || (outcome && hasRun())) return { outcome };
    if (hasRun()) return { outcome: 'not-recorded', causes };
  }
  return { outcome: 'no-command' };
}

/** What the shell has reported under `name`; undefined if nothing yet. */
const reported = (terminal: Terminal, mark: string, name: string): string | undefined =>
  new RegExp(`^${mark}${name}=?(.*?)\\r?$`, 'm').exec(terminal.shown())?.[1];

async function until(ask: () => boolean, terminal: Terminal, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!ask()) {
    if (performance.now() > deadline || terminal.hasEnded()) return ask();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

function namesIn(spool: string): readonly string[] {
  try {
    return readdirSync(spool);
  } catch {
    return [];
  }
}

type Recorded = 'recorded' | 'start-only' | undefined;

function recordedIn(file: string, text: string): Recorded {
  try {
    const { records } = decodeSpool(readFileSync(file));
    const begun = records.find((record) => record.text === text);
    const ended = records.some(({ type, command }) => type !== 'start' && command === begun?.command);
    return begun && (ended ? 'recorded' : 'start-only');
  } catch {
    return undefined;
  }
}

/** Removes the files of the probed shell, which a service would otherwise count as a session. */
function removeRecords(spool: string, pid: number, before: ReadonlySet<string>): void {
  for (const name of namesIn(spool)) {
    const session = parseSpoolName(name) ?? parseScratchName(name);
    if (session?.pid === pid && !before.has(name)) rmSync(join(spool, name), { force: true });
  }
}
