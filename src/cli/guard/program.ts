/*
 * What runs before a command does: a bundle of its own, which holds nothing else, so that it
 * starts fast: `caro guard check` of a person's shell, and `caro guard agent` of a coding agent.
 */

import { ownersSettings } from '../../config/guard-settings.ts';
import { SHELLS } from '../../domain/events/shell-kind.ts';
import { decodeAgentInput } from '../../domain/guard/agent-input.ts';
import { type AgentReply, agentReply } from '../../domain/guard/agent-reply.ts';
import { GUARD_LEVELS, type GuardAnswer, type GuardLevel } from '../../domain/guard/guard.ts';
import type { GuardDeed } from '../../domain/guard/guard-note.ts';
import { refreshGuardState } from '../../storage/events/guard-state.ts';
import { askOnTerminal } from './ask.ts';
import { guardCommand, unreadable } from './guard.ts';
import { noteAct } from './guard-notes.ts';
import { ownPlaces } from './own-places.ts';

/** What a person's shell asks before it runs a line. */
const MAX_INPUT = 8 * 1024 * 1024;
/** The shell MUST NOT run the line. No other end of this program has this code. */
const STOPPED = 77;

/**
 * `caro guard agent NAME --from LEVEL`: reads what the agent's hook is given, and prints the
 * agent's own form of an answer. Never throws, and leaves a note of what it did.
 */
export async function runAgentGuard(args: readonly string[], cacheFolder: string | null): Promise<number> {
  const agent = args.find((word) => AGENT_NAME.test(word)) ?? 'agent';
  const from = fromOf(args);
  const places = ownPlaces();
  const owner = await ownersSettings(places, cacheFolder);
  const text = await readInput();
  const input = text === null ? UNCLEAR : decodeAgentInput(text);
  if (input.kind === 'other') return 0;
  const approval = input.kind === 'command' ? input.approval : null;
  const answer =
    input.kind === 'command'
      ? await guardCommand({ command: input.command, shell: 'bash', cwd: input.cwd, from }, owner)
      : unreadable(owner);
  const reply = agentReply(agent, answer, approval);
  const deed = deedOf(reply.decision, answer);
  if (deed !== null) noteAct(places.spool, agent, deed, answer);
  await new Promise((resolve) => process.stdout.write(reply.stdout, resolve));
  return reply.exitCode;
}

const UNCLEAR = { kind: 'unclear' } as const;
/** As in `src/domain/events/author.ts`. */
const AGENT_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const fromOf = (args: readonly string[]): GuardLevel =>
  GUARD_LEVELS.find((level) => level === optionOf(args, '--from')) ?? 'high';

function deedOf(decision: AgentReply['decision'], { level }: GuardAnswer): GuardDeed | null {
  if (decision === 'deny') return 'denied';
  if (decision === 'ask') return 'asked';
  return level === null ? 'failed-open' : null;
}

/**
 * `caro guard check --shell SHELL --from LEVEL`: reads a line from standard input and ends with 0
 * if the shell may run it. Asks on the terminal about a dangerous one.
 */
export async function runGuard(args: readonly string[], cacheFolder: string | null): Promise<number> {
  const shell = SHELLS.find((kind) => kind === optionOf(args, '--shell')) ?? 'bash';
  const from = fromOf(args);
  const places = ownPlaces();
  const owner = await ownersSettings(places, cacheFolder);
  const command = await readInput();
  const question = { command: command ?? '', shell, cwd: process.cwd(), from };
  const answer = command === null ? unreadable(owner) : await guardCommand(question, owner);
  if (owner.trouble !== null) process.stderr.write(`caro guard: ${owner.trouble}\n`);
  // While the service is off, a changed configuration is noticed here.
  else refreshGuardState(places.spool, { failure: owner.settings.on_failure, everyLine: owner.everyLine });
  if (answer.decision === 'allow') {
    if (answer.level === null) noteAct(places.spool, 'human', 'failed-open', answer);
    return 0;
  }
  const mayRun = answer.level !== null && (await askOnTerminal(answer));
  noteAct(places.spool, 'human', mayRun ? 'ran' : 'kept', answer);
  return mayRun ? 0 : STOPPED;
}

function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at === -1 ? undefined : args[at + 1];
}

/** Null if it is too long to be read at all. */
async function readInput(): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > MAX_INPUT) return null;
  }
  return Buffer.concat(parts).toString('utf8');
}
