/**
 * Where a command line speaks about secrets instead of holding one: messages, search patterns,
 * texts shown to a person. There, a word after `password:` is prose (`token: rotate keys`): only a
 * value that looks like a secret is masked.
 */
import type { Analysis, Invocation, Word } from '../model.ts';

/**
 * `pattern`: a regular expression or a program that searches. `prose`: a message. `shown`: what
 * `echo` shows on the terminal, and filters of jq, where only `name: word` is a mention. `ignored`:
 * the part of `s/…/…/` that is searched, `replaced`: the other one, which is ordinary text.
 */
export type ZoneKind = 'pattern' | 'prose' | 'shown' | 'ignored' | 'replaced';
export interface Zone {
  readonly start: number;
  readonly end: number;
  readonly kind: ZoneKind;
}

/** The zone at an offset; null for ordinary text. */
export type ZoneAt = (offset: number) => Zone | null;

const SEARCH = new Set(['grep', 'egrep', 'fgrep', 'zgrep', 'rg', 'ag', 'ack', 'awk', 'gawk', 'mawk', 'pgrep', 'pkill']);
const FILTERS = new Set(['jq', 'yq', 'xq']);
const MESSAGES = new Set([
  ...['man', 'apropos', 'whatis', 'tldr', 'notify-send', 'logger', 'wall', 'say', 'espeak', 'zenity', 'dialog'],
  ...['whiptail', 'figlet', 'cowsay', 'read'],
]);
/** Options with a message or a pattern, by tool. */
const MESSAGE_OPTIONS: Readonly<Record<string, RegExp>> = {
  git: /^(?:-[a-z]*[mSG]|--(?:message|grep|author))(?:=|$)|^-[mSG]./,
  hg: /^(?:-m|--message)(?:=|$)/,
  svn: /^(?:-m|--message)(?:=|$)/,
  jj: /^(?:-m|--message)(?:=|$)/,
  docker: /^(?:-m|--message)(?:=|$)/,
  gh: /^(?:-[tbn]|--(?:title|body|notes|description|subject))(?:=|$)/,
  glab: /^(?:-[td]|--(?:title|description))(?:=|$)/,
  pytest: /^-[km]$/,
  mail: /^-s$/,
  mailx: /^-s$/,
};

const isShown = ({ tool, pipesTo, topLevel, redirections }: Invocation): boolean =>
  (tool === 'echo' || tool === 'printf') &&
  pipesTo === null &&
  topLevel &&
  !redirections.some(({ operator }) => operator.includes('>') && operator !== '>&');

const add = (zones: Zone[], { start, end, exact }: Word, kind: ZoneKind): void => {
  if (exact) zones.push({ start, end, kind });
};

const addMessages = (zones: Zone[], args: readonly Word[], option: RegExp): void => {
  const [subcommand, ...rest] = args;
  // The value of `gh secret set -b` is a secret.
  if (/^(?:secret|variable|auth|api|config)$/.test(subcommand?.text ?? '')) return;
  for (const [at, word] of args.entries()) {
    if (!option.test(word.text)) continue;
    add(zones, word, 'prose');
    const next = args[at + 1];
    if (next && !word.text.includes('=')) add(zones, next, 'prose');
  }
  if (subcommand?.text === 'grep') for (const word of rest) add(zones, word, 'pattern');
};

/** Characters of a script in which substitutions are searched. */
const SCRIPT = 4096;

/** The searched half of each `s/…/…/` in a script of sed or perl. */
const addSubstitutions = (zones: Zone[], text: string, word: Word): void => {
  if (!word.exact) return;
  const script = text.slice(word.start, Math.min(word.end, word.start + SCRIPT));
  const substitution = /(?<![A-Za-z0-9])s([/|#,@!])((?:\\.|(?!\1)[^\\\n]){0,400})\1((?:\\.|(?!\1)[^\\\n]){0,400})/dg;
  for (const match of script.matchAll(substitution)) {
    const [start, end] = match.indices?.[2] ?? [0, 0];
    zones.push({ start: word.start + start, end: word.start + end, kind: 'ignored' });
    const [from, to] = match.indices?.[3] ?? [0, 0];
    zones.push({ start: word.start + from, end: word.start + to, kind: 'replaced' });
  }
  if (/^["']?(?:\d|\/|\$)/.test(script)) add(zones, word, 'pattern');
};

const addZones = (zones: Zone[], text: string, invocation: Invocation): void => {
  const { tool, args } = invocation;
  if (SEARCH.has(tool)) for (const word of args) add(zones, word, 'pattern');
  else if (FILTERS.has(tool)) {
    const filter = args.find((word) => !word.text.startsWith('-'));
    if (filter && !args.some((word) => word.text.startsWith('--arg'))) add(zones, filter, 'shown');
  } else if (MESSAGES.has(tool)) for (const word of args) add(zones, word, 'prose');
  else if (Object.hasOwn(MESSAGE_OPTIONS, tool)) addMessages(zones, args, MESSAGE_OPTIONS[tool] ?? /$^/);
  else if (tool === 'sed' || tool === 'gsed' || tool === 'perl')
    for (const word of args) addSubstitutions(zones, text, word);
  else if (isShown(invocation)) for (const word of args) add(zones, word, 'shown');
};

/** The zones of a command; `analysis` MUST be that of `text`. */
export const zonesOf = (text: string, { invocations, comments }: Analysis): ZoneAt => {
  const zones: Zone[] = comments.map(({ start, end }) => ({ start, end, kind: 'prose' }));
  for (const invocation of invocations) addZones(zones, text, invocation);
  if (zones.length === 0) return () => null;
  zones.sort((a, b) => a.start - b.start);
  return (offset) => {
    let low = 0;
    let high = zones.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((zones[middle]?.start ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const zone = zones[low - 1];
    return zone !== undefined && offset < zone.end ? zone : null;
  };
};
