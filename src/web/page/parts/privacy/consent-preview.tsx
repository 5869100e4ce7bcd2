import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Aggregates, Preview } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { bytes } from '../../model/format.ts';
import { SummaryReading } from './summary-reading.tsx';
import { VectorReading } from './vector-reading.tsx';

/* What would leave, as the owner sees it before they consent. */

interface ShownProps {
  /** Called with the digest of what is shown. */
  readonly onShown: (digest: string) => void;
  readonly onLocked: () => void;
}

export function ShownSummary({ onShown, onLocked }: ShownProps) {
  const { data, trouble } = useReading<Preview>('/api/summary', { period: 'daily' }, onLocked);
  useEffect(() => void (data && onShown(data.digest)), [data, onShown]);
  if (!data) return <p class="quiet">{trouble ?? 'Preparing the summary …'}</p>;
  return (
    <ConsentText label="What would leave">
      <SummaryReading payload={data.payload} />
      <p class="quiet">
        {bytes(data.bytes)} as a signed document. Nodes that may ask get figures of the same kinds over up to 30 days.
      </p>
      <Bytes title="The document, byte for byte" texts={[data.envelope, data.payload]} />
    </ConsentText>
  );
}

export function ShownVectors({ onShown, onLocked }: ShownProps) {
  const { data, trouble } = useReading<Aggregates>('/api/aggregates', {}, onLocked);
  useEffect(() => void (data && onShown(data.digest)), [data, onShown]);
  if (!data) return <p class="quiet">{trouble ?? 'Preparing the figures …'}</p>;
  return (
    <ConsentText label="What would leave">
      <VectorReading vectors={data.vectors} />
      <Bytes title="The answers as they would leave" texts={data.vectors.map(({ body }) => JSON.stringify(body))} />
    </ConsentText>
  );
}

/** Scrolls in itself, so that the box to tick and the buttons stay in sight. */
export function ConsentText({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="consent-text" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

function Bytes({ title, texts }: { readonly title: string; readonly texts: readonly string[] }) {
  return (
    <details class="bytes">
      <summary>{title}</summary>
      {texts.map((text) => (
        <pre key={text}>{text}</pre>
      ))}
    </details>
  );
}
