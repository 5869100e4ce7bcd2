/*
 * What the owner worked on: by project, failures that repeat and what fixed them, and aliases worth
 * having. For the owner alone: nothing here is part of a summary or an answer.
 */
import { HUMAN } from './author.ts';
import { type RiskLevel, riskRank } from './risk-level.ts';

/** One stored command, as far as the report needs it. */
export interface WorkedCommand {
  readonly timeMs: number;
  /** As stored: secrets are masked. */
  readonly text: string;
  readonly project: string | null;
  readonly session: number;
  readonly exitCode: number | null;
  readonly durationMs: number | null;
  readonly author: string;
  readonly risk: RiskLevel;
}

export interface ProjectWork {
  /** Name of the git root; null for commands outside one. */
  readonly project: string | null;
  readonly commands: number;
  readonly agentCommands: number;
  /** Of people's commands; those of agents are counted apart. */
  readonly failures: number;
  readonly agentFailures: number;
  /** Time that people spent, see `IDLE_MS`. */
  readonly activeMs: number;
}

export interface RepeatedFailure {
  readonly command: string;
  readonly count: number;
  /** What ran before it succeeded, or the changed command that succeeded; null if nothing did. */
  readonly fix: string | null;
}

export interface AliasIdea {
  readonly name: string;
  readonly command: string;
  readonly count: number;
  /** Characters that the alias would have saved. */
  readonly saved: number;
}

export interface WorkReport {
  readonly since: string;
  readonly until: string;
  readonly commands: number;
  readonly agentCommands: number;
  readonly failures: number;
  readonly agentFailures: number;
  readonly activeMs: number;
  /** Most time first. */
  readonly projects: readonly ProjectWork[];
  readonly failing: readonly RepeatedFailure[];
  readonly aliases: readonly AliasIdea[];
  /** Whether there were more commands than were read. */
  readonly isPartial: boolean;
}

/** What a report says that leaves commands out. */
export const PARTIAL_WORK = 'Only the newest 50,000 commands were read.';

/** A pause between two commands counts as work up to this length. */
const IDLE_MS = 10 * 60_000;
const LISTED = 5;
/** Exit codes of a command that its user ended: Ctrl-C, a closed pipe. */
const ENDED_BY_USER = new Set([130, 141]);

/** @param commands oldest first */
export function workReport(
  commands: readonly WorkedCommand[],
  span: Pick<WorkReport, 'since' | 'until' | 'isPartial'>,
): WorkReport {
  const projects = projectsOf(commands, Date.parse(span.until));
  const sum = (figure: (project: ProjectWork) => number): number =>
    projects.reduce((total, project) => total + figure(project), 0);
  return {
    ...span,
    commands: sum((project) => project.commands),
    agentCommands: sum((project) => project.agentCommands),
    failures: sum((project) => project.failures),
    agentFailures: sum((project) => project.agentFailures),
    activeMs: sum((project) => project.activeMs),
    projects,
    failing: failingOf(commands),
    aliases: aliasesOf(commands),
  };
}

const hasFailed = ({ exitCode }: WorkedCommand): boolean =>
  exitCode !== null && exitCode !== 0 && !ENDED_BY_USER.has(exitCode);
const isPerson = ({ author }: WorkedCommand): boolean => author === HUMAN;

const NO_WORK = { commands: 0, agentCommands: 0, failures: 0, agentFailures: 0, activeMs: 0 };

function projectsOf(commands: readonly WorkedCommand[], untilMs: number): readonly ProjectWork[] {
  const found = new Map<string | null, { -readonly [K in keyof ProjectWork]: ProjectWork[K] }>();
  // Backwards, so that the person's next command is known.
  let nextMs = untilMs;
  for (let at = commands.length - 1; at >= 0; at -= 1) {
    const command = commands[at] as WorkedCommand;
    const { project } = command;
    const isPersons = isPerson(command);
    const work = found.get(project) ?? { project, ...NO_WORK };
    work[isPersons ? 'commands' : 'agentCommands'] += 1;
    if (hasFailed(command)) work[isPersons ? 'failures' : 'agentFailures'] += 1;
    if (isPersons) {
      work.activeMs += activeMs(command, nextMs);
      nextMs = command.timeMs;
    }
    found.set(project, work);
  }
  return [...found.values()].sort((a, b) => b.activeMs - a.activeMs || b.commands - a.commands);
}

