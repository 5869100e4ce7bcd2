/**
 * Alerts on totals of all nodes: a measure of the read model of trends is compared with a bound.
 */
import { ANOMALY_KINDS } from '../anomalies/anomaly.ts';
import { RISK_LEVELS } from '../events/risk-level.ts';
import type { TechniqueMeasure } from '../trends/heat-map.ts';
import type { Measure } from '../trends/measure.ts';
import type { PostureAnswer } from '../trends/trend-answers.ts';

/** One of `[[alerts]]`. Exactly one of `above`, `below` and `change` is set. */
export interface AlertRule {
  readonly name: string;
  /** `risky`, `contributors`, `levels.high`, `kinds.git`, `techniques.T1070`, `anomalies.…`. */
  readonly measure: string;
  readonly above?: number;
  readonly below?: number;
  /** Percent against the days before; negative: at least so much less. */
  readonly change?: number;
  readonly days: number;
}

export const ALERT_CONDITIONS = ['above', 'below', 'change'] as const;
export type AlertCondition = (typeof ALERT_CONDITIONS)[number];

/** The state of a rule by the newest figures. */
export interface AlertState {
  readonly rule: string;
  readonly measure: string;
  readonly condition: AlertCondition;
  readonly bound: number;
  readonly days: number;
  /** Last day of the figures; null where there are none. */
  readonly until: string | null;
  /** Null: not known. Then nothing is raised. */
  readonly value: number | null;
  readonly before: number | null;
  readonly isMet: boolean;
}

/** An alert that was raised. At most one for a rule and UTC day. */
export interface RaisedAlert extends Omit<AlertState, 'value' | 'until' | 'isMet'> {
  /** UTC day on which it was raised. */
  readonly day: string;
  readonly until: string;
  readonly value: number;
  /** When it left for the syslog receiver, ISO 8601 UTC; null if it has not. */
  readonly sentAt: string | null;
}

export interface AlertReport {
  readonly states: readonly AlertState[];
  /** Newest first. */
  readonly raised: readonly RaisedAlert[];
  /** `IP:port`; null without one. */
  readonly syslog: string | null;
}

/** The measures of a posture view, by name; the rest of the name is a closed word. */
export function measureNamed(
  name: string,
  { posture }: Pick<PostureAnswer, 'posture'>,
  techniques: readonly TechniqueMeasure[],
): Pick<Measure, 'rate' | 'before' | 'change'> | undefined {
  const [section, word = ''] = splitName(name);
  if (section === 'risky') return posture.risky;
  if (section === 'levels') return posture.levels.find(({ level }) => level === word);
  if (section === 'kinds') return posture.kinds.find(({ family }) => family === word);
  if (section === 'techniques') return techniques.find(({ technique }) => technique === word);
  if (section === 'anomalies') return posture.anomalies.find(({ kind }) => kind === word);
  const { latest } = posture;
  return latest === null ? undefined : { rate: latest.contributors, before: null, change: null };
}

function splitName(name: string): readonly [string, string?] {
  const dot = name.indexOf('.');
  return dot === -1 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

const FORMS: Readonly<Record<string, RegExp | readonly string[]>> = {
  levels: RISK_LEVELS,
  anomalies: ANOMALY_KINDS,
  kinds: /^[a-z][a-z-]{0,31}$/,
  techniques: /^T\d{4}(\.\d{3})?$/,
};

/** Whether a name can be a measure. */
export function isMeasureName(name: string): boolean {
  if (name === 'risky' || name === 'contributors') return true;
  const [section, word = ''] = splitName(name);
  const form = Object.hasOwn(FORMS, section) ? FORMS[section] : undefined;
  return form instanceof RegExp ? form.test(word) : form?.includes(word) === true;
}

/** Null where not exactly one condition is set. */
export function conditionOf(rule: AlertRule): { readonly condition: AlertCondition; readonly bound: number } | null {
  const set = ALERT_CONDITIONS.flatMap((condition) => {
    const bound = rule[condition];
    return bound === undefined ? [] : [{ condition, bound }];
  });
  return set.length === 1 ? (set[0] ?? null) : null;
}

/** `measure`: undefined where the figures do not have it. */
export function stateOf(
  rule: AlertRule,
  measure: Pick<Measure, 'rate' | 'before' | 'change'> | undefined,
  until: string | null,
): AlertState {
  const { condition, bound } = conditionOf(rule) ?? { condition: 'above' as const, bound: Number.POSITIVE_INFINITY };
  const { rate = null, before = null, change = null } = measure ?? {};
  const value = condition === 'change' ? (change === null ? null : change * 100) : rate;
  return {
    rule: rule.name,
    measure: rule.measure,
    condition,
    bound,
    days: rule.days,
    until,
    value,
    before,
    isMet: value !== null && until !== null && MET[condition](value, bound),
  };
}

const MET: Readonly<Record<AlertCondition, (value: number, bound: number) => boolean>> = {
  above: (value, bound) => value > bound,
  below: (value, bound) => value < bound,
  change: (value, bound) => (bound < 0 ? value <= bound : value >= bound),
};
