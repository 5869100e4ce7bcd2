import { createInterface } from 'node:readline';
import { CaroError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';

/**
 * Reads a line that MUST NOT be in an argument list: prompts on a terminal, otherwise takes the
 * first line of stdin. The prompt goes to stderr, so that stdout holds only the result.
 * @throws CaroError `usage` if there is none
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
  throw new CaroError('usage', 'expected a line of text on the terminal or on stdin, got none');
}
