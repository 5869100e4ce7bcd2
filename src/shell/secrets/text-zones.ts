/**
 * Where a command line speaks about secrets instead of holding one: messages, search patterns,
 * texts shown to a person. There, a word after `password:` is prose (`token: rotate keys`), and only
 * a value that looks like a secret is masked.
 */
import type { Analysis, Invocation, Word } from '../model.ts';

/**
 * `pattern`: a regular expression or a program that searches. `prose`: a message. `shown`: what
 * `echo` prints to the terminal. `ignored`: the part of `s/…/…/` that is searched.
 */
export type ZoneKind = 'pattern' | 'prose' | 'shown' | 'ignored';
interface Zone {
  readonly start: number;
  readonly end: number;
  readonly kind: ZoneKind;
}

/** The zone at an offset; null for ordinary text. */
export type ZoneAt = (offset: number) => ZoneKind | null;

const SEARCH = new Set(['grep', 'egrep', 'fgrep', 'zgrep', 'rg', 'ag', 'ack', 'awk', 'gawk', 'mawk', 'pgrep', 'pkill']);
const FILTERS = new Set(['jq', 'yq', 'xq']);
const MESSAGES = new Set([
  ...['man', 'apropos', 'whatis', 'tldr', 'notify-send', 'logger', 'wall', 'say', 'espeak', 'zenity', 'dialog'],
  ...['whiptail', 'figlet', 'cowsay', 'mail', 'mailx', 'read'],
]);
const MESSAGE_OPTION = /^(?:-[a-z]*[mSG]|--(?:message|grep|author|title|body|notes|description)|-[tbk])$/;
const ATTACHED_OPTION = /^--(?:message|grep|author|title|body|notes|description)=|^-[mSG]./;
const SPEAKING = new Set(['git', 'gh', 'glab', 'hub', 'hg', 'svn', 'jj', 'pytest', 'docker']);

const isShown = ({ tool, pipesTo, topLevel, redirections }: Invocation): boolean =>
  (tool === 'echo' || tool === 'printf') &&
  pipesTo === null &&
  topLevel &&
  !redirections.some(({ operator }) => operator.includes('>'));

const add = (zones: Zone[], { start, end, exact }: Word, kind: ZoneKind): void => {
  if (exact) zones.push({ start, end, kind });
};

const addMessages = (zones: Zone[], args: readonly Word[]): void => {
  for (const [at, word] of args.entries()) {
    const next = args[at + 1];
    if (ATTACHED_OPTION.test(word.text)) add(zones, word, 'prose');
    else if (next && MESSAGE_OPTION.test(word.text)) add(zones, next, 'prose');
  }
  const [subcommand, ...rest] = args;
  if (subcommand?.text === 'grep') for (const word of rest) add(zones, word, 'pattern');
};

/** Characters of a script in which substitutions are searched. */
const SCRIPT = 4096;

/** The searched half of each `s/…/…/` in a script of sed or perl. */
const addSubstitutions = (zones: Zone[], text: string, word: Word): void => {
  if (!word.exact) return;
  const script = text.slice(word.start, Math.min(word.end, word.start + SCRIPT));
  const substitution = /(?<![A-Za-z0-9])s([/|#,@!])((?:\\.|(?!\1)[^\\\n]){0,400})\1/dg;
  for (const match of script.matchAll(substitution)) {
    const [start, end] = match.indices?.[2] ?? [0, 0];
    zones.push({ start: word.start + start, end: word.start + end, kind: 'ignored' });
  }
  if (/^["']?(?:\d|\/|\$)/.test(script)) add(zones, word, 'pattern');
};

const addZones = (zones: Zone[], text: string, invocation: Invocation): void => {
  const { tool, args } = invocation;
  if (SEARCH.has(tool)) for (const word of args) add(zones, word, 'pattern');
  else if (FILTERS.has(tool)) {
    const filter = args.find((word) => !word.text.startsWith('-'));
    if (filter && !args.some((word) => word.text.startsWith('--arg'))) add(zones, filter, 'pattern');
  } else if (MESSAGES.has(tool)) for (const word of args) add(zones, word, 'prose');
  else if (SPEAKING.has(tool)) addMessages(zones, args);
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
    return zone !== undefined && offset < zone.end ? zone.kind : null;
  };
};
