import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { CaroError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { say } from '../output/output.ts';

/** Options of a command that asks. */
export interface Consent {
  readonly yes?: true | undefined;
}

/**
 * Makes a command one that always asks: adds `--yes`, and refuses to start where nobody can be
 * asked. Its action MUST call `isConfirmed`.
 */
export function asking(command: Command, context: Context): Command {
  return withYes(command).hook('preAction', (_program, run) => assertCanAsk(context, run.opts<Consent>()));
}

/** Adds `--yes` to a command that asks in some cases only. */
export const withYes = (command: Command): Command => command.option('--yes', 'do not ask for confirmation');

/**
 * The owner's consent: `--yes`, or a yes that was typed at the question. This is the only place
 * where a command asks (`.dependency-cruiser.cjs`).
 * @returns false after anything but a yes, including the end of the input and Ctrl-C; the caller
 *   MUST then change nothing
 * @throws CaroError `usage` where nobody can be asked
 */
export async function isConfirmed(context: Context, question: string, consent: Consent): Promise<boolean> {
  if (consent.yes === true) return true;
  assertCanAsk(context, consent);
  if (isYes(await answerTo(context, question))) return true;
  say(context, 'Nothing has changed.');
  context.failed();
  return false;
}

/**
 * Whether the owner accepts an offer. Where nobody can be asked it is declined; the caller MUST
 * name the option that accepts it.
 */
export async function isAccepted(context: Context, offer: string): Promise<boolean> {
  return canAsk(context) && isYes(await answerTo(context, offer));
}

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer.trim());

const canAsk = ({ stdin, stdout }: Context): boolean => stdin.isTTY === true && stdout.isTTY === true;

/** A question that is not shown, or an answer that nobody typed, is no consent. */
function assertCanAsk(context: Context, { yes }: Consent): void {
  if (yes === true || canAsk(context)) return;
  throw new CaroError(
    'usage',
    'expected a terminal on stdin and stdout to ask for confirmation, got a pipe or a file; nothing was changed; to confirm without being asked, add --yes',
  );
}

/** Empty where the input ended or was interrupted. */
function answerTo({ stdin, stdout, interrupted }: Context, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stdout, signal: interrupted, historySize: 0 });
  return new Promise((resolve) => {
    lines.once('close', () => {
      stdout.write('\n');
      resolve('');
    });
    lines.question(`${question} [y/N] `, (answer) => {
      lines.removeAllListeners('close').close();
      resolve(answer);
    });
  });
}
