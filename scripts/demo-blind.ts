/**
 * Plays a week of blind totals with real services on this machine: six developers, an analyst
 * (leader) and a works council (trustee), on a clock that is set forward. Prints what each of them
 * sees, names each released total, and compares it with the true sum. Removes everything at the
 * end.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayLayout } from '../src/blind/layout/day-1.ts';
import { decodeTask } from '../src/blind/task.ts';
import { noTotalText } from '../src/domain/blind/report-outcome.ts';
import { endWeek, HOUR_MS, plusDays, ran, startWeek, totalsOf, type Week } from '../test/rig/blind-week.ts';
import { until } from '../test/rig/until.ts';

const DEVELOPERS = 6;
const FLOOR = 5;
const DAYS = 7;
/** From this day on two developers are away for two days, with their machines off. */
const HOLIDAY = 3;
const SEASON_DAYS = 8;
const NOON_MS = 12 * HOUR_MS;
const WAIT_MS = 120_000;
const COMMANDS = ['git status', 'git push', 'npm test', 'docker ps', 'git push --force', 'ls -la'];
/** What the demonstration shows of 300 cells. */
const SHOWN = ['active.nodes', 'families.git.count', 'levels.high.count'];

const say = (text = ''): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-demo-'));
  let week: Week | undefined;
  try {
    say(`Starting ${DEVELOPERS} developers, an analyst (leader) and a works council (trustee) …`);
    week = await startWeek(folder, { developers: DEVELOPERS, floor: FLOOR, windowHours: 24 });
    await play(week);
  } finally {
    if (week) await endWeek(week);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function play(week: Week): Promise<void> {
  const { leader, trustee, developers } = week;
  const cells = dayLayout(decodeTask(readFileSync(week.task, 'utf8')).task.words).cells.map(({ name }) => name);
  say(`They agreed on a task with a floor of ${FLOOR} nodes, and every developer joined it. A week passes, so that`);
  say('everybody has been a member for long enough.');
  say();
  const monday = plusDays(week.today(), SEASON_DAYS);
  const dayOf = (index: number): string => plusDays(monday, index);
  const truth = new Map<string, number>();
  const away = developers.slice(0, 2);
  for (let index = 0; index < DAYS; index += 1) {
    const day = dayOf(index);
    if (index === HOLIDAY) for (const node of away) await node.kill();
    const isAway = index === HOLIDAY || index === HOLIDAY + 1;
    week.goTo(day, NOON_MS);
    const present = isAway ? developers.slice(away.length) : developers;
    for (const [number, node] of present.entries()) {
      // The counts differ by node and day, so that a wrong sum shows.
      const commands = Array.from({ length: 1 + (((number + 1) * (index + 2)) % 4) }, () => COMMANDS).flat();
      await week.work(node, commands);
      truth.set(day, (truth.get(day) ?? 0) + commands.filter((text) => text.startsWith('git')).length);
    }
    week.morningAfter(day);
    // Too late for the day before, in time for this one, on which they report zeros.
    if (index === HOLIDAY + 1) for (const node of away) await week.start(node);
    const reports = index === HOLIDAY ? present.length : developers.length;
    for (const node of [leader, trustee]) await week.ready(node, day, reports);
    say(`${day}  ${reports} developers reported: one sealed share each to the analyst and to the trustee`);
  }
  week.goTo(plusDays(dayOf(DAYS), 1), HOUR_MS);
  for (let index = 0; index < DAYS; index += 1) await week.released(dayOf(index));
  await sayViews(week, dayOf, cells, truth);
}

async function sayViews(
  week: Week,
  dayOf: (index: number) => string,
  cells: readonly string[],
  truth: ReadonlyMap<string, number>,
): Promise<void> {
  const { leader, trustee, developers } = week;
  say();
  say('The trustee sees who reported, and gives away sums only:');
  say('$ caro blind roles');
  say((await ran(trustee, 'blind', 'roles')).trimEnd());
  say();
  say('The analyst sees totals of days, never a node:');
  say(`day         nodes  ${SHOWN.slice(1).join('  ')}`);
  for (let index = 0; index < DAYS; index += 1) {
    const day = dayOf(index);
    const release = await week.released(day);
    if (release.withheld !== null) {
      say(`${day}  ${noTotalText(release.withheld)}`);
      continue;
    }
    const totals = await until(
      () => totalsOf(leader, day, cells),
      ({ size }) => size > 0,
      WAIT_MS,
    );
    const total = totals.get('organisation')?.cells ?? {};
    const [nodes, git, high] = SHOWN.map((name) => total[name] ?? null);
    say(`${day}  ${shown(nodes, 5)}  ${shown(git, 18)}  ${shown(high, 17)}`);
    if (git !== null && git !== truth.get(day))
      throw new Error(`expected a total of ${truth.get(day)} for ${day}, got ${git}`);
  }
  say();
  const [first] = developers;
  if (!first) return;
  say('A developer sees what left and what became of it:');
  say(`$ caro blind list --limit ${DAYS + 1}`);
  say((await ran(first, 'blind', 'list', '--limit', String(DAYS + 1))).trimEnd());
  say();
  say('Every total equals the true sum of what the developers did; "< floor": fewer than 5 nodes had any.');
}

/** A figure with fewer nodes behind it than the floor is not stored. */
const shown = (value: number | null | undefined, width: number): string => String(value ?? '< floor').padStart(width);

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
