import { CaroError } from '../../domain/errors.ts';

/** A few hundred entries fit into one answer of the control socket. */
const PAGE = 500;

interface Page {
  readonly limit: number;
  /** Key of the entry before which the page ends. */
  readonly before?: number;
}

/**
 * Returns the newest `limit` entries of a list, oldest first. Reads them in pages, newest first,
 * and in smaller pages if entries are long.
 * @throws CaroError what `ask` throws, but for `answer_too_large`
 */
export async function newestOf<T>(
  ask: (page: Page) => Promise<readonly T[]>,
  keyOf: (entry: T) => number,
  limit: number,
): Promise<readonly T[]> {
  const pages: (readonly T[])[] = [];
  let before: number | undefined;
  let size = PAGE;
  for (let left = limit; left > 0; ) {
    const asked = Math.min(size, left);
    const page = await unlessTooLarge(ask({ limit: asked, ...(before === undefined ? {} : { before }) }));
    if (page === null) {
      size = Math.ceil(asked / 4);
      continue;
    }
    pages.push(page.toReversed());
    const last = page.at(-1);
    if (last === undefined || page.length < asked) break;
    before = keyOf(last);
    left -= page.length;
    size = Math.min(PAGE, size * 2);
  }
  return pages.toReversed().flat();
}

async function unlessTooLarge<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CaroError && error.code === 'answer_too_large') return null;
    throw error;
  }
}
