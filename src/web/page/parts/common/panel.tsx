import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

interface PanelProps {
  readonly title: string;
  readonly class?: string;
  /** Shown to the right of the title. */
  readonly aside?: ComponentChildren;
  /** On a phone, only the title is shown until it is opened (`frame.css`). */
  readonly folds?: boolean;
  readonly children: ComponentChildren;
}

/** A titled part of a view. */
export function Panel({ title, class: extra = '', aside, folds = false, children }: PanelProps) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <section class={`panel ${extra}${folds && !isOpen ? ' folded' : ''}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
        {folds && (
          <button
            type="button"
            class="plain fold"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Hide' : 'Show'} ${title}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Hide' : 'Show'}
          </button>
        )}
      </div>
      {children}
    </section>
  );
}
