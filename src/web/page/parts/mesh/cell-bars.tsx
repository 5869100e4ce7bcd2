import { count } from '../../model/format.ts';
import { Track } from '../common/track.tsx';

interface CellBarsProps {
  readonly title: string;
  /** null: withheld. */
  readonly rows: readonly { readonly name: string; readonly value: number | null }[];
  readonly unit: string;
  /** Sum of the rows: null if it is withheld, absent where there is none. */
  readonly total?: number | null | undefined;
  /** Rows without a count are shown too. */
  readonly hasZeros?: boolean;
}

/**
 * Sums by name, largest first, each with a bar; a withheld one has a dash and no bar, and
 * comes last.
 */
export function CellBars({ title, rows, unit, total, hasZeros = false }: CellBarsProps) {
  const shown = rows
    .filter(({ value }) => hasZeros || value !== 0)
    .sort((one, other) => (other.value ?? -1) - (one.value ?? -1));
  const most = Math.max(1, ...shown.map(({ value }) => value ?? 0));
  return (
    <div>
      <h3>{title}</h3>
      {total !== undefined && (
        <p class="nums quiet small">
          {total === null ? 'The total is withheld.' : `${count(total)} ${unit} in total.`}
        </p>
      )}
      {shown.length === 0 && <p class="quiet">none</p>}
      <ul class="cell-bars">
        {shown.map(({ name, value }) => (
          <li key={name}>
            <span>{name}</span>
            <Track value={value ?? 0} most={most} />
            {value === null ? (
              <span class="quiet nums" title="withheld; the reason is above">
                <span aria-hidden="true">–</span>
                <span class="unseen">withheld</span>
              </span>
            ) : (
              <span class="nums" title={`${count(value)} ${unit}`}>
                {count(value)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
