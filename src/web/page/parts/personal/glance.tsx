import type { ComponentChildren } from 'preact';
import { HUMAN } from '../../../../domain/events/author.ts';
import type { LocalStatistics } from '../../data/contract.ts';
import { count, duration, rate } from '../../model/format.ts';
import { type Range, usualDay } from '../../model/ranges.ts';
import { failureRate } from '../../model/usage.ts';

interface GlanceProps {
  readonly statistics: LocalStatistics;
  readonly slots: LocalStatistics['slots'] | null;
  readonly range: Range;
  readonly now: Date;
}

const QUARTER_MS = 15 * 60_000;

/** Four key figures of the day, week or month. */
export function Glance({ statistics, slots, range, now }: GlanceProps) {
  const { failures, levels, slots: active, commands } = statistics;
  const risky = levels.high + levels.critical;
  return (
    <dl class="glance span-12">
      <Figure name="Commands" value={count(commands)}>
        {range === 'today' ? <Usual slots={slots} commands={commands} now={now} /> : perDay(statistics)}
        {byAgents(statistics)}
      </Figure>
      <Figure name="Failed" value={count(failures)} tone={failures > 0 ? 'fail' : undefined}>
        {failedShare(statistics)}
      </Figure>
      <Figure name="Risky" value={count(risky)} tone={risky > 0 ? 'risk' : undefined}>
        {levels.critical > 0 ? `${count(levels.critical)} of them critical` : 'rated high or critical'}
      </Figure>
      <Figure name="Active" value={active.length === 0 ? '0 min' : duration(active.length * QUARTER_MS)}>
        quarter hours with a command
      </Figure>
    </dl>
  );
}

/** Who ran them, where agents did. */
function byAgents({ authors }: LocalStatistics): string {
  const agents = authors.filter(({ author }) => author !== HUMAN);
  if (agents.length === 0) return '';
  const ran = agents.reduce((sum, { commands }) => sum + commands, 0);
  return `; ${count(ran)} by ${agents.length === 1 ? agents[0]?.author : 'agents'}`;
}

function failedShare(statistics: LocalStatistics): string {
  const { commands, ended } = statistics;
  if (commands === 0) return 'nothing ran yet';
  if (ended === 0) return 'no exit status is known';
  const failed = rate(failureRate(statistics));
  return ended === commands ? `${failed} of all` : `${failed} of ${count(ended)} with a known status`;
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'fail' | 'risk' | undefined;
  readonly children: ComponentChildren;
}

function Figure({ name, value, tone, children }: FigureProps) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd class={`value ${tone ?? ''}`}>{value}</dd>
      <dd class="quiet">{children}</dd>
    </div>
  );
}

function Usual({
  slots,
  commands,
  now,
}: {
  readonly commands: number;
  readonly slots: LocalStatistics['slots'] | null;
  readonly now: Date;
}) {
  const usual = slots && usualDay(slots, now);
  if (!usual || usual.byNow === 0) return <>so far today</>;
  const ratio = commands / usual.byNow;
  const word = ratio > 1.25 ? 'more than' : ratio < 0.75 ? 'fewer than' : 'about';
  return <>{`${word} the usual ${count(usual.byNow)} by now`}</>;
}

function perDay({ commands, slots }: LocalStatistics): string {
  const days = new Set(slots.map((slot) => new Date(slot.start).toDateString())).size;
  return days === 0 ? 'none' : `on ${days} ${days === 1 ? 'day' : 'days'}, ${count(Math.round(commands / days))} a day`;
}
