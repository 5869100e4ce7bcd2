import { createInterface } from 'node:readline';
import { CaroError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';

/**
 * One line that MUST NOT stand in an argument list: asked for on a terminal, else the first line of
 * stdin. The question goes to stderr, so that stdout keeps to the answer of the command.
 * @throws CaroError `usage` where nothing comes
 */
export async function readLine({ stdin, stderr, interrupted }: Context, question: string): Promise<string> {
  const isAsked = stdin.isTTY === true;
  const lines = createInterface({
    input: stdin,
    ...(isAsked ? { output: stderr, terminal: true, historySize: 0 } : {}),
    signal: interrupted,
  });
  if (isAsked) {
    lines.setPrompt(question);
    lines.prompt();
  }
  try {
    for await (const line of lines) if (line.trim() !== '') return line.trim();
  } finally {
    lines.close();
  }
  throw new CaroError('usage', 'expected a line of text on the terminal or on stdin, none came');
}
