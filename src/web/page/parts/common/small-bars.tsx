interface SmallBarsProps {
  /** null: withheld, drawn as a hatched bar. */
  readonly values: readonly (number | null)[];
  /** Labels below: one under each bar, or fewer that are spread over the width. */
  readonly names: readonly string[];
  readonly label: string;
}

const HEIGHT = 40;

/** A few bars without an axis, scaled to the highest. */
export function SmallBars({ values, names, label }: SmallBarsProps) {
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const text = `${label}: ${values.map((value) => value ?? 'withheld').join(', ')}`;
  return (
    <>
      <svg
        class="bars"
        viewBox={`0 0 ${values.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text}
      >
        <title>{text}</title>
        {values.map((value, index) => {
          const height = ((value ?? most / 3) / most) * HEIGHT;
          return (
            <g key={index}>
              <rect class="bar-back" x={index * 10} y={HEIGHT - 1} width="8.5" height="1" />
              <rect
                class={value === null ? 'bar-withheld' : 'bar-fill'}
                x={index * 10}
                y={HEIGHT - height}
                width="8.5"
                height={height}
              />
            </g>
          );
        })}
      </svg>
      <div class={`bar-names quiet ${names.length === values.length ? 'each' : ''}`} aria-hidden="true">
        {names.map((name, index) => (
          <span key={index}>{name}</span>
        ))}
      </div>
    </>
  );
}
