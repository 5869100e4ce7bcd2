import { existsSync, readdirSync } from 'node:fs';
import type { Places } from '../../config/places.ts';
import { SHELLS } from '../../domain/events/shell-kind.ts';
import { parseSpoolName } from '../../domain/spool/spool-record.ts';
import type { Context } from '../context.ts';
import { rcLine } from '../shell-setup/rc-line.ts';
import { programOf } from './process-name.ts';
import { probeHook } from './shell-probe.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Whether the next shell that the user opens is observed, for this node. */
export async function newShell({ env }: Pick<Context, 'env'>, { spool }: Places): Promise<Verdict> {
  const { shell, file, line } = rcLine(env);
  const { SHELL: program = '' } = env;
  if (program === '') return warn('expected $SHELL to name your shell, but it is not set');
  const hook = await probeHook(program, shell, env);
  if (hook === undefined)
    return warn(`${program} did not answer as an interactive shell; run in it: command -v caro_off`);
  if (hook.spool === null)
    return bad(`a new ${shell} does not load the hook; put this line at the end of ${file}: ${line}`);
  return hook.spool === spool
    ? ok(`a new ${shell} loads the hook`)
    : bad(
        `a new ${shell} writes to ${hook.spool}, but this node reads ${spool}; use the same CARO_HOME in ${file} and here, or none`,
      );
}

/**
 * Whether the shell that runs this command is observed: its hook has just recorded the command.
 * Undefined if the command was not typed at a terminal.
 */
export function thisShell({ env, stdin }: Pick<Context, 'env' | 'stdin'>, { spool }: Places): Verdict | undefined {
  const pid = process.ppid;
  const name = programOf(pid);
  if (stdin.isTTY !== true || name === undefined || !SHELL_NAMES.has(name)) return undefined;
  const isSeen = existsSync(spool) && readdirSync(spool).some((file) => parseSpoolName(file)?.pid === pid);
  if (isSeen) return ok(`this ${name} (process ${pid}) is observed`);
  const { line } = rcLine({ ...env, SHELL: name });
  return bad(`this ${name} (process ${pid}) is not observed; open a new one, or run: ${line}`);
}

/**
 * Names of interactive shells; `sh` has many.
 */
const SHELL_NAMES: ReadonlySet<string> = new Set([...SHELLS, 'dash', 'ash', 'ksh', 'ksh93', 'mksh']);
