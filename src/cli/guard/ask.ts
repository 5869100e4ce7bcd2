import { openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ReadStream, WriteStream } from 'node:tty';
import type { GuardAnswer } from '../../domain/guard/guard.ts';
import { harmless } from '../output/output.ts';

/**
 * Before the question is shown, what was typed or pasted with the line is dropped for this time: it
 * MUST NOT answer.
 */
const SETTLE_MS = 150;

/**
 * Shows why a command is dangerous and asks whether to run it, on the terminal of this process.
 * False unless the answer is `y`; false without a terminal.
 */
export async function askOnTerminal(answer: GuardAnswer): Promise<boolean> {
  let input: ReadStream;
  let output: WriteStream;
  try {
    input = new ReadStream(openSync('/dev/tty', 'r'));
    output = new WriteStream(openSync('/dev/tty', 'w'));
  } catch {
    process.stderr.write(`caro guard: ${answer.reason} There is no terminal to ask on: the line does not run.\n`);
    return false;
  }
  const wasRaw = input.isRaw;
  input.setRawMode(true);
  try {
    output.write(warningOf(answer));
    input.resume();
    await setTimeout(SETTLE_MS);
    output.write('Run it anyway? [y/N] ');
    const mayRun = await answered(input);
    output.write(mayRun ? 'yes\r\n' : 'no, the line stays for you to edit\r\n');
    return mayRun;
  } finally {
    input.setRawMode(wasRaw);
    input.destroy();
    output.destroy();
  }
}

const COLOURS: Readonly<Record<string, number>> = { moderate: 33, high: 35, critical: 31 };

function warningOf({ level, reason, safer }: GuardAnswer): string {
  const hasColours = (process.env['NO_COLOR'] ?? '') === '';
  const paint = (code: number, text: string): string => (hasColours ? `\x1b[${code}m${text}\x1b[0m` : text);
  const word = level ?? 'unrated';
  const lines = [`caro guard: ${paint(COLOURS[word] ?? 33, word)}. ${harmless(reason)}`];
  if (safer !== '') lines.push(`Safer: ${harmless(safer)}`);
  return `\r\n${lines.join('\r\n')}\r\n`;
}

function answered(input: ReadStream): Promise<boolean> {
  return new Promise((resolve) => {
    input.once('data', (bytes: Buffer) => resolve(/^y$/i.test(bytes.toString('utf8'))));
    input.once('end', () => resolve(false));
    input.once('error', () => resolve(false));
  });
}
