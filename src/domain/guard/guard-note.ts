import { RISK_LEVELS, type RiskLevel } from '../events/risk-level.ts';

/**
 * What a guard leaves in the spool for the audit log: closed words and ids of built-in rules, and
 * nothing of the command.
 */
export interface GuardNote {
  /** 12 hex digits, unique to this act, so that it is recorded only once. */
  readonly id: string;
  /** `human`, or the name of the agent. */
  readonly author: string;
  readonly level: RiskLevel | 'unrated';
  /** `ran` and `kept` are the answers of a person who was asked. */
  readonly did: GuardDeed;
  readonly rules: readonly string[];
}

export const GUARD_DEEDS = ['asked', 'denied', 'ran', 'kept', 'failed-open'] as const;
export type GuardDeed = (typeof GUARD_DEEDS)[number];

const NAME = /^guard\.([0-9a-f]{12})\.note$/;
export const guardNoteName = (id: string): string => `guard.${id}.note`;
export const isGuardNoteName = (name: string): boolean => NAME.test(name);

/** Rules that a note names at most. */
export const NOTED_RULES = 8;
const ID = /^[0-9a-f]{12}$/;
const WORD = /^[a-z0-9][a-z0-9-]{0,31}$/;
const RULE = /^[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,60})?$/;

export const encodeGuardNote = ({ id, author, level, did, rules }: GuardNote): string =>
  JSON.stringify({ id, author, level, did, rules });

/** Strict: undefined for anything but what `encodeGuardNote` writes. */
export function decodeGuardNote(text: string): GuardNote | undefined {
  let value: Partial<Record<keyof GuardNote, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const level = [...RISK_LEVELS, 'unrated' as const].find((one) => one === value.level);
  const did = GUARD_DEEDS.find((one) => one === value.did);
  const { id, author, rules } = value;
  if (level === undefined || did === undefined || !isWord(id, ID) || !isWord(author, WORD)) return undefined;
  if (!Array.isArray(rules) || rules.length > NOTED_RULES) return undefined;
  if (!rules.every((rule): rule is string => isWord(rule, RULE))) return undefined;
  const note: GuardNote = { id, author, level, did, rules };
  return encodeGuardNote(note) === text ? note : undefined;
}

const isWord = (value: unknown, form: RegExp): value is string => typeof value === 'string' && form.test(value);
