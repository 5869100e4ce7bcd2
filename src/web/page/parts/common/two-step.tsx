import { useState } from 'preact/hooks';

interface TwoStepProps {
  /** What it would be about, said before anything happens. */
  readonly first: string;
  readonly label: string;
  readonly sure: string;
  readonly consequence: string;
  /** What not doing it is called. */
  readonly back: string;
  readonly isBusy: boolean;
  readonly onSure: () => void;
}

/**
 * A button for what cannot be taken back: says what it means, and asks once more. Two cells of the
 * row that it stands in.
 */
export function TwoStep({ first, label, sure, consequence, back, isBusy, onSure }: TwoStepProps) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <span class="actions end">
        {isAsked ? (
          <>
            <button type="button" class="danger" disabled={isBusy} onClick={onSure}>
              {sure}
            </button>
            <button type="button" onClick={() => setAsked(false)}>
              {back}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => setAsked(true)} aria-label={label}>
            {first}
          </button>
        )}
      </span>
      {isAsked && <p class="quiet whole">{consequence}</p>}
    </>
  );
}
