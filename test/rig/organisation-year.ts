/**
 * A year of released totals of an organization: 40 units, 10,000 members, 90 techniques. The same
 * on every run. Tests, `bench/posture.ts` and `scripts/screenshots.ts` fill an analyst's store with
 * it.
 *
 * What happens in it: nodes join until summer; risk rises until an awareness week ten weeks before
 * the end, then it falls by a third; one site is far worse than all others; the trustee was away
 * for some days, and one day was incomplete.
 */
import { dayLayout, layoutWords } from '../../src/blind/layout/day-1.ts';
import { EVERYBODY } from '../../src/domain/blind/total-floor.ts';
import { daysUntil } from '../../src/domain/blind/total-series.ts';
import { ORGANISATION } from '../../src/domain/rules/custom-rule.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { createTotalStore } from '../../src/storage/blind/total-store.ts';
import type { Database } from '../../src/storage/database.ts';
import { createMarkStore } from '../../src/storage/trends/mark-store.ts';

export const YEAR = {
  task: `${'Y'.repeat(43)}=`,
  name: 'staff',
  floor: 20,
  units: 40,
  members: 10_000,
  /** Highest rate of risky commands. */
  worst: 'site-17',
  /** The trustee was away, counted in days before the end. */
  missing: [201, 202, 203, 30],
  incomplete: 66,
  campaign: { label: 'awareness week', from: 70, to: 64 },
} as const;

// In the context of a test each look-up of a global is slow, and there are millions of them here.
const { exp, floor, imul, max, min, round } = Math;

const FAMILY_SHARES = [0.3, 0.2, 0.14, 0.1, 0.08, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.008, 0.005, 0.002];
const COMMANDS_PER_NODE = 110;

interface Cell {
  readonly kind: 'count' | 'nodes';
  /** Expected amount per command. */
  readonly weight: (risk: number) => number;
}

/** Fills an empty store; `until` is the last day. */
export function seedYear(
  database: Database,
  {
    until,
    days = 365,
    units = YEAR.units,
  }: { readonly until: string; readonly days?: number; readonly units?: number },
): void {
  const words = layoutWords(vocabulary());
  const layout = dayLayout(words);
  const cells = layout.cells.map(({ measure, kind }): Cell => ({ kind, weight: weightOf(measure, words) }));
  const store = createTotalStore(database);
  const series = { task: YEAR.task, name: YEAR.name, floor: YEAR.floor, cells: layout.cells.map(({ name }) => name) };
  const names = Array.from({ length: units }, (_, unit) => `site-${String(unit + 1).padStart(2, '0')}`);
  const all = daysUntil(until, days);
  // One commit instead of one a day, each of which waits for the disk.
  database.transaction(() => {
    for (const [index, day] of all.entries()) {
      const back = days - 1 - index;
      if ((YEAR.missing as readonly number[]).includes(back)) continue;
      if (back === YEAR.incomplete) store.add(series, { day, code: 'release_incomplete', blocks: [] });
      else
        store.add(series, {
          day,
          code: null,
          blocks: withSum(names.map((name, unit) => blockOf(cells, name, unit, back, day))),
        });
    }
  })();
  const { label, from, to } = YEAR.campaign;
  if (days > from)
    createMarkStore(database).add({ label, first: all[days - 1 - from] ?? until, last: all[days - 1 - to] ?? until });
}

interface Block {
  readonly name: string;
  readonly contributors: number;
  readonly cells: readonly number[];
}

function blockOf(cells: readonly Cell[], name: string, unit: number, back: number, day: string): Block {
  // Units have from 60 to 440 members, and two of three nodes take part at first.
  const members = round((YEAR.members / YEAR.units) * (0.24 + (1.52 * unit) / (YEAR.units - 1)));
  const contributors = round(members * (0.93 - 0.3 * max(0, min(1, (back - 150) / 215))));
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const commands = contributors * COMMANDS_PER_NODE * (weekday === 0 || weekday === 6 ? 0.12 : 1);
  const rising = 1 + 0.35 * max(0, min(1, (330 - back) / 240));
  const fallen = back >= YEAR.campaign.from ? 1 : 0.66 + 0.34 * max(0, (back - 52) / 18);
  const risk = rising * fallen * (name === YEAR.worst ? 2.6 : 0.8 + noise(unit, 3) * 0.4);
  return {
    name,
    contributors,
    cells: cells.map(({ kind, weight }, place) => {
      const amount = commands * weight(risk) * (0.85 + 0.3 * noise(back * 64 + unit, place));
      const whole = floor(amount + noise(place, back * 64 + unit));
      // As many nodes as balls hit boxes at random.
      return kind === 'count' ? whole : min(whole, round(contributors * (1 - exp(-amount / contributors))));
    }),
  };
}

