/** Program text given to interpreters, and the commands that it starts. */

import type { OptionSpec } from '../catalogue/wrapper-spec.ts';
import { decodeBase64 } from '../expansion/constant-output.ts';
import type { Code, CodeLanguage, Input, Word } from '../model.ts';
import { computedSource, partOfSource, type Source } from '../source.ts';
import { scanCode } from './code-scan.ts';
import { fileText, knownInput } from './files.ts';
import type { Call, Frame, Walk } from './frame.ts';
import { hasOption, type OptionReading, readOptions } from './options/options.ts';
import { wordSource } from './payload.ts';
import { runText } from './run-text.ts';
import { innerCall } from './unwrap.ts';

interface Interpreter extends OptionSpec {
  readonly language: CodeLanguage;
  /** Options whose value is program text; several are joined with newlines. */
  readonly code: readonly string[];
  /** Options that make the first operand program text (`node -p 1+1`). */
  readonly operandWith?: readonly string[];
  /** Options may follow operands (`psql db -c '…'`). */
  readonly permutes?: true;
  /** Index of the operand that is program text unless an option gives some (`awk '…'`). */
  readonly operand?: number;
  /** Reads its program from standard input if it has neither text nor operands. */
  readonly stdin?: true;
}

const PYTHON: Interpreter = { language: 'python', code: ['-c'], short: 'cmWXQ', stdin: true };
const PERL: Interpreter = { language: 'perl', code: ['-e', '-E'], short: 'eEIMm', optional: '0iFlxCD', stdin: true };
const RUBY: Interpreter = { language: 'ruby', code: ['-e'], short: 'eIrCE', stdin: true };
const NODE: Interpreter = {
  language: 'node',
  code: ['-e', '--eval', '--print'],
  short: 'erC',
  long: ['eval', 'print', 'require', 'import', 'conditions'],
  operandWith: ['-p'],
  stdin: true,
};
const AWK: Interpreter = {
  language: 'awk',
  code: ['-e', '--source'],
  short: 'FvfeiEo',
  long: ['source', 'file', 'assign', 'field-separator'],
  operand: 0,
};
const PHP: Interpreter = { language: 'php', code: ['-r', '-B', '-R', '-E'], short: 'rBREFdcft', stdin: true };
const APPLESCRIPT: Interpreter = { language: 'applescript', code: ['-e'], short: 'els', stdin: true };
const R: Interpreter = { language: 'r', code: ['-e'], short: 'ef' };
const POWERSHELL: Interpreter = {
  language: 'powershell',
  code: ['-c', '-Command', '-command', '-C'],
  singleDash: true,
  long: ['c', 'C', 'Command', 'command', 'File', 'ExecutionPolicy', 'WindowStyle', 'EncodedCommand'],
};
const MYSQL: Interpreter = {
  language: 'sql',
  permutes: true,
  code: ['-e', '--execute'],
  short: 'ehuPDS',
  long: ['execute', 'host', 'user', 'port', 'database', 'socket'],
  stdin: true,
};
const MONGO: Interpreter = {
  language: 'node',
  code: ['--eval'],
  short: 'uph',
  long: ['eval', 'host', 'port', 'username', 'password'],
};
const other = (...code: readonly string[]): Interpreter => ({
  language: 'other',
  code,
  short: code.map((option) => (option.startsWith('--') ? '' : option.slice(1, 2))).join(''),
  long: code.filter((option) => option.startsWith('--')).map((option) => option.slice(2)),
});

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  python: PYTHON,
  pypy: PYTHON,
  ipython: PYTHON,
  jython: PYTHON,
  perl: PERL,
  ruby: RUBY,
  jruby: RUBY,
  irb: RUBY,
  node: NODE,
  nodejs: NODE,
  bun: NODE,
  deno: { ...NODE, operand: 1 },
  awk: AWK,
  gawk: AWK,
  mawk: AWK,
  nawk: AWK,
  'original-awk': AWK,
  php: PHP,
  lua: { language: 'lua', code: ['-e'], short: 'el', stdin: true },
  luajit: { language: 'lua', code: ['-e'], short: 'el', stdin: true },
  osascript: APPLESCRIPT,
  Rscript: R,
  R,
  pwsh: POWERSHELL,
  powershell: POWERSHELL,
  tclsh: { language: 'tcl', code: [], stdin: true },
  expect: { language: 'tcl', code: ['-c'], short: 'cfD', stdin: true },
  psql: {
    language: 'sql',
    permutes: true,
    code: ['-c', '--command'],
    short: 'cdfhoUpvLFPRT',
    long: ['command', 'host', 'port', 'username', 'dbname', 'file', 'set'],
    stdin: true,
  },
  mysql: MYSQL,
  mariadb: MYSQL,
  sqlite3: {
    language: 'sql',
    code: ['-cmd'],
    singleDash: true,
    long: ['cmd', 'init', 'separator', 'newline'],
    operand: 1,
    stdin: true,
  },
  sqlcmd: { language: 'sql', code: ['-Q', '-q'], short: 'QqSUPdi' },
  cqlsh: { language: 'sql', code: ['-e', '--execute'], short: 'eufpk', long: ['execute'] },
  'clickhouse-client': {
    language: 'sql',
    code: ['-q', '--query'],
    short: 'qhud',
    long: ['query', 'host', 'user', 'database'],
  },
  mongo: MONGO,
  mongosh: MONGO,
  mongos: MONGO,
  julia: other('-e', '-E', '--eval'),
  gnuplot: other('-e'),
  elixir: other('-e', '--eval'),
  crystal: { language: 'other', code: [], operand: 1 },
  erl: other('-eval'),
  groovy: other('-e'),
  scala: other('-e'),
  guile: other('-c'),
  ghc: other('-e'),
  octave: other('--eval'),
  emacs: other('--eval', '--execute'),
  jshell: { language: 'other', code: [], stdin: true },
  gdb: { language: 'other', code: ['-ex', '-eval-command'], singleDash: true, long: ['ex', 'eval-command', 'p', 'x'] },
};

