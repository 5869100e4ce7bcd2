/** Interpreter one-liners that use library calls to do what rm, mkfs or chmod do. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';
import { sensitivityOf } from '../subjects/sensitive.ts';
import { deletionLevel } from './deletion.ts';

const LANGUAGES = 'python perl ruby node php lua bun deno pwsh osascript julia r tclsh groovy elixir awk';

const LANGUAGE = new RegExp(`^(?:${LANGUAGES.replaceAll(' ', '|')}|emacs)$`);

const DELETE_CALL =
  /(?:shutil\.rmtree|rm_?rf?\b|FileUtils\.(?:rm|remove)\w*|(?:\bfs|fs['"]\)|promises)\.(?:rm|rmdir|unlink)(?:Sync)?|fsPromises\.rm|rimraf(?:\.sync)?|remove_tree|rmtree|delete-directory|delete-file|file\s+delete|File::Path|os\.(?:remove|unlink|rmdir|removedirs)|Path\([^)]*\)\.(?:unlink|rmdir)|Dir\.(?:rmdir|delete|unlink)|File\.(?:delete|unlink)|unlink|rmdir|Deno\.remove(?:Sync)?|Remove-Item|os\.remove|File\.rm_rf!?|delete\s+\(?POSIX file)/;
const DELETE_CALL_WITH_PATH = new RegExp(
  `${DELETE_CALL.source}\\s*[({ ]\\s*(?:os\\.path\\.expanduser\\(\\s*|Path\\(\\s*|glob\\.glob\\(\\s*|glob\\s*\\(?\\s*|<)?["'\`]?([^"'\`,)>]*)["'\`]?`,
  'g',
);
const RECURSIVE =
  /rmtree|rm_?rf|rm_r\b|remove_(?:tree|dir|entry)|recursive|rimraf|force:\s*true|rm\(|rmSync|rmdirSync|Deno\.remove/i;

/** Deletes what a variable, an iterator or a callback names: `p.unlink()`, `map("unlink", …)`. */
const DELETES_EACH =
  /(?:\w|\))\.(?:unlink|rmdir|rmtree|remove)\s*\(\s*\)|["'](?:unlink|rmdir)["']\s*,|\b(?:File|Dir)\.(?:delete|unlink|rmdir)\s*\(?\s*[a-z_]\w*\b|\b(?:unlink|rmdir|os\.(?:remove|unlink|rmdir)|shutil\.rmtree|fs\.(?:rm|unlink|rmdir)(?:Sync)?)\s*\(?\s*\$?[a-z_]\w*\s*[);}]/;
const PLACE = /["'`]((?:\/|~\/)[^"'`]*)["'`]/g;
/** The places that a program names if what it deletes is not written where it deletes. */
const namedElsewhere = (text: string): Iterable<RegExpMatchArray> =>
  DELETES_EACH.test(text) ? text.matchAll(PLACE) : [];

/** PowerShell's cmdlet, by its name or an alias. */
const cmdletRemoves = (step: Step): Verdict => {
  const { via, input } = step.invocation;
  if (!via.some(({ name }) => /^(?:pwsh|powershell)(?:\.exe)?$/.test(name))) return false;
  const isTree = step.some(/^-r(?:e(?:c(?:u(?:r(?:se?)?)?)?)?)?$/i);
  const piped = input.kind === 'pipe' ? input.from.flatMap(({ args }) => args.map(({ text }) => text)) : [];
  const paths = [...step.args, ...piped].filter((word) => !word.startsWith('-'));
  const levels = paths.map((path) => deletionLevel(step, path));
  if (levels.includes('critical')) return isTree ? 'critical' : 'high';
  return levels.includes('high') ? isTree && 'high' : levels.includes('moderate') && 'moderate';
};

/** Rates the literal paths that code deletes. */
const removes = (step: Step): Verdict => {
  const text = step.code;
  if (text === '' || !DELETE_CALL.test(text)) return false;
  const recursive = RECURSIVE.test(text);
  let found: Verdict = false;
  for (const match of [...text.matchAll(DELETE_CALL_WITH_PATH), ...namedElsewhere(text)]) {
    const path = (match[1] ?? '').replace(/^(?:-{1,2}\w+\s+)+/, '').trim();
    const level = path === '' ? (recursive ? 'moderate' : false) : deletionLevel(step, path);
    if (level === 'critical') return recursive || /\*/.test(text) ? 'critical' : 'high';
    if (level === 'high')
      found = recursive || /etc|boot|usr|bin|\*|\.ssh|history|log/.test(path) ? 'high' : found || 'moderate';
    else if (level !== false) found ||= 'moderate';
  }
  return found;
};

const SYSTEM_CALL =
  /(?:os\.(?:chmod|chown)|chmod|FileUtils\.ch(?:mod|own))\s*\(?\s*["']\/(?:etc|bin|usr|sbin)?\b[^"']*["']\s*,?\s*0?o?777/;
const READS =
  /(?:open|readFileSync|File\.read|file_get_contents|read_text|readfile|fopen|IO\.read|slurp)\s*\(?\s*["'<]*(?:\/etc\/(?:shadow|master\.passwd|sudoers)|[^"']{0,200}(?:id_rsa|id_ed25519|\.aws\/credentials|\.ssh\/))/;
/** `readFileSync(process.env.HOME + '/.aws/credentials')`: the literal is a part of the path. */
const READ_CALL =
  /(?:open|readFile(?:Sync)?|File\.read|file_get_contents|read_text|readfile|fopen|IO\.read|slurp)\s*\(([^;]{0,160})/g;
const readsSecret = (code: string): boolean => {
  for (const [, call = ''] of code.matchAll(READ_CALL))
    for (const [, , path = ''] of call.matchAll(/(["'`])((?:(?!\1).)*)\1/g))
      if (/^(?:hashes|key|credentials)$/.test(sensitivityOf(path) ?? '')) return true;
  return false;
};
const OPENS_DEVICE = /open\(\s*["']\/dev\/(?:sd|nvme|hd|vd|disk|mem|kmem)[^"']*["']\s*,\s*["'][wra]?b?\+?/;
const SHELL_OUT =
  /(?:os\.system|subprocess\.\w+|popen\w*|exec(?:Sync)?|system|spawn(?:Sync)?|shell_exec|passthru|`|%x|child_process|Runtime|backtick|qx)\s*[\s({[]*["'`[(]*/;
const DANGEROUS_TEXT =
  /\brm\s+(?:-\w+\s+)*-?\w*[rR]\w*\s|\brm["',\s]+-(?:rf|fr|r)\b|\bmkfs|\bdd\s+if=|\bgit\s+(?:reset\s+--hard|clean\s+-\w*f|push\s+.*--force|checkout\s+--)|\bfind\s+\S+\s+.*-delete|\bshutdown\b|:\(\)\s*\{|\bchmod\s+-R\s+777|\bdropdb\b|\bterraform\s+destroy|>\s*\/dev\/sd/;
/** The functions are called by another name: `import subprocess as s`, `from os import system`. */
const RENAMED = /\bimport\s+(?:subprocess|os)\s+as\b|\bfrom\s+(?:subprocess|os)\s+import\b/;
const hiddenCommand = (step: Step): Verdict =>
  (SHELL_OUT.test(step.code) || RENAMED.test(step.code)) && DANGEROUS_TEXT.test(step.code);

const NON_LITERAL =
  /(?:subprocess\.(?:call|run|Popen|check_output|check_call)|os\.system|exec|eval)\s*\(\s*(?!["'[])\w+/;
const DECODES = /b64decode|base64|fromhex|unhexlify|chr\(|xor|\^\s*ord|decode\(|fromCharCode|atob|unpack/i;

export const CODE_RULES: readonly StepRule[] = [
  ...inFamily('files', [
    {
      id: 'files.code-removes',
      level: 'high' as const,
      tools: `${LANGUAGES} emacs Remove-Item remove-item ri rd del erase`,
      when: (s: Step) => (LANGUAGE.test(s.tool) ? removes(s) : cmdletRemoves(s)),
      technique: 'T1485',
      reason: 'Deletes files through an interpreter’s library functions.',
      safer: 'Use rm with a path that you have listed first.',
    },
    {
      id: 'files.code-command',
      level: 'high' as const,
      tools: LANGUAGES,
      when: hiddenCommand,
      technique: 'T1059',
      reason: 'Starts a destructive command from an interpreter.',
      safer: 'Run the command directly.',
    },
    {
      id: 'files.code-disk',
      level: 'high' as const,
      tools: LANGUAGES,
      when: (s: Step) => OPENS_DEVICE.test(s.code) || SYSTEM_CALL.test(s.code),
      technique: 'T1561.002',
      reason: 'Opens a disk or a system file for writing from code.',
      safer: 'Work on a disk image or a copy.',
    },
  ]),
  ...inFamily('credentials', [
    {
      id: 'credentials.code-reads',
      level: 'high' as const,
      tools: LANGUAGES,
      when: (s: Step) => READS.test(s.code) || readsSecret(s.code),
      technique: 'T1003.008',
      reason: 'Reads keys or password hashes from code.',
      safer: 'Use the program that the secret belongs to.',
    },
  ]),
  ...inFamily('remote-code', [
    {
      id: 'remote-code.computed-command',
      level: 'high' as const,
      tools: LANGUAGES,
      when: (s: Step) => NON_LITERAL.test(s.code) && DECODES.test(s.code),
      technique: 'T1140',
      reason: 'Runs a command that the code builds from encoded data.',
      safer: 'Print the command first instead of running it.',
    },
  ]),
];
