/** Kinds of programs that rules and the data flow share. */
import type { Word } from '../../shell/model.ts';
import type { Step } from '../step.ts';
import { fileOf } from './files.ts';

export const SHELL = /^(?:ba|da|z|k|mk|pdk|a|c|tc|fi|ya|po)?sh$|^(?:elvish|nu|xonsh|oksh|rbash)$/;
export const INTERPRETER =
  /^(?:(?:ba|da|z|k|mk|a|c|tc|fi)?sh|busybox|python|perl|ruby|node|php|lua|luajit|tclsh|osascript|pwsh|deno|bun|r|rscript|source|\.|eval|at|batch|iex|Invoke-Expression)$/;
/** Programs that run the commands in a file that they are given. */
export const runsFile = (tool: string): boolean => INTERPRETER.test(tool) || /^(?:g|b|re)?make$/.test(tool);
/** `/dev/tcp/host/port` of bash and its relatives in awk and zsh. */
export const NET_FILE = /^\/(?:dev|inet\d?|net)\/(?:tcp|udp)\b/;

const FETCHERS = new Set(
  'curl wget http lwp-download lwp-request fetch lynx w3m links elinks aria2c axel ftp tftp lftp GET HEAD dig host nslookup scp nc ncat netcat aws gsutil rclone nscurl rsync xh whois finger irm iwr Invoke-RestMethod Invoke-WebRequest'.split(
    ' ',
  ),
);
const REMOTE_SOURCE = /^(?:[\w.-]+@)?[\w.-]+::?\/?[^/\\]|^rsync:/;
/** Programs that print or store data from the network. */
export const isFetcher = (step: Step): boolean => {
  if (!FETCHERS.has(step.tool)) return false;
  switch (step.tool) {
    case 'aws':
      return step.sub('s3', 'cp|sync');
    case 'gsutil':
      return step.sub('cp|cat|rsync');
    case 'rclone':
      return step.sub('cat|copy|copyto|copyurl|sync');
    case 'nc':
      return true;
    case 'rsync':
      return REMOTE_SOURCE.test(step.transfer.sources[0] ?? '') && !REMOTE_SOURCE.test(step.transfer.target ?? '');
    default:
      return !step.some(/^--(?:version|help|head)$|^-I$/);
  }
};

const ALWAYS_DECODES = new Set(
  'uudecode rev tr b64decode b32decode gunzip zcat bunzip2 bzcat unxz xzcat rot13 iconv funzip'.split(' '),
);
const DECODES_WITH_OPTION = /^-(?:[a-zA-Z]*[dDr][a-zA-Z0-9]*|-?de(?:c[a-z]*)?|-?uncompress)$/;
/** Programs that print decoded, unpacked or otherwise disguised data. */
export const isDecoder = (step: Step): boolean => {
  const { tool } = step;
  if (ALWAYS_DECODES.has(tool)) return true;
  switch (tool) {
    case 'base64':
    case 'base32':
    case 'basenc':
    case 'xxd':
    case 'openssl':
    case 'gzip':
    case 'xz':
    case 'bzip2':
    case 'zstd':
    case 'od':
    case 'hexdump':
    case 'gpg':
      return step.some(DECODES_WITH_OPTION);
    case 'tar':
      return (
        step.some(/^(?:-?[a-zA-Z]*[xO][a-zA-Z]*|--to-stdout|--extract|--get)$/) &&
        step.some(/^-?[a-zA-Z]*O[a-zA-Z]*$|^--to-stdout/)
      );
    case 'unzip':
      return step.flag('-p');
    case '7z':
      return step.flag('-so');
    default:
      return false;
  }
};

/** Options of shells whose value is the next word. */
const SHELL_VALUES = /^[-+](?:[a-zA-Z]*[oO]|-rcfile|-init-file)$/;
/** Operands of a shell: a script and its arguments. `-euo pipefail` is an option with its value. */
export const shellOperands = (step: Step): readonly string[] =>
  step.args.filter((arg, at) => !/^[-+]./.test(arg) && !SHELL_VALUES.test(step.args[at - 1] ?? ''));

const STDIN = /^(?:-|\/dev\/(?:stdin|fd\/0)|\/proc\/(?:self|thread-self)\/fd\/0)$/;

/**
 * `sh script` reads the script, `sh -c x` the string; `sh`, `sh -s` and `sh -` read standard input.
 */
export const readsProgram = (step: Step): boolean => {
  if (step.isWrapper || !INTERPRETER.test(step.tool)) return readsStandardInput(step);
  if (/^(?:eval|source|\.)$/.test(step.tool)) return step.args.some((arg) => STDIN.test(arg));
  if (step.tool === 'at' || step.tool === 'batch') return !step.flag('-f', '-l', '-d', '-r', '-c');
  const isShell = SHELL.test(step.tool);
  if (
    !(isShell && step.flag('-s')) &&
    step.some(/^-(?:[a-zA-Z]*c|e|m|r|p|E)$|^--(?:eval|command|print)$/) &&
    !isShellOption(step, isShell)
  )
    return false;
  const operands = isShell ? shellOperands(step) : step.args.filter((arg) => !arg.startsWith('-'));
  const script = operands.find((arg) => !STDIN.test(arg));
  return script === undefined || STDIN.test(operands[0] ?? '') || step.args[0] === '-' || (isShell && step.flag('-s'));
};
/** A shell's `-e`, `-x` and `-p` are settings, not program text. */
const isShellOption = (step: Step, isShell: boolean): boolean => isShell && !step.some(/^-[a-zA-Z]*c$/);

/** `make -f -`, `awk -f /dev/stdin`, `xargs -I{} {}` and similar programs. */
const readsStandardInput = (step: Step): boolean =>
  !step.isWrapper &&
  /^(?:make|awk|sed|crontab|psql|ansible-playbook)$/.test(step.tool) &&
  step.tool !== 'psql' &&
  STDIN.test(step.value('-f', '--file') ?? '');

/** Words that a program runs as text: after `eval`, `trap`, `sh -c`, `su -c` and `ssh host`. */
export const runsText = (step: Step): readonly Word[] => {
  if (step.isWrapper) return [];
  if (step.tool === 'eval') return step.words;
  if (step.tool === 'trap') return step.words.slice(0, 1);
  if (step.tool === 'ssh') return step.words.filter((word) => !word.text.startsWith('-')).slice(1);
  if (!INTERPRETER.test(step.tool) && !/^(?:su|watch|script|runuser)$/.test(step.tool)) return [];
  const at = step.args.findIndex((arg) => /^-[a-zA-Z]*[ce]$|^--(?:eval|command)$/.test(arg));
  const word = at < 0 ? undefined : step.words[at + 1];
  return word ? [word] : [];
};

/** Files that the step's output depends on: sources of a copy, or everything that may be a file. */
export const copySources = (step: Step): readonly string[] => {
  if (/^(?:cp|mv|ln|install|ditto|rsync|scp)$/.test(step.tool)) return step.transfer.sources;
  if (/^(?:echo|printf)$/.test(step.tool)) return [];
  return step.args.flatMap(fileOf);
};
