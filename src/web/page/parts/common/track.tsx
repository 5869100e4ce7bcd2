/** A bar as long as its share of the longest one; the number it stands for is written beside it. */
export function Track({ value, most }: { readonly value: number; readonly most: number }) {
  return (
    <span class="track" aria-hidden="true">
      <i style={{ width: `${(100 * value) / Math.max(1, most)}%` }} />
    </span>
  );
}
