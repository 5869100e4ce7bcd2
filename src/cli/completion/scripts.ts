import { alwaysQuoted } from '../shell-setup/shell-quote.ts';
import type { CompletionPoint } from './words.ts';

type Points = readonly CompletionPoint[];
export type CompletionShell = 'bash' | 'zsh' | 'fish';

/**
 * Code for the start-up file of a shell. It completes subcommands, options and their fixed values,
 * offline and without a fork.
 */
export const completionScript: Readonly<Record<CompletionShell, (points: Points) => string>> = { bash, zsh, fish };

const wordsAt = ({ commands, choices }: CompletionPoint): readonly string[] => [
  ...commands.map((command) => command.name),
  ...choices,
];

/** Finds the subcommand that the words before the cursor name. */
const walk = (points: Points): string =>
  points
    .filter((point) => point.path.length > 0)
    .map((point) => `      '${point.path.join(' ')}') at="$next" ;;`)
    .join('\n');

const cases = (points: Points, reply: (words: readonly string[]) => string): string =>
  points
    .map((point) => {
      const valued = point.options.filter((option) => option.choices.length > 0);
      const values = valued.map((option) => `        ${option.flag}) ${reply(option.choices)}; return ;;`);
      const files = point.options.filter((option) => option.takesValue && option.choices.length === 0);
      if (files.length > 0) values.push(`        ${files.map((option) => option.flag).join('|')}) return ;;`);
      const inner = values.length === 0 ? '' : `      case "$previous" in\n${values.join('\n')}\n      esac\n`;
      const flags = point.options.map((option) => option.flag);
      return `    '${point.path.join(' ')}')
${inner}      case "$current" in
        -*) ${reply(flags)} ;;
        *) ${reply(wordsAt(point))} ;;
      esac ;;`;
    })
    .join('\n');

function bash(points: Points): string {
  const reply = (words: readonly string[]): string => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`;
  return `_caro_complete() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at='' next word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${at:+$at }$word"
    case "$next" in
${walk(points)}
    esac
  done
  case "$at" in
${cases(points, reply)}
  esac
}
complete -o default -F _caro_complete caro
`;
}

function zsh(points: Points): string {
  const reply = (words: readonly string[]): string => (words.length === 0 ? '_files' : `compadd -- ${words.join(' ')}`);
  return `#compdef caro
_caro_complete() {
  local current="$words[CURRENT]" previous="$words[CURRENT-1]" at='' next word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${at:+$at }$word"
    case "$next" in
${walk(points)}
    esac
  done
  case "$at" in
${cases(points, reply)}
  esac
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _caro_complete caro
`;
}

function fish(points: Points): string {
  const quote = (text: string): string => alwaysQuoted('fish', text);
  const lines = points.flatMap((point) => {
    const when = `-n ${quote(`__caro_at ${quote(point.path.join(' '))}`)}`;
    return [
      ...point.commands.map(
        ({ name, description }) => `complete -c caro -f ${when} -a ${name} -d ${quote(description)}`,
      ),
      ...(point.choices.length > 0 ? [`complete -c caro -f ${when} -a ${quote(point.choices.join(' '))}`] : []),
      ...point.options.map(({ flag, description, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : takesValue ? ' -r' : '';
        return `complete -c caro ${when} -l ${flag.slice(2)} -d ${quote(description)}${value}`;
      }),
    ];
  });
  const paths = points.filter((point) => point.path.length > 0).map((point) => quote(point.path.join(' ')));
  return `function __caro_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    contains -- "$next" ${paths.join(' ')}; and set at "$next"
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}
