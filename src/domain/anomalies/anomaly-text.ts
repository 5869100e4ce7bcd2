import { localTime, WEEKDAYS } from '../time/local-time.ts';
import type { Anomaly, AnomalyKind } from './anomaly.ts';

type Facts = Omit<Anomaly, 'explanation'>;

/** One plain sentence for the owner, in the node's own time zone. */
export const describeAnomaly = (facts: Facts): string => SENTENCES[facts.kind](facts);

const SENTENCES: Readonly<Record<AnomalyKind, (facts: Facts) => string>> = {
  'unusual-volume': (facts) =>
    `${facts.observed} commands ${when(facts)}; usual at this time of the week: ${Math.round(facts.usual)}.`,
  'unusual-hours': (facts) => `${facts.observed} commands ${when(facts)}, a time of the week that is usually silent.`,
  'failure-spike': (facts) => `Up to ${facts.observed}% of commands failed ${when(facts)}; usual: ${facts.usual}%.`,
  'repeated-high-risk': (facts) =>
    `${facts.observed} commands of high or critical risk on ${day(facts.start)}; on a usual day: ${Math.round(facts.usual)}.`,
  'new-family': (facts) => `First use of tools of the family "${facts.family ?? 'other'}", on ${day(facts.start)}.`,
};

const when = ({ start, end }: Facts): string => `on ${day(start)} from ${clock(start)} to ${clock(end)}`;

/** `Tuesday, 2026-03-03` */
function day(time: string): string {
  const local = new Date(time);
  const weekday = WEEKDAYS[localTime(local.getTime()).weekday] ?? '';
  const date = [local.getFullYear(), two(local.getMonth() + 1), two(local.getDate())].join('-');
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)}, ${date}`;
}

function clock(time: string): string {
  const local = new Date(time);
  return `${two(local.getHours())}:${two(local.getMinutes())}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
