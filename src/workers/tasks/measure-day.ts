import { dayLayout, type LayoutWords } from '../../blind/layout/day-1.ts';
import { dayCells } from '../../blind/layout/day-cells.ts';
import { countedWords } from '../../generated/rule-words.js';
import { openReadOnly } from '../../storage/database.ts';
import { readAnswerFigures } from '../../storage/readers/answer-reader.ts';
import { anomaliesOf } from '../../storage/readers/history-reader.ts';

export interface MeasureDayInput {
  readonly databaseFile: string;
  /** A UTC day, or its part so far, in ms since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly words: LayoutWords;
  /** Canonical names of the denied tools (`sharing.deny_tools`). */
  readonly denied: readonly string[];
}

/** The cells of one day in the order of the layout, from rollups alone: events are never read. */
export function measureDay({ databaseFile, startMs, endMs, words, denied }: MeasureDayInput): readonly number[] {
  const database = openReadOnly(databaseFile);
  try {
    const figures = readAnswerFigures(database, startMs, endMs, denied, () =>
      anomaliesOf(database, startMs, endMs, denied),
    );
    return dayCells(dayLayout(words), { figures, vocabulary: countedWords, denied: new Set(denied) });
  } finally {
    database.close();
  }
}
