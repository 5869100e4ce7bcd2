import type { Command } from 'commander';
import { prepareSpool } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import { MAX_PAUSE_MS, type Pause, pauseAt, resumed, withPause } from '../../domain/spool/pause.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { openPauses, type Pauses } from '../../storage/spool/pause-files.ts';
import type { Context } from '../context.ts';
import { localTime, say, sayJson } from '../output/output.ts';

interface Json {
  readonly json?: true;
}

/** With and without the service: shells and the service read the same files. */
export function addPause(program: Command, context: Context): void {
  program
    .command('pause')
    .description('record nothing for a while, in every shell; it ends by itself')
    .argument('<when...>', 'how long: 30m, 1h; or: until 18:00')
    .option('--json', 'print one JSON object')
    .action((when: readonly string[], options: Json) => pause(context, when, options));
  program
    .command('resume')
    .description('record again before a pause is over')
    .option('--json', 'print one JSON object')
    .action((options: Json) => resume(context, options));
}

function pause(context: Context, when: readonly string[], options: Json): void {
  const fromMs = context.now().getTime();
  const untilMs = endOf(when, fromMs);
  const pauses = open(context);
  pauses.write(withPause(pauses.read(), { fromMs, untilMs }), fromMs);
  sayState(context, { fromMs, untilMs }, options);
}

function resume(context: Context, options: Json): void {
  const nowMs = context.now().getTime();
  const pauses = open(context);
  const before = pauseAt(pauses.read(), nowMs);
  if (before !== null) pauses.write(resumed(pauses.read(), nowMs), nowMs);
  if (!options.json && before === null) say(context, 'There was no pause: commands are recorded.');
  else sayState(context, null, options);
}

function open(context: Context): Pauses {
  const places = context.places();
  prepareSpool(places);
  return openPauses(places);
}

function sayState(context: Context, inForce: Pause | null, { json }: Json): void {
  const until = inForce && isoTime(inForce.untilMs);
  if (json) sayJson(context, { pausedUntil: until });
  else if (until === null) say(context, 'Commands are recorded again.');
  else say(context, `Nothing is recorded until ${localTime(until)}. To record again before: caro resume`);
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000 };

/** `30m`, `2h`, or `until 18:00`: today, or tomorrow where that is over. */
function endOf(when: readonly string[], nowMs: number): number {
  const text = when.join(' ');
  const [, count, unit = ''] = /^(\d{1,4})([mh])$/.exec(text) ?? [];
  const [, hours, minutes] = /^until ([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (count !== undefined) return nowMs + lastsMs(Number(count) * (UNITS_MS[unit] ?? 0), text);
  if (hours === undefined)
    throw new CaroError('usage', `expected how long, such as 30m or 1h, or "until 18:00", got "${text}"`);
  const end = new Date(nowMs);
  end.setHours(Number(hours), Number(minutes), 0, 0);
  if (end.getTime() <= nowMs) end.setDate(end.getDate() + 1);
  return end.getTime();
}

function lastsMs(ms: number, text: string): number {
  if (ms > 0 && ms <= MAX_PAUSE_MS) return ms;
  throw new CaroError(
    'usage',
    `expected a pause of 1 minute to 24 hours, got "${text}"; to stop for good see docs/privacy.md`,
  );
}
