import { existsSync } from 'node:fs';
import { CaroError } from '../../domain/errors.ts';
import type { AnalystReader } from '../../storage/readers/analyst-reader.ts';
import type { Context } from '../context.ts';

/**
 * Reads what an analyst's node has stored. The service need not run.
 * @throws CaroError `not_found` where there is no database
 */
export async function withAnalystReader<T>(context: Context, read: (reader: AnalystReader) => T): Promise<T> {
  const { database } = context.places();
  if (!existsSync(database))
    throw new CaroError(
      'not_found',
      'expected the database of this node, there is none; start the service: caro service start',
    );
  const { openAnalystReader } = await import('../../storage/readers/analyst-reader.ts');
  const reader = openAnalystReader(database);
  try {
    return read(reader);
  } finally {
    reader.close();
  }
}
