import { CaroError } from '../../domain/errors.ts';

/** Opens the database when first needed. Tries again after a failure: it may be under repair. */
export function lazyReader<T>(file: string, open: (file: string) => T): () => T {
  let reader: T | undefined;
  return () => {
    try {
      reader ??= open(file);
      return reader;
    } catch (error) {
      throw new CaroError('database_damaged', 'expected a readable database; see what is wrong with: caro db check', {
        cause: error,
      });
    }
  };
}
