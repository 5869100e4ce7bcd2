import { existsSync, readdirSync } from 'node:fs';
import type { Places } from '../../config/places.ts';
import { SHELLS } from '../../domain/events/shell-kind.ts';
import { pauseAt } from '../../domain/spool/pause.ts';
import { parseSpoolName } from '../../domain/spool/spool-record.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { openPauses } from '../../storage/spool/pause-files.ts';
import type { Context } from '../context.ts';
import { localTime } from '../output/output.ts';
import { type RcLine, rcLine } from '../shell-setup/rc-line.ts';
import { programOf } from './process-name.ts';
import { type Probed, probeHook } from './shell-probe.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Whether a command in the next shell that the user opens is recorded for this node. */
export async function newShell({ env }: Pick<Context, 'env'>, places: Places, isRunning: boolean): Promise<Verdict> {
  const { spool } = places;
  const pause = pauseAt(openPauses(places).read(), Date.now());
  if (pause !== null)
    return warn(
      `not checked: nothing is recorded until ${localTime(isoTime(pause.untilMs))}; to end the pause: caro resume`,
    );
  const { SHELL: program = '' } = env;
  if (program === '') return warn('expected $SHELL to name your shell, but it is not set');
  const rc = rcLine(env, places);
  return verdictOf(await probeHook(program, rc.shell, env, { spool, isRunning }), { ...rc, spool });
}

function verdictOf(probed: Probed, { shell, file, line, spool }: RcLine & { readonly spool: string }): Verdict {
  switch (probed.outcome) {
    case 'recorded':
      return ok(`a new ${shell} loads the hook, and a command typed into it was recorded`);
    case 'start-only':
      return bad(
        `a command typed into a new ${shell} was recorded without its end: something replaced a part of the hook after it was loaded; move its line to the end of ${file}`,
      );
    case 'not-loaded':
      return bad(`a new ${shell} does not load the hook; put this line at the end of ${file}: ${line}`);
    case 'other-spool':
      return bad(
        `a new ${shell} writes to ${probed.spool}, but this node reads ${spool}; use the same CARO_HOME in ${file} and here, or none`,
      );
    case 'not-recorded':
      return bad(`a command typed into a new ${shell} was not recorded: ${reason(probed.causes, file)}`);
    case 'no-end':
      return warn(`not checked: the start files of a new ${shell} did not end within 10 s, or ended the shell`);
    case 'no-command':
      return warn(`not checked: a new ${shell} ran no command within 10 s; try one, then run: caro events`);
    case 'no-terminal':
      return warn(`not checked: expected script(1), which opens a terminal, but it is not installed`);
  }
}

/** The first of these that the shell reported is the reason. */
const REASONS: Readonly<Record<string, (file: string) => string>> = {
  variable: (file) => `CARO_OFF is set; remove it from ${file} or from the environment`,
  restricted: () => 'it is a restricted shell, and the hook does not load there',
  'readonly-prompt': (file) => `PROMPT_COMMAND is readonly; remove \`readonly\` from ${file} or /etc`,
  'no-history': (file) => `its history is switched off, which keeps commands private; switch it on in ${file}`,
  'history-size': (file) => `HISTSIZE is 0, so it has no history to read; set HISTSIZE to 500 in ${file}`,
  private: () => 'it is in private mode (fish_private_mode)',
  'not-loaded': (file) => `the hook was switched off or could not be loaded; look for caro_off in ${file}`,
  'readonly-ps1': (file) => `PS1 is readonly; remove \`readonly\` from ${file} or /etc`,
  replaced: (file) => `something replaced the hook after it was loaded; move its line to the end of ${file}`,
  'readonly-ps0': (file) => `PS0 is readonly; remove \`readonly\` from ${file} or /etc`,
  ignore: (file) => `a pattern in ${file} keeps it out of the history (HISTIGNORE or HISTORY_IGNORE)`,
  'history-function': (file) => `a zshaddhistory function in ${file} keeps it out of the history`,
};

function reason(causes: readonly string[], file: string): string {
  const known = Object.keys(REASONS).find((cause) => causes.includes(cause));
  return (
    REASONS[known ?? '']?.(file) ?? `no known reason; start a shell without ${file}, load the hook, and try a command`
  );
}

/**
 * Whether the shell that runs this command is observed: its hook has just recorded the command.
 * Undefined if the command was not typed at a terminal.
 */
export function thisShell({ env, stdin }: Pick<Context, 'env' | 'stdin'>, places: Places): Verdict | undefined {
  const { spool } = places;
  const pid = process.ppid;
  const name = programOf(pid);
  if (stdin.isTTY !== true || name === undefined || !SHELL_NAMES.has(name)) return undefined;
  const isSeen = existsSync(spool) && readdirSync(spool).some((file) => parseSpoolName(file)?.pid === pid);
  if (isSeen) return ok(`this ${name} (process ${pid}) is observed`);
  const { line } = rcLine({ ...env, SHELL: name }, places);
  return bad(`this ${name} (process ${pid}) is not observed; open a new one, or run: ${line}`);
}

/**
 * Names of interactive shells; `sh` has many.
 */
const SHELL_NAMES: ReadonlySet<string> = new Set([...SHELLS, 'dash', 'ash', 'ksh', 'ksh93', 'mksh']);
