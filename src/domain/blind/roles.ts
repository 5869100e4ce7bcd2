/** What a leader or a trustee tells its own owner about blind totals. */
import type { WithheldCode } from './release.ts';

/** Numbers of a task that its leader chooses; those left out have their defaults. */
export interface TaskTerms {
  /** `[a-z0-9-]{1,32}` */
  readonly name: string;
  /** Node id. */
  readonly trustee: string;
  readonly floor?: number;
  readonly windowHours?: number;
  readonly completePercent?: number;
  readonly seasonDays?: number;
  readonly noiseSd?: number;
}

/** A draft or an offer of a task, and what this node would do with it. */
export interface Endorsement {
  /** What this node signs as; the leader's signature makes the task. */
  readonly role: 'leader' | 'trustee';
  readonly terms: Required<TaskTerms> & { readonly leader: string };
  /** Text of the next document; null if the owner has not confirmed. */
  readonly document: string | null;
  /** Id of the task; null if the owner has not confirmed. */
  readonly task: string | null;
}

/** One day of a task, at an aggregator. */
export interface RoleDay {
  readonly day: string;
  readonly received: number;
  readonly ready: number;
  readonly invalid: number;
}

export interface RoleRelease {
  readonly seq: number;
  readonly day: string;
  readonly blocks: readonly { readonly name: string; readonly contributors: number }[];
  readonly withheld: WithheldCode | null;
}

/** A task in which this node is an aggregator. */
export interface RoleStatus {
  readonly task: string;
  readonly name: string;
  readonly role: 'leader' | 'trustee';
  /** Without its keys no report can be taken or read. */
  readonly hasKeys: boolean;
  /** Days that are not closed, oldest first. */
  readonly open: readonly RoleDay[];
  /** The newest entries of the release log, newest first. */
  readonly releases: readonly RoleRelease[];
}
