/** Credentials among the arguments of a script that the line downloads, with unknown options. */
import type { Invocation, Word } from '../model.ts';
import { looksLikeKey } from './secret-names.ts';
import { partSpan, type SecretSpan } from './secret-span.ts';

const SHELL = /^(?:\.|source|(?:ba|z|da|k|mk)?sh)$/;
/** Options that installers use for a token, a password, a key or an account. */
const CREDENTIAL_OPTION = /^-[tpkaTPKA]$/;
/** "ubuntu2204" and "nightly-2024-05-01" are names, "20231101" is a date. */
const NAME_AND_NUMBER = /^(?:v?\d+|[A-Za-z]+(?:-[A-Za-z]+)*-?\d+(?:-\d+)*(?:-[A-Za-z]+)?)$/;

const isRead = (word: Word): boolean =>
  word.parts.some((part) => (part.kind === 'process' && part.direction === 'in') || part.kind === 'command');

/** Where the arguments of the script begin; -1 if the shell reads no downloaded text. */
const firstArgument = ({ tool, args, input }: Invocation): number => {
  if (!SHELL.test(tool)) return -1;
  const read = args.findIndex(isRead);
  if (read >= 0) return read + 1;
  const fromInput = args.findIndex(({ text }) => /^-[a-z]*s$/.test(text));
  return fromInput >= 0 && input.kind === 'pipe' ? fromInput + 1 : -1;
};

/** Letters and digits in no order of a name. */
const isToken = (value: string): boolean =>
  /^[A-Za-z0-9_-]{8,}$/.test(value) &&
  !NAME_AND_NUMBER.test(value) &&
  /\d.*\d/.test(value.slice(0, 256)) &&
  /[A-Za-z].*[A-Za-z]/.test(value.slice(0, 256));

export const findScriptArguments = (text: string, invocation: Invocation, found: SecretSpan[]): void => {
  const { args } = invocation;
  const first = firstArgument(invocation);
  if (first < 0) return;
  for (let at = first; at < args.length; at += 1) {
    const word = args[at];
    if (!word || word.value === null || word.text.startsWith('-')) continue;
    const option = args[at - 1]?.text ?? '';
    const isSecret = CREDENTIAL_OPTION.test(option)
      ? isToken(word.text) || (looksLikeKey(word.text) && !NAME_AND_NUMBER.test(word.text))
      : !option.startsWith('-') && looksLikeKey(word.text);
    if (isSecret) found.push(partSpan(text, word, 0, word.text, 'token'));
  }
};
