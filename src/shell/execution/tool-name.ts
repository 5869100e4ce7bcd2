/** The name of the program that a command word stands for, however it is spelled. */
import { lookupTool } from '../catalogue/catalogue.ts';
import type { Word, WordPart } from '../model.ts';
import { SHELL_VARIABLES } from './shells.ts';

/** Name of a program without its directory; `sh` for a variable such as `$SHELL`. */
export function toolName(name: Word): string {
  const text = name.value ?? deobfuscated(name);
  const slash = text.lastIndexOf('/');
  const base = slash < 0 || slash === text.length - 1 ? text : text.slice(slash + 1);
  const only = name.parts[0];
  if (name.parts.length === 1 && only?.kind === 'variable' && SHELL_VARIABLES.has(only.name)) return 'sh';
  // Windows programs that are started from its subsystem for Linux.
  return base.endsWith('.exe') && lookupTool(base.slice(0, -4)) ? base.slice(0, -4) : base;
}

/**
 * Resolves names that are obfuscated with parts that are nearly always empty or have a default
 * (`r$@m`, `${x:-rm}`, `r[m]`, `r$u\m`) and patterns (`/bin/c?t`). Returns the text as written if
 * another part is unknown.
 */
function deobfuscated(name: Word): string {
  const whole = spelled(name.parts, deobfuscatedPart);
  if (whole !== null) return whole === '' ? name.text : whole;
  return matchedProgram(name.parts) ?? withoutUnset(name.parts) ?? name.text;
}

/** The parts as text; null if one of them is unknown. */
function spelled(parts: readonly WordPart[], spell: (part: WordPart) => string | null): string | null {
  let result = '';
  for (const part of parts) {
    const text = spell(part);
    if (text === null) return null;
    result += text;
  }
  return result;
}

function deobfuscatedPart(part: WordPart): string | null {
  if (part.kind === 'literal' || part.kind === 'tilde') return part.text;
  if (part.kind === 'glob') return /^\[(\w)\]$/.exec(part.text)?.[1] ?? null;
  if (part.kind !== 'variable') return null;
  if (part.operator === '' && (part.name === '@' || part.name === '*')) return '';
  return /^:?[-=]$/.test(part.operator) ? (part.argument?.value ?? null) : null;
}

/** `c$u\at`, `$u` not being set: the program if that is a known one. */
function withoutUnset(parts: readonly WordPart[]): string | null {
  const text = spelled(parts, (part) =>
    part.kind === 'command' || (part.kind === 'variable' && part.operator === '') ? '' : deobfuscatedPart(part),
  );
  return text !== null && lookupTool(text.slice(text.lastIndexOf('/') + 1)) ? text : null;
}

/** Where patterns for programs point to: `/bin/c?t`, `/???/c?t`, `/usr/bin/n[c]`. */
const IN_PROGRAMS = /^\/(?:usr\/|[u?][s?][r?]\/)?(?:s?bin|[?*[\]bins]{3,8})\/$/;
/** Programs that a pattern is taken for, the worst first. */
const PROGRAMS =
  'rm dd mkfs shred cat sh bash zsh nc ncat socat curl wget python3 python perl ruby php node base64 xxd chmod chown mv cp ln tee find kill su sudo ssh scp tar cut head tail less sed awk grep od nl tac sort env'.split(
    ' ',
  );
const MAX_PATTERN = 64;

/** The first program that a pattern in a directory of programs matches. */
function matchedProgram(parts: readonly WordPart[]): string | null {
  if (!parts.some(({ kind }) => kind === 'glob')) return null;
  const pattern = spelled(parts, (part) => (part.kind === 'glob' ? part.text : deobfuscatedPart(part)));
  if (pattern === null || pattern.length > MAX_PATTERN) return null;
  const end = pattern.lastIndexOf('/') + 1;
  const directory = pattern.slice(0, end);
  if (!IN_PROGRAMS.test(directory)) return null;
  const source = pattern
    .slice(end)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const matches = expressionOf(source);
  return matches === null ? null : (PROGRAMS.find((name) => matches.test(name)) ?? null);
}

/** Null if the brackets of the pattern do not match. */
function expressionOf(source: string): RegExp | null {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return null;
  }
}
