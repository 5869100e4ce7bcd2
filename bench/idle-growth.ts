/**
 * Compares idle memory with what was measured before, above what Node.js itself takes on the
 * machine of each: machines differ.
 */

export interface IdleRow {
  readonly name: string;
  /** As `process.version`. */
  readonly node: string;
  readonly rssMiB: number;
}

/** More than this above what was measured before is worth a warning (NFR-101). */
const MAX_MIB = 1;
/** The row of a Node.js that does nothing. */
export const BASELINE = 'baseline: node that does nothing';

const major = ({ node }: IdleRow): string => node.split('.')[0] ?? '';

/**
 * What each row takes above the baseline of its own Node.js, by name; rows without one are left
 * out.
 */
function aboveBaseline(rows: readonly IdleRow[], version: string): ReadonlyMap<string, number> {
  const ours = rows.filter((row) => major(row) === version);
  const baseline = ours.find(({ name }) => name === BASELINE);
  if (baseline === undefined) return new Map();
  return new Map(ours.filter((row) => row !== baseline).map(({ name, rssMiB }) => [name, rssMiB - baseline.rssMiB]));
}

/**
 * One sentence for each row of `now` that has grown by more than 1 MiB above its baseline since
 * `before`, and one where nothing could be compared. Rows are compared with those of the same name
 * and the same major version of Node.js.
 */
export function growthSince(before: readonly IdleRow[], now: readonly IdleRow[]): readonly string[] {
  const versions = [...new Set(now.map(major))];
  return versions.flatMap((version) => {
    const earlier = aboveBaseline(before, version);
    const compared = [...aboveBaseline(now, version)].flatMap(([name, mib]) => {
      const kept = earlier.get(name);
      return kept === undefined ? [] : [{ name, mib, kept }];
    });
    if (compared.length === 0)
      return [`idle memory on Node.js ${version}: nothing was measured before to compare with`];
    return compared
      .filter(({ mib, kept }) => mib - kept > MAX_MIB)
      .map(
        ({ name, mib, kept }) =>
          `idle memory, ${name}: ${mib.toFixed(1)} MiB above Node.js ${version} itself, ${kept.toFixed(1)} before; look at what is loaded at start, or measure anew: npm run bench -- --full --only idle-memory`,
      );
  });
}

interface Stored {
  readonly runs: readonly { readonly printed?: { readonly results: readonly IdleRow[] } }[];
}

/** The rows of a file that `npm run bench` has written. */
export function storedRows(text: string): readonly IdleRow[] {
  const { runs } = JSON.parse(text) as Stored;
  return runs.flatMap(({ printed }) => printed?.results ?? []);
}
