import { dayLayout, type LayoutWords } from '../../blind/layout/day-1.ts';
import { createPrio3 } from '../../blind/vdaf/prio3.ts';
import { openReadOnly } from '../../storage/database.ts';

export interface SumSharesInput {
  readonly databaseFile: string;
  readonly words: LayoutWords;
  readonly task: string;
  readonly day: string;
  /** Node ids; the reports of all of them are ready. */
  readonly nodes: readonly string[];
}

/** Sum of the output shares of these nodes, read one after the other. */
export function sumShares({ databaseFile, words, task, day, nodes }: SumSharesInput): Uint8Array {
  const database = openReadOnly(databaseFile);
  try {
    const read = database.prepare(
      "SELECT output FROM blind_report WHERE task = ? AND day = ? AND node = ? AND state = 'ready'",
    );
    const shares = function* (): Generator<Uint8Array> {
      for (const node of nodes) yield (read.get(task, day, node) as { readonly output: Buffer }).output;
    };
    return createPrio3(dayLayout(words)).aggregate(shares());
  } finally {
    database.close();
  }
}
