import { changed, toneOf } from '../../model/trend-words.ts';

/** A change of a rate of risk, with a sign, and coloured as better or worse. */
export function Change({ change }: { readonly change: number | null }) {
  return (
    <span class={`change nums ${toneOf(change)}`} title={change === null ? 'unknown' : 'compared with the span before'}>
      {changed(change)}
    </span>
  );
}
