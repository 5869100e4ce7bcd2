import { CaroError } from '../../domain/errors.ts';
import { MAX_MARKS, type Mark } from '../../domain/trends/mark.ts';
import type { Database } from '../database.ts';

export interface MarkReader {
  /** Oldest first. */
  readonly list: () => readonly Mark[];
}

export interface MarkStore extends MarkReader {
  /**
   * @throws CaroError `usage` where there are too many, or where the last day is before the first.
   */
  readonly add: (mark: Omit<Mark, 'id'>) => Mark;
  /** @throws CaroError `not_found` */
  readonly remove: (id: number) => void;
}

export const createMarkReader = (database: Database): MarkReader => ({
  list: () =>
    database
      .prepare('SELECT id, first_day AS first, last_day AS last, label FROM trend_mark ORDER BY first_day, id')
      .all() as Mark[],
});

export const createMarkStore = (database: Database): MarkStore => ({
  ...createMarkReader(database),
  add: database.transaction((mark: Omit<Mark, 'id'>): Mark => {
    const { first, last, label } = mark;
    if (last < first) throw new CaroError('usage', `expected a last day that is not before ${first}, got ${last}`);
    const count = Number(database.prepare('SELECT count(*) FROM trend_mark').pluck().get());
    if (count >= MAX_MARKS)
      throw new CaroError('usage', `expected at most ${MAX_MARKS} marks; remove one: caro posture unmark`);
    const { lastInsertRowid } = database
      .prepare('INSERT INTO trend_mark (first_day, last_day, label) VALUES (?, ?, ?)')
      .run(first, last, label);
    return { id: Number(lastInsertRowid), first, last, label };
  }),
  remove: (id) => {
    const { changes } = database.prepare('DELETE FROM trend_mark WHERE id = ?').run(id);
    if (changes === 0)
      throw new CaroError('not_found', `expected the number of a mark, ${id} is none; list them: caro posture marks`);
  },
});
