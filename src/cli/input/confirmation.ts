import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';

/** Asks a yes-or-no question on the terminal; anything but a yes is a no. */
export async function isConfirmed({ stdin, stdout, interrupted }: Context, text: string): Promise<boolean> {
  const question = createInterface({ input: stdin, output: stdout });
  try {
    return /^y(es)?$/i.test((await question.question(`${text} [y/N] `, { signal: interrupted })).trim());
  } finally {
    question.close();
  }
}
