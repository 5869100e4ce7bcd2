/** Who ran a command: the person who owns the node, or a coding agent, by name. */

/** Author of every command that a shell hook observed. */
export const HUMAN = 'human';

/** Agents whose hook files `caro agents install` writes. Others use the JSON interface. */
export const KNOWN_AGENTS = ['claude-code', 'codex', 'gemini', 'cursor'] as const;
export type KnownAgent = (typeof KNOWN_AGENTS)[number];

/** The kinds of author that may be counted apart in figures that leave the node. */
export const AUTHOR_KINDS = ['human', 'agent'] as const;

/** What a hook says of the agent that ran a command. */
export interface AgentAuthor {
  /** Fits `AGENT_NAME`. */
  readonly name: string;
  /** The agent's own word for how it asks for approval; `UNKNOWN_APPROVAL` where it did not say. */
  readonly approval: string;
}

export const AGENT_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const APPROVAL = /^[A-Za-z][A-Za-z_-]{0,31}$/;
export const UNKNOWN_APPROVAL = 'unknown';

export const isAgentName = (name: string): boolean => AGENT_NAME.test(name) && name !== HUMAN;

/** An agent's word in the closed alphabet. Other text could carry anything. */
export const approvalOf = (word: unknown): string =>
  typeof word === 'string' && APPROVAL.test(word) ? word : UNKNOWN_APPROVAL;
