import { ORGANISATION } from '../../domain/rules/custom-rule.ts';
import { DAY_MS, SLOT_MS } from '../../domain/time/period.ts';

const SLOTS_A_DAY = DAY_MS / SLOT_MS;

/** A table by slot, the table of its sums by UTC day, and the columns of both. */
interface Grains {
  readonly bySlot: string;
  readonly byDay: string;
  readonly columns: string;
}

const USAGE: Grains = {
  bySlot: 'rollup',
  byDay: 'rollup_day',
  columns: 'pattern_id, risk, count, ended, failures, duration_ms, d0, d1, d2, d3, d4, d5, d6, d7',
};
const AGENTS: Grains = {
  bySlot: 'rollup_agent',
  byDay: 'rollup_agent_day',
  columns: 'author, pattern_id, risk, count, ended, failures',
};
const RULES: Grains = { bySlot: 'rollup_rule', byDay: 'rollup_rule_day', columns: 'rule, count' };

/**
 * A subquery over the rollups of the slots from `from` to before `to`, to be added up: whole UTC
 * days out of `rollup_day`, the rest on either side out of `rollup`. `and` is a further condition
 * on `pattern_id` or `risk`, in SQL.
 */
export const usageBetween = (from: number, to: number, and = ''): string => between(USAGE, from, to, and);

/** The same for the commands of agents, which `usageBetween` includes. */
export const agentsBetween = (from: number, to: number, and = ''): string => between(AGENTS, from, to, and);

/**
 * The name under which a rule is counted in what may leave the node, in SQL: custom rules have one
 * name together. Their own names end here.
 */
export const TOLD_RULE = `CASE WHEN rule GLOB '${ORGANISATION}.*' THEN '${ORGANISATION}' ELSE rule END`;

/** The same for the matches of rules. */
export const rulesBetween = (from: number, to: number): string => between(RULES, from, to, '');

/**
 * A subquery over the totals of those slots by risk: slot, risk, count, ended, failures,
 * duration_ms. The patterns `leftOut` are subtracted, so that a slot with no others has a count of
 * 0.
 */
export function slotsBetween(from: number, to: number, leftOut: readonly number[] = []): string {
  const inRange = `slot >= ${Math.floor(from)} AND slot < ${Math.ceil(to)}`;
  const all = `SELECT slot, risk, count, ended, failures, duration_ms FROM rollup_slot WHERE ${inRange}`;
  if (leftOut.length === 0) return `(${all})`;
  // CROSS JOIN: SQLite then looks each row up by its key, where it would read all rollups of the
  // range.
  return `(${all} UNION ALL
    SELECT one.slot, one.risk, -one.count, -one.ended, -one.failures, -one.duration_ms
    FROM rollup_slot CROSS JOIN rollup AS one
      ON one.slot = rollup_slot.slot AND one.pattern_id IN (${leftOut.join(', ')}) AND one.risk = rollup_slot.risk
    WHERE rollup_slot.${inRange.replace('AND slot', 'AND rollup_slot.slot')})`;
}

function between({ bySlot, byDay, columns }: Grains, from: number, to: number, and: string): string {
  const part = (table: string, key: string, least: number, before: number): string[] =>
    least < before
      ? [
          `SELECT ${columns} FROM ${table} WHERE ${key} >= ${Math.floor(least)} AND ${key} < ${Math.ceil(before)} ${and}`,
        ]
      : [];
  const first = Math.ceil(from / SLOTS_A_DAY);
  const end = Math.max(first, Math.floor(to / SLOTS_A_DAY));
  const parts = [
    ...part(bySlot, 'slot', from, Math.min(to, first * SLOTS_A_DAY)),
    ...part(byDay, 'day', first, end),
    ...part(bySlot, 'slot', Math.max(from, end * SLOTS_A_DAY), to),
  ];
  return `(${parts.length === 0 ? `SELECT ${columns} FROM ${bySlot} WHERE 0` : parts.join(' UNION ALL ')})`;
}
