/**
 * Compares idle memory with an earlier measurement. Both are counted above the memory of an idle
 * Node.js process on the same machine, because machines differ.
 */

export interface IdleRow {
  readonly name: string;
  /** As `process.version`. */
  readonly node: string;
  readonly rssMiB: number;
}

/** Larger growth since the earlier measurement is reported (NFR-101). */
const MAX_MIB = 1;
/** The row of an idle Node.js process. */
export const BASELINE = 'baseline: node that does nothing';

const major = ({ node }: IdleRow): string => node.split('.')[0] ?? '';

/**
 * Memory of each row above the baseline of the same Node.js version, by name. Rows without a
 * baseline are left out.
 */
function aboveBaseline(rows: readonly IdleRow[], version: string): ReadonlyMap<string, number> {
  const ours = rows.filter((row) => major(row) === version);
  const baseline = ours.find(({ name }) => name === BASELINE);
  if (baseline === undefined) return new Map();
  return new Map(ours.filter((row) => row !== baseline).map(({ name, rssMiB }) => [name, rssMiB - baseline.rssMiB]));
}

/**
 * Returns one sentence for each row of `now` that has grown by more than 1 MiB since `before`, and
 * one for each Node.js version without anything to compare. Rows are compared by name and by major
 * version of Node.js.
 */
export function growthSince(before: readonly IdleRow[], now: readonly IdleRow[]): readonly string[] {
  const versions = [...new Set(now.map(major))];
  return versions.flatMap((version) => {
    const earlier = aboveBaseline(before, version);
    const compared = [...aboveBaseline(now, version)].flatMap(([name, mib]) => {
      const kept = earlier.get(name);
      return kept === undefined ? [] : [{ name, mib, kept }];
    });
    if (compared.length === 0) return [`idle memory on Node.js ${version}: no earlier measurement to compare with`];
    return compared
      .filter(({ mib, kept }) => mib - kept > MAX_MIB)
      .map(
        ({ name, mib, kept }) =>
          `idle memory, ${name}: ${mib.toFixed(1)} MiB above an idle Node.js ${version}, ${kept.toFixed(1)} before; check what is loaded at start, or measure again: npm run bench -- --full --only idle-memory`,
      );
  });
}

interface Stored {
  readonly runs: readonly { readonly printed?: { readonly results: readonly IdleRow[] } }[];
}

/** The rows of a file that `npm run bench` wrote. */
export function storedRows(text: string): readonly IdleRow[] {
  const { runs } = JSON.parse(text) as Stored;
  return runs.flatMap(({ printed }) => printed?.results ?? []);
}
