/** Finds coding agents among the processes of this user, in /proc. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface AgentProcess {
  readonly agent: string;
  readonly pid: number;
  readonly ticks: number;
  /** Its parent and their parents. */
  readonly ancestors: readonly number[];
  /** Whether its command line says that it asks nobody. */
  readonly bypass: boolean;
}

const RUNTIMES = new Set(['node', 'bun', 'deno']);
/** Packages whose program is a script that a runtime starts. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@anthropic-ai/claude-code': 'claude-code',
  '@openai/codex': 'codex',
  '@google/gemini-cli': 'gemini',
};
const BYPASS =
  /^(?:--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--yolo|(?:--approval-mode|--permission-mode)=(?:yolo|bypassPermissions))$/;
const BYPASS_PAIRS = /^--(?:approval-mode|permission-mode) (?:yolo|bypassPermissions)$/;
const MAX_ANCESTORS = 32;

/**
 * @param names names of programs, and the agent that each belongs to
 * @param proc path of /proc; where there is none, nothing is found
 */
export function findAgentProcesses(names: ReadonlyMap<string, string>, proc = '/proc'): readonly AgentProcess[] {
  const uid = process.getuid?.();
  const found = pidsIn(proc).flatMap((pid): AgentProcess[] => {
    const words = isOwn(proc, pid, uid) ? wordsOf(proc, pid) : [];
    const agent = agentOf(words, names);
    const stat = agent === undefined ? undefined : statOf(proc, pid);
    if (agent === undefined || !stat) return [];
    const ancestors = ancestorsOf(proc, stat.parent);
    return [{ agent, pid, ticks: stat.ticks, ancestors, bypass: isBypassed(words) }];
  });
  // A wrapper only waits for the program that it started.
  return found.filter(({ agent, pid }) => !found.some((other) => other.agent === agent && other.ancestors[0] === pid));
}

/** Ids of the process and of all that it descends from; none where it is gone. */
export function lineOf(pid: number, ticks: number, proc = '/proc'): readonly number[] {
  const stat = statOf(proc, pid);
  return stat?.ticks === ticks ? [pid, ...ancestorsOf(proc, stat.parent)] : [];
}

function pidsIn(proc: string): readonly number[] {
  try {
    return readdirSync(proc)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function isOwn(proc: string, pid: number, uid: number | undefined): boolean {
  try {
    return statSync(join(proc, String(pid))).uid === uid;
  } catch {
    return false;
  }
}

function wordsOf(proc: string, pid: number): readonly string[] {
  try {
    return readFileSync(join(proc, String(pid), 'cmdline'), 'utf8').split('\0');
  } catch {
    return [];
  }
}

function agentOf(words: readonly string[], names: ReadonlyMap<string, string>): string | undefined {
  const [program = '', script = ''] = [words[0], words.slice(1).find((word) => word !== '' && !word.startsWith('-'))];
  // Helpers of an Electron program.
  if (words.some((word) => word.startsWith('--type='))) return undefined;
  const direct = names.get(basename(program.split(' ')[0] ?? ''));
  if (direct !== undefined || !RUNTIMES.has(basename(program))) return direct;
  const inside = Object.entries(PACKAGES).find(([name]) => script.includes(`/node_modules/${name}/`));
  return inside?.[1] ?? names.get(basename(script).replace(/\.[cm]?js$/, ''));
}

const isBypassed = (words: readonly string[]): boolean =>
  words.some((word, at) => BYPASS.test(word) || BYPASS_PAIRS.test(`${word} ${words[at + 1] ?? ''}`));

function ancestorsOf(proc: string, parent: number): readonly number[] {
  const ancestors: number[] = [];
  for (let pid = parent; pid > 1 && ancestors.length < MAX_ANCESTORS; ) {
    ancestors.push(pid);
    pid = statOf(proc, pid)?.parent ?? 0;
  }
  return ancestors;
}

/** proc(5): after the name, field 4 is the parent and field 22 the start. */
function statOf(proc: string, pid: number): { readonly parent: number; readonly ticks: number } | undefined {
  try {
    const stat = readFileSync(join(proc, String(pid), 'stat'), 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}
