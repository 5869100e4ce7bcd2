/**
 * Options and operands that make a program run a command: pagers, archivers, editors, network
 * tools. They cover the GTFOBins (gtfobins.github.io) functions "shell", "command" and "reverse
 * shell".
 */

import type { Assignment, Word } from '../../model.ts';
import type { Call, Frame, Walk } from '../frame.ts';
import { partSource } from '../payload.ts';
import { runText } from '../run-text.ts';
import { parameterTexts } from './parameter-texts.ts';

interface ExecOption {
  /**
   * Options whose value is examined: the next word, or the text after `=`. Without options, every
   * word is examined.
   */
  readonly options?: readonly string[];
  /** Short options that may end a bundle (`socket -qvp '/bin/sh'`). */
  readonly bundled?: string;
  /**
   * Extracts the command from the value: the last group that matched. Without a pattern, the
   * command is the whole value.
   */
  readonly pattern?: RegExp;
  /** The value has parameters, of which some are commands. */
  readonly parameters?: true;
  /** The command to run if the value matches but does not contain it (`vi -c :terminal`). */
  readonly command?: string;
}

/** Longer values are not searched, because the patterns may backtrack. */
const MAX_PATTERN_TEXT = 4096;

const NETCAT: readonly ExecOption[] = [{ options: ['-e', '-c', '--exec', '--sh-exec'], bundled: 'ec' }];
const TAR: readonly ExecOption[] = [
  { options: ['--checkpoint-action'], pattern: /^exec=(.+)$/s },
  {
    options: ['--to-command', '--use-compress-program', '-I', '--info-script', '--new-volume-script', '--rsh-command'],
  },
];
const SSH: readonly ExecOption[] = [
  { options: ['-o'], pattern: /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)\s*[= ]\s*(.+)$/is },
  { pattern: /^-o(?:ProxyCommand|LocalCommand|KnownHostsCommand)\s*[= ]\s*(.+)$/is },
];
const VI: readonly ExecOption[] = [
  {
    options: ['-c', '--cmd'],
    pattern: /^:?\s*(?:sil(?:ent)?!?\s+)?(?:(?:r(?:ead)?\s*)?!|term(?:inal)?\s+)\s*(.+)$/s,
  },
  { pattern: /^\+:?(?:!|term(?:inal)?\s+)(.+)$/s },
  { options: ['-c', '--cmd'], pattern: /^:?\s*(?:sh(?:ell)?|term(?:inal)?)$/, command: 'sh' },
  { options: ['-c', '--cmd'], pattern: /(?:system|execute|execl|execv|spawn)\(\s*\\?["']([^"']+)["']/ },
];
const LATEX: readonly ExecOption[] = [{ pattern: /write18\s*\{(.+?)\}/s }];
const PAGER: readonly ExecOption[] = [{ options: ['-P', '--pager', '-H', '--html'] }];
const SQL: readonly ExecOption[] = [
  { pattern: /(?:^|\n|;)\s*\\!\s*(.+)$/s },
  { pattern: /^\.(?:shell|system)\s+(.+)$/s },
];
const APT: readonly ExecOption[] = [{ pattern: /::(?:Pre|Post)-Invoke(?:-Success)?(?:::)?=(.+)$/s }];

const SYSTEMS_MANAGER: readonly ExecOption[] = [{ options: ['--parameters'], parameters: true }];

const EXEC_OPTIONS: Readonly<Record<string, readonly ExecOption[]>> = {
  nc: NETCAT,
  ncat: NETCAT,
  netcat: NETCAT,
  'nc.traditional': NETCAT,
  'nc.openbsd': NETCAT,
  socket: [{ options: ['-p'], bundled: 'p' }],
  socat: [{ pattern: /^(?:exec|system|shell):["']?([^,"']+)/i }],
  tar: TAR,
  gtar: TAR,
  bsdtar: TAR,
  rsync: [{ options: ['-e', '--rsh', '--rsync-path'], bundled: 'e' }],
  ssh: SSH,
  scp: [...SSH, { options: ['-S'] }],
  sftp: [...SSH, { options: ['-S'] }],
  zip: [{ options: ['-TT', '--unzip-command'] }],
  rpm: [{ options: ['--pipe'] }, { options: ['--eval', '-E'], pattern: /(?:%\(|os\.execute\(["'])([^)"']+)/s }],
  split: [{ options: ['--filter'] }],
  sort: [{ options: ['--compress-program'] }],
  sed: [{ pattern: /^(?:\d+|\$)?e\s+(.+)$/s }],
  git: [
    {
      options: ['-c', '--config-env'],
      pattern:
        /^(?:(?:alias|credential)\.[^=]+=!|(?:core\.(?:pager|editor|sshcommand|fsmonitor|askpass|gitproxy)|sequence\.editor|gpg\.program|pager\.\w+|diff\.external|(?:diff|merge)tool\.\w+\.cmd|filter\.\w+\.(?:clean|smudge|process))=)(.+)$/is,
    },
    { options: ['--upload-pack', '--receive-pack', '--open-files-in-pager'] },
  ],
  hg: [{ options: ['--config'], pattern: /^(?:alias\.[^=]+=!|hooks\.[^=]+=|ui\.(?:editor|ssh|pager)=)(.+)$/s }],
  vi: VI,
  vim: VI,
  nvim: VI,
  view: VI,
  vimdiff: VI,
  rvim: VI,
  ex: VI,
  man: PAGER,
  less: [{ pattern: /^\+!(.+)$/s }],
  make: [{ options: ['--eval'], pattern: /\$\(shell\s+(.+?)\)\s*$/s }],
  gmake: [{ options: ['--eval'], pattern: /\$\(shell\s+(.+?)\)\s*$/s }],
  latex: LATEX,
  pdflatex: LATEX,
  xelatex: LATEX,
  lualatex: [...LATEX, { pattern: /os\.execute\(["']([^"']+)/ }],
  tex: LATEX,
  pip: [{ options: ['--editor'] }],
  pip3: [{ options: ['--editor'] }],
  gdb: [{ options: ['-ex', '-eval-command'], pattern: /^(?:!|shell\s+)(.+)$/s }],
  mysql: SQL,
  mariadb: SQL,
  psql: SQL,
  sqlite3: SQL,
  tcpdump: [{ options: ['-z'], bundled: 'z' }],
  wget: [{ options: ['--use-askpass'] }],
  apt: APT,
  'apt-get': APT,
  aptitude: APT,
  crash: [{ pattern: /^!(.+)$/s }],
  npx: [{ options: ['-c', '--call'] }],
  entr: [{ options: ['-s'], bundled: 's' }],
  certbot: [
    {
      options: [
        '--pre-hook',
        '--post-hook',
        '--deploy-hook',
        '--renew-hook',
        '--manual-auth-hook',
        '--manual-cleanup-hook',
      ],
    },
  ],
  aria2c: [{ options: ['--on-download-start', '--on-download-complete', '--on-download-error', '--on-download-stop'] }],
  check_by_ssh: SSH,
  debugfs: [{ options: ['-R'] }],
  aws: SYSTEMS_MANAGER,
  awslocal: SYSTEMS_MANAGER,
};

/** Walks the commands that a program's options make it run. */
export function runExecOptions(walk: Walk, call: Call, tool: string, frame: Frame): void {
  const execOptions = Object.hasOwn(EXEC_OPTIONS, tool) ? EXEC_OPTIONS[tool] : undefined;
  if (execOptions === undefined) return;
  const via = [...frame.via, { name: tool, options: [], operands: [], args: call.words.slice(1) }];
  const inner: Frame = { ...frame, via, depth: frame.depth + 1, topLevel: false };
  for (const execOption of execOptions) {
    for (const { word, value } of valuesOf(call.words, execOption)) {
      for (const command of commandsIn(value, execOption)) {
        runText(walk, partSource(word, command), 'sh', inner);
      }
    }
  }
}

/**
 * Variables whose value a program runs: git(1), man(1), less(1), sudo(8), crontab(1), rsync(1),
 * ssh(1), bash(1).
 */
const COMMAND_VARIABLE =
  /^(?:(?:MAN|GIT_|SYSTEMD_|DELTA_|BAT_)?PAGER|(?:GIT_|SUDO_|GIT_SEQUENCE_|FC)?(?:EDITOR|EDIT)|VISUAL|BROWSER|GIT_SSH(?:_COMMAND)?|GIT_EXTERNAL_DIFF|(?:GIT_|SSH_|SUDO_)ASKPASS|GIT_PROXY_COMMAND|RSYNC_RSH|LESSOPEN|LESSCLOSE|PROMPT_COMMAND|FZF_DEFAULT_COMMAND|PERL5DB)$/;
/**
 * A value that is a script. Common settings such as `EDITOR='code --wait'` and `PAGER='less -R'`
 * start nothing by themselves; other programs with arguments are walked.
 */
const SCRIPT = /[|;&`\n]|\$\(|(?:^|[\s/])(?:ba|da|z|k)?sh(?:\s|$)|[<>]/;
const COMMON_VALUE =
  /^(?:\S*\/)?(?:less|more|most|bat|delta|vim?|nvim|nano|emacs(?:client)?|code|subl|micro|hx|kak|joe|mate|gedit|kate|cat|ssh|\w*lesspipe\S*|rg|fd|ag|find|open|xdg-open|firefox|chromium)(?:\s|$)|^\S*$/;

/** Walks the commands in variables set for a program: `GIT_SSH_COMMAND='sh -c …' git fetch`. */
export function runExecVariables(walk: Walk, call: Call, frame: Frame): void {
  for (const assignment of call.assignments) runCommandVariable(walk, assignment, frame);
}

/** Walks the command in a variable that another program runs. */
export function runCommandVariable(walk: Walk, { name, value }: Assignment, frame: Frame): void {
  if (value === null || !COMMAND_VARIABLE.test(name)) return;
  if (!SCRIPT.test(value.text) && COMMON_VALUE.test(value.text)) return;
  const via = [...frame.via, { name: 'variable', options: [], operands: [name], args: [value] }];
  // `LESSOPEN='|lesspipe %s'`: the leading bar is not part of the command.
  const text = value.text.replace(/^\|+-?/, '');
  runText(walk, partSource(value, text), 'sh', { ...frame, via, depth: frame.depth + 1, topLevel: false });
}

function commandsIn(value: string, { pattern, command, parameters }: ExecOption): readonly string[] {
  if (parameters) return parameterTexts(value);
  if (pattern === undefined) return value === '' ? [] : [value];
  if (value.length > MAX_PATTERN_TEXT) return [];
  const found = pattern.exec(value);
  const text = found === null ? undefined : (command ?? found.at(-1));
  return text === undefined || text === '' ? [] : [text];
}

function* valuesOf(words: readonly Word[], execOption: ExecOption): Generator<{ word: Word; value: string }> {
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) return;
    const { options } = execOption;
    if (options === undefined) {
      yield { word, value: word.text };
      continue;
    }
    const equals = word.text.indexOf('=');
    if (equals > 0 && options.includes(word.text.slice(0, equals))) yield { word, value: word.text.slice(equals + 1) };
    const following = words[at + 1];
    if (following && (options.includes(word.text) || endsBundle(word.text, execOption))) {
      yield { word: following, value: following.text };
      at += 1;
    }
  }
}

const endsBundle = (text: string, { bundled }: ExecOption): boolean =>
  bundled !== undefined && /^-[A-Za-z]+$/.test(text) && bundled.includes(text.slice(-1));
