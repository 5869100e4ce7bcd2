/** A small line over time; it breaks where a value is unknown. */
export function Spark({ values }: { readonly values: readonly (number | null)[] }) {
  const most = Math.max(0.001, ...values.flatMap((value) => value ?? []));
  const step = 96 / Math.max(1, values.length - 1);
  const y = (value: number): number => 22 - (20 * value) / most;
  const parts: string[] = [];
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const at = `${(2 + index * step).toFixed(1)} ${y(value).toFixed(1)}`;
    const isAlone = !isOpen && (values[index + 1] ?? null) === null;
    parts.push(isOpen ? `L${at}` : isAlone ? `M${at}h0.1` : `M${at}`);
    isOpen = true;
  }
  return (
    <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path d={parts.join('')} />
    </svg>
  );
}