function weightOf(
  measure: string,
  { families, ruleFamilies, techniques }: ReturnType<typeof layoutWords>,
): Cell['weight'] {
  const [section = '', ...rest] = measure.split('.');
  const name = rest.join('.');
  const falling = (place: number, first: number, by: number): number => first / (1 + place) ** by;
  const always = (weight: number) => () => weight;
  const withRisk = (weight: number) => (risk: number) => weight * risk;
  const levels: Readonly<Record<string, Cell['weight']>> = {
    safe: always(0.955),
    moderate: withRisk(0.036),
    high: withRisk(0.0062),
    critical: withRisk(0.0011),
  };
  const sections: Readonly<Record<string, () => Cell['weight']>> = {
    active: () => always(1),
    families: () => always(FAMILY_SHARES[families.indexOf(name)] ?? 0.001),
    failures: () => always(0.07),
    seconds: () => always(9),
    levels: () => levels[name] ?? always(0),
    rules: () =>
      name === ORGANISATION ? always(0) : withRisk(falling((ruleFamilies.indexOf(name) * 5) % 13, 0.009, 1.1)),
    techniques: () => withRisk(falling((techniques.indexOf(name) * 37) % 90, 0.004, 1.5)),
    hours: () => always(Number(name) >= 8 && Number(name) <= 18 ? 0.085 : 0.005),
    anomalies: () => withRisk(0.00012),
    redacted: () => always(0.004),
    dropped: () => always(0.00002),
    shells: () => always(name === 'bash' ? 0.02 : 0.004),
    // Nobody has a coding agent.
    authors: () => (name === 'human' ? always(1) : (levels[name.replace('human.', '')] ?? always(0))),
  };
  return sections[section]?.() ?? always(0);
}

/**
 * The sum first. Cells of few nodes are null, and if it is only one, the smallest other one, too:
 * the rule of `withFloor` for one total, without those that tie several totals together, which
 * takes a hundred times as long.
 */
function withSum(blocks: readonly Block[]) {
  const sums = (blocks[0]?.cells ?? []).map((_, place) =>
    blocks.reduce((sum, { cells }) => sum + (cells[place] ?? 0), 0),
  );
  const contributors = blocks.reduce((sum, block) => sum + block.contributors, 0);
  const rows = [{ name: EVERYBODY as string, contributors, cells: sums }, ...blocks];
  const safe = rows.map(({ cells }) => cells.map((value): number | null => value));
  for (const place of sums.keys()) {
    // Amounts are larger than numbers of nodes, so a thin amount has few nodes.
    const isThin = (row: number): boolean => between(rows[row]?.cells[place], 1, YEAR.floor - 1);
    const thin = [...rows.keys()].filter(isThin);
    const others = [...rows.keys()].slice(1).filter((row) => !isThin(row) && rows[row]?.cells[place] !== 0);
    const least = others.sort((a, b) => (rows[a]?.cells[place] ?? 0) - (rows[b]?.cells[place] ?? 0)).slice(0, 1);
    for (const row of thin.length === 1 ? [...thin, ...least] : thin) {
      const cells = safe[row];
      if (cells) cells[place] = null;
    }
  }
  return rows.map((row, index) => ({ name: row.name, contributors: row.contributors, cells: safe[index] ?? [] }));
}

const between = (value: number | undefined, low: number, high: number): boolean =>
  value !== undefined && value >= low && value <= high;

/** From 0 to below 1, the same for the same two numbers. */
function noise(one: number, other: number): number {
  let mixed = (imul(one + 1, 0x9e3779b1) ^ imul(other + 7, 0x85ebca6b)) | 0;
  mixed = imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

/** Notes that these nodes have sent reports, as a leader keeps them. */
export function seedReports(
  database: Database,
  reports: readonly { readonly id: string; readonly day: string; readonly code?: string }[],
): void {
  const insert = database.prepare(
    `INSERT INTO blind_report (task, day, account, node, hash, receipt, received_ms, state, code)
     VALUES (?, ?, ?, ?, ?, '{}', ?, ?, ?)`,
  );
  for (const { id, day, code } of reports)
    insert.run(YEAR.task, day, id, id, id, Date.parse(day), code === undefined ? 'closed' : 'invalid', code ?? null);
}

export interface SeededMember {
  /** An invented one by default. */
  readonly id?: string;
  readonly name: string;
  readonly unit: string;
}

/** Fills the list of the roster, and returns the ids of its members. */
export function seedMembers(database: Database, members: readonly SeededMember[]): readonly string[] {
  const insert = database.prepare('INSERT INTO roster_member VALUES (?, ?)');
  return members.map(({ id: given, name, unit }, index) => {
    const id = given ?? `caro:ed25519:${String(index).padStart(43, 'm')}`;
    insert.run(id, JSON.stringify({ id, name, unit, card: {}, since: '2026-01-01' }));
    return id;
  });
}
