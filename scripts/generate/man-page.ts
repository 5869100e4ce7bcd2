/**
 * `man/caro.1`, made from the command line's own definitions: run it after a change of a command,
 * an option or an example.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { processContext } from '../../src/cli/context.ts';
import { EXAMPLES } from '../../src/cli/help.ts';
import { createProgram } from '../../src/cli/main.ts';
import { VERSION } from '../../src/version.ts';

/**
 * Text of a man page (man(7)): backslashes and hyphens are special, and so is a dot or a quote at
 * the beginning of a line.
 */
const plain = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll('’', "'")
    .replace(/^([.'])/gm, '\\&$1');

const heading = (text: string): string => `.SH ${text.toUpperCase()}`;
const paragraph = (text: string): string => `.PP\n${plain(text)}`;
const entry = (term: string, text: string): string => `.TP\n.B ${plain(term)}\n${plain(sentence(text))}`;

/** Descriptions are fragments in a list of commands; on a page of text they are sentences. */
const sentence = (text: string): string => {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.?!)]$/.test(whole) ? whole : `${whole}.`;
};

function commandLines(command: Command, path: readonly string[]): readonly string[] {
  const own = path.length === 0 ? [] : sectionOf(command, path);
  return [...own, ...command.commands.flatMap((child) => commandLines(child, [...path, child.name()]))];
}

/** A command that only holds others has nothing of its own to say. */
function sectionOf(command: Command, path: readonly string[]): readonly string[] {
  if (command.commands.length > 0 && command.options.length === 0) return [];
  const usage = ['caro', ...path, ...argumentWords(command)].join(' ');
  return [
    `.SS ${plain(usage)}`,
    plain(sentence(command.description())),
    ...command.registeredArguments.map((argument) =>
      entry(argument.name(), withChoices(argument.description, argument.argChoices)),
    ),
    ...command.options.map((option) => entry(option.flags, withChoices(option.description, option.argChoices))),
  ];
}

const argumentWords = (command: Command): readonly string[] =>
  command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });

const withChoices = (text: string, choices: readonly string[] | undefined): string =>
  choices === undefined || choices.length === 0 ? text : `${text}: ${choices.join(', ')}`;

const FILES: readonly (readonly [string, string])[] = [
  ['~/.config/caro/caro.toml', 'settings; "caro init" writes one with every key and its default'],
  ['~/.config/caro/managed.toml', 'what commands such as "caro trust set" changed; goes over caro.toml'],
  ['~/.local/share/caro/', 'identity.key, caro.db, tls.pem, spool/, backups/'],
  [
    '$XDG_RUNTIME_DIR/caro/admin.sock',
    'control socket; without XDG_RUNTIME_DIR it is run/admin.sock in the data directory',
  ],
  ['~/.local/state/caro/caro.log', 'log of the service; see: caro service logs'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CARO_HOME', 'an absolute path: all files of this node are below it'],
  ['XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR', 'where the files are otherwise'],
  ['CARO_OFF', 'when it is set, shells do not load the hook'],
  ['CARO_DEBUG', 'when it is set, a defect of this program shows its place'],
  ['NO_COLOR', 'when it is set, there are no colours'],
  ['SHELL', 'the shell that "caro init" and "caro doctor" speak of'],
];

/** The whole page. */
export function manPage(): string {
  const context = processContext(new AbortController().signal, () => undefined);
  const program = createProgram(context);
  return `${[
    '.\\" Made by scripts/generate/man-page.ts from the definitions of the commands.',
    `.TH CARO 1 "" "caro\\-mesh ${VERSION}" "User Commands"`,
    heading('name'),
    'caro \\- private observation of shell commands, and a mesh of nodes that trust each other',
    heading('synopsis'),
    '.B caro\n.I command\n.RI [ options ]',
    heading('description'),
    paragraph(program.description()),
    paragraph(
      'What is typed stays on this machine. Only signed counts in a closed vocabulary can leave it, once their owner has seen them and said so.',
    ),
    paragraph('Every command that prints data takes --json: one object, or for a list one object a line.'),
    heading('commands'),
    ...commandLines(program, []),
    heading('exit status'),
    entry('0', 'done'),
    entry('1', 'failed, or something bad was found'),
    entry('2', 'the command line or the configuration does not fit'),
    heading('environment'),
    ...ENVIRONMENT.map(([name, text]) => entry(name, text)),
    heading('files'),
    ...FILES.map(([name, text]) => entry(name, text)),
    heading('examples'),
    ...Object.values(EXAMPLES)
      .flat()
      .map(([line, what]) => entry(line, what)),
    heading('see also'),
    plain('systemctl(1), bash(1), zsh(1), fish(1)'),
  ].join('\n')}\n`;
}

if (require.main === module) {
  mkdirSync('man', { recursive: true });
  writeFileSync('man/caro.1', manPage());
}