const VERSIONED = /^(python|pypy|perl|ruby|php|lua|node|tclsh)-?\d[\d.]*$/;

function interpreterOf(tool: string): Interpreter | undefined {
  const name = VERSIONED.exec(tool)?.[1] ?? tool;
  return Object.hasOwn(INTERPRETERS, name) ? INTERPRETERS[name] : undefined;
}

const BASE64_LITERAL =
  /(?:b64decode|base64_decode|decode_base64|decode64|atob|fromBase64|Buffer\.from)\(\s*b?["']([A-Za-z0-9+/_-]{8,65536}={0,2})["']/g;

/** Appends what literals in `b64decode('…')` and similar calls decode to. */
function withDecoded(text: string): string {
  const decoded: string[] = [];
  for (const [, literal] of text.matchAll(BASE64_LITERAL)) {
    const plain = decodeBase64(literal ?? '');
    if (plain !== null && decoded.length < 8) decoded.push(plain);
  }
  return [text, ...decoded].join('\n');
}

/**
 * Reads the options, including those after operands if the program permits that. `next` is after
 * the first run of options.
 */
function readAll(words: readonly Word[], interpreter: Interpreter): OptionReading {
  const first = readOptions(words, 1, interpreter);
  if (!interpreter.permutes) return first;
  const options = [...first.options];
  const holders = [...first.holders];
  for (let at = first.next + 1; at < words.length; ) {
    const more = readOptions(words, at, interpreter);
    for (const option of more.options) options.push(option);
    for (const holder of more.holders) holders.push(holder);
    at = more.next + 1;
  }
  return { options, holders, next: first.next };
}

/** The program text given to an interpreter; null if there is none or it is in an unknown file. */
export function codeOf(walk: Walk, tool: string, words: readonly Word[], input: Input): Code | null {
  const interpreter = interpreterOf(tool);
  if (interpreter === undefined) return null;
  const { language } = interpreter;
  const { options, holders, next } = readAll(words, interpreter);
  const texts: string[] = [];
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const [index, [name, value]] of options.entries()) {
    const holder = holders[index];
    if (!interpreter.code.includes(name) || value === null || holder === undefined) continue;
    texts.push(value);
    start = Math.min(start, holder.start);
    end = Math.max(end, holder.end);
  }
  if (texts.length > 0) return { language, text: withDecoded(texts.join('\n')), span: { start, end } };
  const readsFile = options.some(([name]) => name === '-f' || name === '--file' || name === '-m');
  const wanted = interpreter.operandWith && hasOption(options, interpreter.operandWith) ? 0 : interpreter.operand;
  const operand = wanted === undefined || readsFile ? undefined : words[next + wanted];
  if (operand !== undefined)
    return { language, text: withDecoded(operand.text), span: { start: operand.start, end: operand.end } };
  return readsFile ? null : codeFromInput(walk, interpreter, words[next], input);
}

/** Program text on standard input or in a file written on this line. */
function codeFromInput(
  walk: Walk,
  { stdin, language }: Interpreter,
  operand: Word | undefined,
  input: Input,
): Code | null {
  if (stdin !== true) return null;
  const isFile = language !== 'sql' && operand !== undefined && operand.text !== '-';
  const text = isFile ? fileText(walk, operand) : knownInput(walk, input);
  if (text === null) return null;
  const isHere = !isFile && (input.kind === 'here-document' || input.kind === 'here-string');
  const { start, end } = isHere ? input.word : { start: 0, end: 0 };
  return { language, text: withDecoded(text), span: { start, end } };
}

/** A part of program text with its place, if a single word of the call has it. */
function placedSource({ text, span }: Code, { words }: Call, part: string, at: number | undefined): Source | null {
  const word = words.find(({ start, end }) => start === span.start && end === span.end);
  if (word === undefined || at === undefined) return null;
  const source = wordSource(word);
  const end = at + part.length;
  return end <= source.text.length && text.startsWith(source.text) ? partOfSource(source, at, end) : null;
}

/** Walks the commands that program text starts. */
export function runCode(walk: Walk, code: Code, tool: string, call: Call, frame: Frame): void {
  const wrapper = { name: tool, options: [], operands: [], args: call.words.slice(1) };
  const inner: Frame = { ...frame, via: [...frame.via, wrapper], depth: frame.depth + 1, topLevel: false };
  for (const found of scanCode(code)) {
    const origin: Word = { ...code.span, value: null, text: '', parts: [], exact: false };
    if (found.kind === 'shell') {
      const { text, at, open } = found;
      const source = placedSource(code, call, text, at) ?? computedSource(text, origin);
      runText(walk, source, 'sh', { ...inner, openArguments: open });
      continue;
    }
    const words = found.words.map((text): Word => {
      const part = { kind: 'literal', quoted: true, text, start: origin.start, end: origin.end } as const;
      return { ...origin, value: text, text, parts: [part] };
    });
    walk.runCall(walk, innerCall(call, words), { ...inner, openArguments: found.open });
  }
}
