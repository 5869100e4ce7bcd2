import type { Delivery, ReportedDay } from './participation.ts';
import type { NoTotalCode } from './release.ts';

/** What became of the report about a day: `sent, two receipts, included in a total of 8,231`. */
export function reportOutcome(day: ReportedDay, timeText: (time: string) => string): string {
  const { dueAt, madeAt, givenUp, leader, trustee } = day;
  if (givenUp) return 'given up: no report was made before the window of the day was over';
  if (madeAt === null) return `due ${timeText(dueAt)}`;
  const deliveries: readonly Delivery[] = [leader, trustee].filter((delivery) => delivery !== null);
  const refused = deliveries.flatMap((delivery) => delivery.refused ?? []);
  const received = deliveries.filter(({ receivedAt }) => receivedAt !== null).length;
  const sent = received === 0 ? 'made, no receipt yet' : `sent, ${received === 2 ? 'two receipts' : 'one receipt'}`;
  const reasons = refused.length === 0 ? '' : `, refused: ${[...new Set(refused.map(refusalText))].join(', ')}`;
  return `${refused.length > 0 && received === 0 ? 'made' : sent}${reasons}${inTotal(day)}`;
}

function inTotal({ release }: ReportedDay): string {
  if (release === null) return '';
  if (release.contributors !== null) return `, included in a total of ${release.contributors.toLocaleString('en')}`;
  if (release.withheld === null) return ', not included in a total';
  return `, ${noTotalText(release.withheld)}`;
}

/** Why a day has no total: `no total: the leader presented too few of the reports`. */
export const noTotalText = (code: string): string => `no total: ${NO_TOTAL[code] ?? code}`;

const NO_TOTAL: Readonly<Record<string, string>> = {
  release_below_floor: 'too few nodes reported that have been members for long enough',
  release_incomplete: 'the leader presented too few of the reports',
  total_missing: 'the trustee released none that the leader could compute within 14 days of the window',
} satisfies Record<NoTotalCode, string>;

const refusalText = (code: string): string => REFUSED[code] ?? code;

/** Final refusals of leader and trustee. */
const REFUSED: Readonly<Record<string, string>> = {
  report_late: 'it came after the window of its day',
  report_duplicate: 'another report of this node about the day had arrived',
  day_closed: 'the day had been closed',
  blind_report_invalid: 'it is not a valid report of this task',
  blind_box_invalid: 'the sealed share does not open',
  blind_share_invalid: 'the share does not fit the task',
};
