import { isoTime } from '../time/iso-time.ts';
import { type LocalTime, localTime } from '../time/local-time.ts';
import { DAY_MS, SLOT_MS } from '../time/period.ts';
import type { Anomaly, AnomalyKind, AnomalyReport } from './anomaly.ts';
import { describeAnomaly } from './anomaly-text.ts';
import { type Usual, usual } from './median-deviation.ts';

/** The part of the rollups that anomalies are found in. */
export interface History {
  /** Hours with commands, oldest first: see `gatherHours`. */
  readonly hours: readonly Stretch[];
  /** Tool families used in the judged span and never before it. */
  readonly families: readonly { readonly family: string; readonly firstMs: number; readonly count: number }[];
}

/** Commands of a quarter of an hour. `risky` are those of high or critical risk. */
interface SlotCounts {
  readonly startMs: number;
  readonly count: number;
  readonly ended: number;
  readonly failures: number;
  readonly risky: number;
}

export interface JudgedSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A stretch of local time: an hour or a day. */
export interface Stretch extends SlotCounts {
  readonly endMs: number;
  readonly hourOfWeek: number;
}
type Candidate = Pick<Anomaly, 'kind' | 'observed' | 'usual'> & { readonly startMs: number; readonly endMs: number };

const HOUR_MS = 4 * SLOT_MS;
const HOURS_PER_WEEK = 168;
/** Minimum history: each hour of the week four times. */
const MINIMUM_DAYS = 28;
const MINIMUM_ACTIVE_DAYS = 10;
/** Number of scaled deviations from the median that is unusual: by chance once in many years. */
const WIDE = 6;
const MINIMUM = {
  volume: 30,
  oddHour: 5,
  ended: 20,
  judgedEnded: 10,
  risky: 5,
  sampleHours: 30,
  failureRise: 0.25,
} as const;

/**
 * What was unusual in a span, measured against the node's own history (docs/design.md §8):
 * median and MAD per hour of the week in the node's own time zone. Pure.
 */
export function findAnomalies(history: History, span: JudgedSpan): AnomalyReport {
  const { hours } = history;
  const first = hours[0]?.startMs ?? span.untilMs;
  const historyDays = Math.max(0, Math.floor((span.untilMs - first) / DAY_MS));
  const days = gather(hours, dayStart, DAY_MS);
  if (historyDays < MINIMUM_DAYS || days.length < MINIMUM_ACTIVE_DAYS)
    return { judged: false, historyDays, anomalies: [] };
  const from = Math.max(span.sinceMs, first + MINIMUM_DAYS * DAY_MS);
  const isJudged = ({ endMs }: { readonly endMs: number }): boolean => endMs > from;
  const findings = [
    ...joined(unusualHours(hours, Math.floor(historyDays / 7)).filter(isJudged)),
    ...joined(failureSpikes(hours).filter(isJudged)),
    ...riskyDays(days).filter(isJudged),
  ];
  const fresh = history.families.filter(({ family, firstMs }) => family !== 'other' && firstMs >= from);
  const anomalies = [
    ...findings.map((finding) => anomalyOf(finding, null)),
    ...fresh.map(({ family, firstMs, count }) =>
      anomalyOf({ kind: 'new-family', startMs: firstMs, endMs: firstMs + SLOT_MS, observed: count, usual: 0 }, family),
    ),
  ];
  return { judged: true, historyDays, anomalies: anomalies.sort((a, b) => (a.start < b.start ? -1 : 1)) };
}

function anomalyOf({ startMs, endMs, ...finding }: Candidate, family: string | null): Anomaly {
  const open = { ...finding, family, start: isoTime(startMs), end: isoTime(endMs) };
  return { ...open, explanation: describeAnomaly(open) };
}

/**
 * Volume far above what this hour of the week usually has, or any at an hour that is usually
 * silent.
 */
function unusualHours(hours: readonly Stretch[], weeks: number): readonly Candidate[] {
  const byHour = Array.from({ length: HOURS_PER_WEEK }, (): number[] => []);
  for (const { hourOfWeek, count } of hours) byHour[hourOfWeek]?.push(count);
  const usually = byHour.map((counts) => usual(counts, Math.max(0, weeks - counts.length)));
  const mostActive = (hour: number): number =>
    Math.max(...[-1, 0, 1].map((step) => byHour[(hour + step + HOURS_PER_WEEK) % HOURS_PER_WEEK]?.length ?? 0));
  return hours.flatMap((hour): Candidate[] => {
    const { startMs, endMs, count, hourOfWeek } = hour;
    const normal = usually[hourOfWeek] ?? { median: 0, spread: 0 };
    const finding = (kind: AnomalyKind): Candidate[] => [
      { kind, startMs, endMs, observed: count, usual: normal.median },
    ];
    // This very hour counts as one of the weeks.
    if (normal.median === 0)
      return count >= MINIMUM.oddHour && mostActive(hourOfWeek) - 1 <= weeks / 10 ? finding('unusual-hours') : [];
    return count >= MINIMUM.volume && count > limit(normal, Math.sqrt(normal.median)) ? finding('unusual-volume') : [];
  });
}