/** From a command to the next one, wherever that was typed, so that no time counts twice. */
function activeMs({ timeMs, durationMs }: WorkedCommand, nextMs: number): number {
  const gap = Math.max(0, nextMs - timeMs);
  return Math.min(gap, Math.min(durationMs ?? 0, gap) + IDLE_MS);
}

/** Commands after a failure among which its fix is looked for, in the same session. */
const FIX_WITHIN = 8;

function failingOf(commands: readonly WorkedCommand[]): readonly RepeatedFailure[] {
  const failed = byText(commands.filter(hasFailed));
  return [...failed]
    .filter(([, times]) => times.length > 1)
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, LISTED)
    .map(([command, times]) => ({ command, count: times.length, fix: fixOf(times, commands) }));
}

function byText(commands: readonly WorkedCommand[]): ReadonlyMap<string, readonly WorkedCommand[]> {
  const found = new Map<string, WorkedCommand[]>();
  for (const command of commands) {
    const same = found.get(command.text);
    if (same) same.push(command);
    else found.set(command.text, [command]);
  }
  return found;
}

/** Failures of a command, newest first, whose fix is looked for. */
const FIXES_TRIED = 5;

/** The newest one that is known. */
function fixOf(failures: readonly WorkedCommand[], commands: readonly WorkedCommand[]): string | null {
  for (const failure of failures.toReversed().slice(0, FIXES_TRIED)) {
    const later = commands
      .slice(commands.indexOf(failure) + 1)
      .filter(({ session }) => session === failure.session)
      .slice(0, FIX_WITHIN);
    const at = later.findIndex((command) => command.exitCode === 0 && programOf(command) === programOf(failure));
    const worked = later[at];
    if (worked === undefined) continue;
    if (worked.text !== failure.text) return worked.text;
    // The same command works now: what ran in between has fixed it.
    const between = later.slice(0, at).findLast(({ exitCode, text }) => exitCode === 0 && text !== failure.text);
    if (between) return between.text;
  }
  return null;
}

const programOf = ({ text }: WorkedCommand): string => /^\s*(?:sudo\s+)?(\S+)/.exec(text)?.[1] ?? '';

const ALIAS_TIMES = 5;
const ALIAS_LENGTH = 10;
const NAME_LENGTH = 4;

function aliasesOf(commands: readonly WorkedCommand[]): readonly AliasIdea[] {
  const typed = byText(commands.filter(isPerson));
  const worth = [...typed].filter(([text, times]) => times.length >= ALIAS_TIMES && isWorthAnAlias(text, times));
  if (worth.length === 0) return [];
  const taken = new Set(commands.map(programOf));
  return worth
    .sort(([a, some], [b, others]) => others.length * b.length - some.length * a.length)
    .slice(0, LISTED)
    .map(([command, { length: count }]) => {
      const name = freeName(command, taken);
      taken.add(name);
      return { name, command, count, saved: count * (command.length - name.length) };
    });
}

/**
 * A dangerous command should stay long. One with a masked secret would not work, and one that
 * always failed does not.
 */
const isWorthAnAlias = (text: string, times: readonly WorkedCommand[]): boolean =>
  text.length >= ALIAS_LENGTH &&
  !times.every(hasFailed) &&
  text.includes(' ') &&
  !/[\n'‹]/.test(text) &&
  riskRank(times[0]?.risk ?? 'critical') < riskRank('high');

/** Initials of the words, with a number where that is a program or another alias. */
function freeName(command: string, taken: ReadonlySet<string>): string {
  const initials =
    command
      .match(/\b[a-z]/gi)
      ?.join('')
      .toLowerCase()
      .slice(0, NAME_LENGTH) ?? 'c';
  for (let number = 1; ; number += 1) {
    const name = number === 1 && initials.length > 1 ? initials : `${initials}${number}`;
    if (!taken.has(name)) return name;
  }
}
