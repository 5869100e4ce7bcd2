/** The credentials that a program takes as arguments, by tool; the index is built on first use. */
import { INPUTS, OPERANDS, type OperandForm } from './credential-arguments.ts';
import { ANY_TOOL, OPTIONS } from './credential-options.ts';

/** One option of a tool. */
export interface SecretOption {
  readonly option: string;
  /** The value may be attached (`-psecret`), and may be a later word: the next one is 1. */
  readonly attached: boolean;
  readonly next: number;
  /** Which part of the value is secret (`credential-options.ts`); empty for the whole value. */
  readonly part: string;
}
export interface SecretOptions {
  readonly subcommands: readonly string[];
  readonly options: readonly SecretOption[];
}
export interface SecretOperand {
  readonly subcommands: readonly string[];
  readonly from: number;
  readonly count: number;
  readonly form: OperandForm;
  readonly when: RegExp | undefined;
}
export interface SecretInput {
  readonly subcommands: readonly string[];
  readonly argument: RegExp | undefined;
}
/** Secret arguments of one tool. */
export interface SecretArguments {
  readonly options: readonly SecretOptions[];
  readonly operands: readonly SecretOperand[];
  readonly inputs: readonly SecretInput[];
}

const SPEC = /^(.+?)([*?]|\+\d)?([:%,/=~])?$/;

const readSpec = (spec: string): SecretOption => {
  const [, option = '', how = '', part = ''] = SPEC.exec(spec) ?? [];
  const next = how === '*' ? 0 : how.startsWith('+') ? Number(how.slice(1)) : 1;
  return { option, attached: how === '*' || how === '?', next, part };
};
const readSpecs = (line: string): readonly SecretOption[] => line.trim().split(/\s+/).map(readSpec);

interface MutableArguments {
  readonly options: SecretOptions[];
  readonly operands: SecretOperand[];
  readonly inputs: SecretInput[];
}

const buildIndex = (): ReadonlyMap<string, SecretArguments> => {
  const index = new Map<string, MutableArguments>();
  const of = (words: string): readonly [readonly MutableArguments[], readonly string[]] => {
    const [tools = '', ...subcommands] = words.split(' ');
    const entries = tools.split(',').map((tool) => {
      const known = index.get(tool) ?? { options: [], operands: [], inputs: [] };
      index.set(tool, known);
      return known;
    });
    return [entries, subcommands];
  };
  for (const line of OPTIONS.trim().split('\n')) {
    const at = line.indexOf(': ');
    const [entries, subcommands] = of(line.slice(0, at));
    const options = readSpecs(line.slice(at + 2));
    for (const entry of entries) entry.options.push({ subcommands, options });
  }
  for (const [words, from, count, form = 'all', when] of OPERANDS) {
    const [entries, subcommands] = of(words);
    for (const entry of entries) entry.operands.push({ subcommands, from, count, form, when });
  }
  for (const [words, argument] of INPUTS) {
    const [entries, subcommands] = of(words);
    for (const entry of entries) entry.inputs.push({ subcommands, argument });
  }
  return index;
};

let index: ReadonlyMap<string, SecretArguments> | null = null;

/**
 * Secret arguments of a tool by the name it runs under, or by its canonical name; undefined for
 * most. Endings such as .py and .sh do not count, nor
 * does the prefix `impacket-`.
 */
export const secretArguments = (tool: string, canonical: string): SecretArguments | undefined => {
  index ??= buildIndex();
  return (
    index.get(tool) ??
    index.get(canonical) ??
    (/[.-]/.test(tool) ? index.get(tool.replace(/^impacket-|\.(?:py|sh|exe|bat|jar)$/gi, '').toLowerCase()) : undefined)
  );
};

let any: readonly SecretOption[] | null = null;

/** Options that have the same meaning for every tool. */
export const commonOptions = (): readonly SecretOption[] => (any ??= readSpecs(ANY_TOOL));
