import { CaroError } from '../../domain/errors.ts';
import { openReader, type Reader } from '../../storage/reader.ts';

/** Opens the database when first needed. Tries again after a failure: it may be under repair. */
export function lazyReader(file: string): () => Reader {
  let reader: Reader | undefined;
  return () => {
    try {
      reader ??= openReader(file);
      return reader;
    } catch (error) {
      throw new CaroError(
        'database_damaged',
        'expected a readable database; run `caro db check` to see what is wrong',
        {
          cause: error,
        },
      );
    }
  };
}
