import { REPORT_STOPS } from '../../../domain/blind/participation.ts';
import { count, flag, list, maybeCount, maybeText, object, orNull, text, word } from './schema-words.ts';

/* Schemas of the dashboard's API about this node's part in blind totals. */

const PER_ROLE = object({ leader: flag, trustee: flag });

export const BLIND_STATUS = object({
  task: orNull(
    object({
      id: text,
      name: text,
      layout: text,
      leader: text,
      trustee: text,
      floor: count,
      windowHours: count,
      completePercent: count,
      seasonDays: count,
      noiseSd: count,
      joinedAt: text,
      mayConnect: PER_ROLE,
    }),
  ),
  live: flag,
  stoppedBy: orNull(word(REPORT_STOPS)),
  next: orNull(object({ day: text, dueAt: text })),
  waiting: count,
  trouble: object({ leader: maybeText, trustee: maybeText }),
  forked: flag,
});

export const DAY_CELLS = object({
  day: text,
  closed: flag,
  cells: list(object({ name: text, bits: count, value: count })),
});

const DELIVERY = orNull(object({ receivedAt: maybeText, refused: maybeText }));
export const REPORTED_DAYS = object({
  days: list(
    object({
      day: text,
      task: text,
      dueAt: text,
      madeAt: maybeText,
      givenUp: flag,
      leader: DELIVERY,
      trustee: DELIVERY,
      release: orNull(object({ contributors: maybeCount, withheld: maybeText })),
    }),
  ),
});
