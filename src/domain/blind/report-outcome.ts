import type { Delivery, ReportedDay } from './participation.ts';
import type { WithheldCode } from './release.ts';

/** What became of the report about a day: `sent, two receipts, included in a total of 8,231`. */
export function reportOutcome(day: ReportedDay, timeText: (time: string) => string): string {
  const { dueAt, madeAt, leader, trustee } = day;
  if (madeAt === null) return `due ${timeText(dueAt)}`;
  const deliveries: readonly Delivery[] = [leader, trustee].filter((delivery) => delivery !== null);
  const refused = deliveries.flatMap((delivery) => delivery.refused ?? []);
  const received = deliveries.filter(({ receivedAt }) => receivedAt !== null).length;
  const sent = received === 0 ? 'made, no receipt yet' : `sent, ${received === 2 ? 'two receipts' : 'one receipt'}`;
  const reasons = refused.length === 0 ? '' : `, refused: ${refused.join(', ')}`;
  return `${refused.length > 0 && received === 0 ? 'made' : sent}${reasons}${inTotal(day)}`;
}

function inTotal({ release }: ReportedDay): string {
  if (release === null) return '';
  if (release.contributors !== null) return `, included in a total of ${release.contributors.toLocaleString('en')}`;
  if (release.withheld === null) return ', not included in a total';
  return `, no total: ${WITHHELD[release.withheld] ?? release.withheld}`;
}

/** By the code of the release log. */
const WITHHELD: Readonly<Record<string, string>> = {
  release_below_floor: 'too few nodes reported that have been members for long enough',
  release_incomplete: 'the leader presented too few of the reports',
} satisfies Record<WithheldCode, string>;