function failureSpikes(hours: readonly Stretch[]): readonly Candidate[] {
  const rate = ({ ended, failures }: Stretch): number => failures / ended;
  const sample = hours.filter(({ ended }) => ended >= MINIMUM.judgedEnded);
  if (sample.length < MINIMUM.sampleHours) return [];
  const normal = usual(sample.map(rate));
  const isSpike = (hour: Stretch): boolean =>
    hour.ended >= MINIMUM.ended && rate(hour) > Math.max(limit(normal, 0), normal.median + MINIMUM.failureRise);
  return sample.filter(isSpike).map((hour) => ({
    kind: 'failure-spike',
    startMs: hour.startMs,
    endMs: hour.endMs,
    observed: Math.round(100 * rate(hour)),
    usual: Math.round(100 * normal.median),
  }));
}

function riskyDays(days: readonly Stretch[]): readonly Candidate[] {
  const normal = usual(days.map(({ risky }) => risky));
  return days
    .filter(({ risky }) => risky >= MINIMUM.risky && risky > limit(normal, 1))
    .map(({ startMs, endMs, risky }) => ({
      kind: 'repeated-high-risk',
      startMs,
      endMs,
      observed: risky,
      usual: normal.median,
    }));
}

const limit = ({ median, spread }: Usual, leastSpread: number): number => median + WIDE * Math.max(spread, leastSpread);

/** Neighbouring hours of one kind are one anomaly: counts add up, percentages take the worst. */
function joined(findings: readonly Candidate[]): readonly Candidate[] {
  const episodes: Candidate[] = [];
  const latest = new Map<AnomalyKind, number>();
  for (const finding of findings) {
    const index = latest.get(finding.kind) ?? -1;
    const before = episodes[index];
    if (before?.endMs === finding.startMs) episodes[index] = joinedPair(before, finding);
    else latest.set(finding.kind, episodes.push(finding) - 1);
  }
  return episodes;
}

function joinedPair(before: Candidate, next: Candidate): Candidate {
  const isRate = next.kind === 'failure-spike';
  return {
    ...before,
    endMs: next.endMs,
    observed: isRate ? Math.max(before.observed, next.observed) : before.observed + next.observed,
    usual: isRate ? before.usual : before.usual + next.usual,
  };
}

/** The hours of quarter-hour slots with commands, which are given oldest first. */
export const gatherHours = (slots: readonly SlotCounts[]): readonly Stretch[] => gather(slots, hourStart, HOUR_MS);

/**
 * Shorter stretches gathered into longer ones. They come in order, so a new one begins after the
 * last one.
 */
function gather(slots: readonly SlotCounts[], startOf: (ms: number) => number, lengthMs: number): readonly Stretch[] {
  const stretches: { -readonly [K in keyof Stretch]: Stretch[K] }[] = [];
  let last = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.NEGATIVE_INFINITY, hourOfWeek: 0, ...NOTHING };
  for (const slot of slots) {
    const startMs = slot.startMs < last.endMs ? last.startMs : startOf(slot.startMs);
    // A day of 25 hours keeps its start.
    if (startMs !== last.startMs) {
      last = { startMs, endMs: startMs + lengthMs, hourOfWeek: hourOfWeek(localTime(startMs)), ...NOTHING };
      stretches.push(last);
    }
    last.count += slot.count;
    last.ended += slot.ended;
    last.failures += slot.failures;
    last.risky += slot.risky;
  }
  return stretches;
}

const NOTHING = { count: 0, ended: 0, failures: 0, risky: 0 };

const hourOfWeek = ({ weekday, hour }: LocalTime): number => weekday * 24 + hour;

/** Zones differ from UTC by whole quarters of an hour, so a slot lies in one local hour. */
export const hourStart = (ms: number): number => ms - new Date(ms).getMinutes() * 60_000;

export const dayStart = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
