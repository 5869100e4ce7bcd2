/**
 * Descriptors that `exec` and `coproc` open for the rest of the line (bash manual §3.6, §3.2.6).
 */
import type { Invocation, Redirection, Span, Word } from '../model.ts';
import { wordOf } from '../syntax/parts.ts';
import type { Walk } from './frame.ts';

const DESCRIPTOR_PATH = /^\/(?:dev|proc\/(?:self|thread-self|\d+|\$\$|\$\{?\w+\}?))\/fd\/(\d{1,4})$/;
const FIRST_NAMED = 10;

/** `exec 3<file`, `exec {fd}<<<text`: remembers what the descriptor stands for. */
export function openDescriptors(walk: Walk, redirections: readonly Redirection[]): void {
  for (const redirection of redirections) {
    const { fd } = redirection;
    if (typeof fd === 'number') walk.scope.descriptors.set(String(fd), redirection);
    else setNamed(walk, fd, redirection);
  }
}

function setNamed(walk: Walk, name: string, redirection: Redirection): void {
  const number = String(FIRST_NAMED + walk.scope.descriptors.size);
  walk.scope.variables.set(name, number);
  walk.scope.descriptors.set(number, redirection);
}

/**
 * `coproc NAME { …; }`: what is written to `${NAME[1]}` is the input of its commands, and
 * `${NAME[0]}` is their output.
 */
export function openCoprocess(walk: Walk, name: string, { start, end }: Span, runs: Invocation[]): void {
  const script = { items: [], start, end };
  walk.substituted.set(script, runs);
  const open = (direction: 'in' | 'out'): Word => {
    const number = String(FIRST_NAMED + walk.scope.descriptors.size);
    const target = wordOf([{ kind: 'process', text: '', direction, script, start, end }], start, end, false);
    const operator = direction === 'in' ? '<' : '>';
    walk.scope.descriptors.set(number, { operator, fd: Number(number), target, body: null, start, end });
    return wordOf([{ kind: 'literal', text: number, quoted: true, start, end }], start, end, false);
  };
  walk.scope.arrays.set(name, [open('in'), open('out')]);
}

/** Resolves a redirection; descriptors above 2 are known to what follows it. */
export function openRedirection(walk: Walk, written: Redirection): Redirection {
  const redirection = duplicated(walk, written);
  if (typeof redirection.fd === 'string' || redirection.fd > 2) openDescriptors(walk, [redirection]);
  return redirection;
}

/** `<&3` and `>&3` as the redirection that opened the descriptor; other redirections unchanged. */
function duplicated(walk: Walk, redirection: Redirection): Redirection {
  if (walk.scope.descriptors.size === 0 || !/^[<>]&$/.test(redirection.operator)) return redirection;
  const opened = walk.scope.descriptors.get(redirection.target.text.replace(/-$/, ''));
  if (opened === undefined) return redirection;
  // Several commands may write to the descriptor: none of them replaces the file.
  const isWritten = opened.operator === '>' || (opened.operator === '<>' && redirection.operator === '>&');
  const operator = isWritten ? '>>' : opened.operator;
  return { ...opened, operator, fd: redirection.fd };
}

/** Replaces `/dev/fd/3` by the file that the descriptor was opened with. */
export function openFiles(walk: Walk, words: Word[]): readonly Word[] {
  if (walk.scope.descriptors.size === 0) return words;
  return words.map((word) => {
    const opened = descriptorOf(walk, word);
    return opened && !opened.operator.startsWith('<<') ? opened.target : word;
  });
}

/** The redirection that opened the descriptor which a path such as `/dev/fd/3` names. */
export function descriptorOf(walk: Walk, { text }: Word): Redirection | undefined {
  const number = DESCRIPTOR_PATH.exec(text)?.[1];
  return number === undefined ? undefined : walk.scope.descriptors.get(number);
}

/** `read -u 3`, `mapfile -u 3`: adds what the descriptor reads as standard input. */
export function readDescriptor(
  walk: Walk,
  words: readonly Word[],
  redirections: readonly Redirection[],
): readonly Redirection[] {
  if (walk.scope.descriptors.size === 0 || !/^(?:read|mapfile|readarray)$/.test(words[0]?.text ?? '')) {
    return redirections;
  }
  const at = words.findIndex(({ text }) => /^-[a-zA-Z]*u\d*$/.test(text));
  const number = /\d+$/.exec(words[at]?.text ?? '')?.[0] ?? words[at + 1]?.text ?? '';
  const opened = at < 0 ? undefined : walk.scope.descriptors.get(number);
  return opened ? [...redirections, { ...opened, fd: 0 }] : redirections;
}
