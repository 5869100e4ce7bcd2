/**
 * Finds the commands that program text in other languages starts, by function calls with literal
 * arguments. It does not parse the language.
 */

import type { Code, CodeLanguage } from '../model.ts';
import { decodeEscapes } from '../syntax/escapes.ts';

export type StartedCommand =
  /** `at`: where the text is in the program, unless escapes in it were decoded. */
  | { readonly kind: 'shell'; readonly text: string; readonly open: boolean; readonly at?: number }
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly open: boolean };

const MAX_STARTED = 64;
const MAX_CODE = 1 << 16;
/**
 * Functions that start a program, by language. A call counts only if its first argument is a
 * literal.
 */
const CALLS: Readonly<Partial<Record<CodeLanguage, RegExp>>> = {
  python:
    /\b(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?|getoutput|getstatusoutput|check_call|check_output|Popen|create_subprocess_(?:shell|exec)|(?:subprocess|sp)\.(?:run|call)|pty\.spawn)\s*\(\s*/g,
  node: /\b(?:execSync|exec|spawnSync|spawn|execFileSync|execFile|execa(?:Sync)?)\s*\(\s*/g,
  perl: /\b(?:system|exec|readpipe)\b\s*(?:\(|\{[^}]{0,200}\})?\s*/g,
  ruby: /\b(?:system|exec|spawn|popen[23]?e?|capture[23]e?)\b\s*\(?\s*/g,
  php: /\b(?:system|exec|shell_exec|passthru|proc_open|popen|pcntl_exec)\s*\(\s*/g,
  awk: /\bsystem\s*\(\s*/g,
  lua: /\b(?:execute|popen)\s*\(?\s*/g,
  r: /\b(?:system2?|shell)\s*\(\s*/g,
  other: /\b(?:system|run|cmd|shell-command|execute|popen)\s*\(?\s*/g,
};
/** `"…".exec(…)` is a method of regular expressions unless the program uses child processes. */
const NODE_STARTS = /child_process|execa|\bBun\b|\bDeno\b/;
const QUOTED_COMMAND: Readonly<Partial<Record<CodeLanguage, RegExp>>> = {
  perl: /`([^`]+)`|\bqx\s*(?:\{([^}]*)\}|\(([^)]*)\)|\/([^/]*)\/|'([^']*)')/g,
  ruby: /`([^`]+)`|%x\s*(?:\{([^}]*)\}|\(([^)]*)\)|\[([^\]]*)\])/g,
  php: /`([^`]+)`/g,
  awk: /"((?:[^"\\]|\\.)+)"\s*\|\s*getline|\|\s*"((?:[^"\\]|\\.)+)"/g,
  applescript: /\b(?:do shell script|do script|write text) "((?:[^"\\]|\\.)+)"/g,
  tcl: /\b(?:exec|spawn)\s+([^\s\];][^\n\];]*)/g,
};
const STRING =
  /"""([\s\S]*?)"""|'''([\s\S]*?)'''|[rRbBuUfF]{0,2}"((?:[^"\\]|\\.)*)"|[rRbBuUfF]{0,2}'((?:[^'\\]|\\.)*)'|`([^`$]*)`/y;
const BETWEEN = /[\s,[\](]*(?:(?:%w|Array|array|argv\s*=|args\s*=|cmd\s*=)?[[(]\s*)?/y;

/** All commands that the text starts, in source order. */
export function scanCode(code: Code): StartedCommand[] {
  const text = code.text.slice(0, MAX_CODE);
  const found: { at: number; command: StartedCommand }[] = [];
  // PowerShell starts programs as a shell does.
  if (code.language === 'powershell') return [{ kind: 'shell', text, open: false, at: 0 }];
  const quoted = QUOTED_COMMAND[code.language];
  if (quoted !== undefined) {
    for (const match of text.matchAll(quoted)) {
      const command = match.slice(1).join('');
      const at = match.index + match[0].lastIndexOf(command);
      found.push({ at: match.index, command: shellText(command, at, false) });
      if (found.length >= MAX_STARTED) break;
    }
  }
  const calls = code.language === 'node' && !NODE_STARTS.test(text) ? undefined : CALLS[code.language];
  if (calls !== undefined) {
    for (const match of text.matchAll(calls)) {
      const command = readCall(text, match.index, match[0], code.language);
      if (command !== null) found.push({ at: match.index, command });
      if (found.length >= MAX_STARTED) break;
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ command }) => command);
}

const shellText = (raw: string, at: number, open: boolean): StartedCommand => {
  const text = decodeEscapes(raw);
  return text === raw ? { kind: 'shell', text, open, at } : { kind: 'shell', text, open };
};

function readCall(text: string, at: number, callee: string, language: CodeLanguage): StartedCommand | null {
  const { strings, open, raw } = readStrings(text, at + callee.length);
  const [first, second] = strings;
  if (first === undefined) return null;
  const name = /[A-Za-z_0-9]+(?=\W*$)/.exec(callee)?.[0] ?? callee;
  // execl(path, argv0, …) repeats the program's name.
  if (/^(?:exec|spawn)[lv][pe]{0,2}$/.test(name) && second !== undefined) {
    return { kind: 'words', words: [first, ...strings.slice(2)], open };
  }
  const takesOneString =
    language === 'php' || (language === 'node' && /^exec(?:Sync)?$/.test(name)) || name === 'popen';
  if (strings.length === 1 || takesOneString) return shellText(raw.text, raw.at, open);
  return { kind: 'words', words: strings, open };
}

/** The first string as it is written, and where. */
interface RawString {
  readonly text: string;
  readonly at: number;
}

/**
 * Reads literal strings separated by commas and list brackets. `open` is true if another expression
 * follows.
 */
function readStrings(text: string, from: number): { strings: string[]; open: boolean; raw: RawString } {
  const strings: string[] = [];
  let first: RawString | undefined;
  let at = from;
  for (;;) {
    BETWEEN.lastIndex = at;
    const between = BETWEEN.exec(text)?.[0] ?? '';
    if (strings.length > 0 && !/[,[]/.test(between)) break;
    STRING.lastIndex = at + between.length;
    const found = STRING.exec(text);
    if (found === null) break;
    const raw = found[1] ?? found[2] ?? found[3] ?? found[4] ?? found[5] ?? '';
    first ??= { text: raw, at: found.index + found[0].lastIndexOf(raw) };
    strings.push(decodeEscapes(raw));
    at = STRING.lastIndex;
  }
  const after = /^[\s\])]*(.)/.exec(text.slice(at, at + 40))?.[1] ?? '';
  return {
    strings,
    open: /[+.%,$&A-Za-z]/.test(after) && !/^[\s\])]*[;}]/.test(text.slice(at, at + 40)),
    raw: first ?? { text: '', at: from },
  };
}
