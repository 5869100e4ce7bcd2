import type { Input } from '../model.ts';

/** The text on a command's standard input; null where it is unknown. */
export function inputText(input: Input): string | null {
  if (input.kind === 'pipe') return input.output;
  if (input.kind === 'here-document') return input.text;
  if (input.kind === 'here-string') return `${input.text}\n`;
  return null;
}
