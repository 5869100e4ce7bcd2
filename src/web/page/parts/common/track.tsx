/** A bar whose length is its share of the largest value. The number is shown next to it. */
export function Track({ value, most }: { readonly value: number; readonly most: number }) {
  return (
    <span class="track" aria-hidden="true">
      <i style={{ width: `${(100 * value) / Math.max(1, most)}%` }} />
    </span>
  );
}
