import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SharingLevel } from '../../../../domain/policy/trust.ts';
import type { SharingStatus } from '../../../../domain/status/status.ts';
import type { Aggregates, Preview } from '../../data/contract.ts';
import { type Change, useChange } from '../../data/use-change.ts';
import { useReading } from '../../data/use-reading.ts';
import { bytes } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { SummaryReading } from './summary-reading.tsx';
import { VectorReading } from './vector-reading.tsx';

const LEVELS = [
  {
    title: 'Nothing is shared',
    text: 'No summary and no figure leaves this machine.',
    offer: 'Stop sharing',
  },
  {
    title: 'Summaries and aggregates may be shared',
    text: 'Nodes that you trust may get the summaries below, and figures that are added to those of others.',
    offer: 'Share summaries and aggregates …',
  },
  {
    title: 'Only aggregates may be shared',
    text: 'Nodes that you trust may get figures that are added to those of others. No summary leaves.',
    offer: 'Share only aggregates …',
  },
] as const;

/**
 * The sharing level, and the buttons that change it. Sharing more needs a preview first (FR-303,
 * FR-504); sharing less takes effect at once.
 */
export function SharingPanel({ onLocked }: { readonly onLocked: () => void }) {
  const [turn, setTurn] = useState(0);
  const [wanted, setWanted] = useState<SharingLevel | null>(null);
  const sharing = useReading<SharingStatus>('/api/sharing', {}, onLocked, turn);
  const change = useChange(() => setTurn((before) => before + 1), onLocked);
  const choose = (level: SharingLevel): void => {
    if (level === 0) void change.run('/api/settings', { set: 'sharing', level });
    setWanted(level === 0 ? null : level);
  };
  const level = sharing.data?.level;
  return (
    <Panel title="What leaves this machine" class="span-12">
      {sharing.data ? <State sharing={sharing.data} /> : <p class="quiet">{sharing.trouble ?? 'Loading …'}</p>}
      {level !== undefined && (
        <div class="actions">
          {([1, 2, 0] as const)
            .filter((other) => other !== level)
            .map((other) => (
              <button
                key={other}
                type="button"
                disabled={change.isBusy}
                aria-expanded={other === 0 ? undefined : wanted === other}
                onClick={() => choose(other)}
              >
                {LEVELS[other].offer}
              </button>
            ))}
        </div>
      )}
      {change.trouble && (
        <p class="notice" role="alert">
          {change.trouble}
        </p>
      )}
      {wanted !== null && wanted !== level && (
        <Consent key={wanted} level={wanted} change={change} onLocked={onLocked} onEnd={() => setWanted(null)} />
      )}
    </Panel>
  );
}

function State({ sharing: { level, denyTools } }: { readonly sharing: SharingStatus }) {
  const { title, text } = LEVELS[level];
  return (
    <>
      <p class="statement" role="status">
        <span class={level === 0 ? 'lamp good' : 'lamp wait'} aria-hidden="true" /> <strong>{title}.</strong> {text}
      </p>
      <p class="quiet">
        Command text, paths and anything else you typed never leave, at any level.
        {denyTools.length > 0 && ` Excluded from everything: ${denyTools.join(', ')}.`}
      </p>
    </>
  );
}

interface ConsentProps {
  readonly level: SharingLevel;
  readonly change: Change;
  readonly onLocked: () => void;
  readonly onEnd: () => void;
}

/**
 * Consent comes after the preview: the button is below it, and works once it is loaded.
 */
function Consent({ level, change, onLocked, onEnd }: ConsentProps) {
  const [digest, setDigest] = useState<string | null>(null);
  const [hasRead, setRead] = useState(false);
  const confirm = async (): Promise<void> => {
    if (digest !== null && (await change.run('/api/settings', { set: 'sharing', level, preview: digest }))) onEnd();
  };
  const Shown = level === 1 ? ShownSummary : ShownVectors;
  return (
    <div class="consent">
      <h3>{level === 1 ? 'Content of a daily summary' : 'What an answer contains'}</h3>
      <Shown onShown={setDigest} onLocked={onLocked} />
      <label class="check">
        <input
          type="checkbox"
          checked={hasRead}
          disabled={digest === null}
          onChange={(event) => setRead(event.currentTarget.checked)}
        />{' '}
        I have read what would leave. Trust, below, sets who may get it.
      </label>
      <div class="actions">
        <button type="button" class="main" disabled={!hasRead || change.isBusy} onClick={() => void confirm()}>
          {level === 1 ? 'Share summaries and aggregates' : 'Share only aggregates'}
        </button>
        <button type="button" onClick={onEnd}>
          Cancel
        </button>
      </div>
    </div>
  );
}

interface ShownProps {
  /** Called with the digest of what is shown. */
  readonly onShown: (digest: string) => void;
  readonly onLocked: () => void;
}

function ShownSummary({ onShown, onLocked }: ShownProps) {
  const { data, trouble } = useReading<Preview>('/api/summary', { period: 'daily' }, onLocked);
  useEffect(() => void (data && onShown(data.digest)), [data, onShown]);
  if (!data) return <p class="quiet">{trouble ?? 'Preparing the summary …'}</p>;
  return (
    <ConsentText>
      <SummaryReading payload={data.payload} />
      <p class="quiet">
        {bytes(data.bytes)} as a signed document. Nodes that may ask get figures of the same kinds over up to 30 days.
      </p>
      <Bytes title="The document, byte for byte" texts={[data.envelope, data.payload]} />
    </ConsentText>
  );
}

function ShownVectors({ onShown, onLocked }: ShownProps) {
  const { data, trouble } = useReading<Aggregates>('/api/aggregates', {}, onLocked);
  useEffect(() => void (data && onShown(data.digest)), [data, onShown]);
  if (!data) return <p class="quiet">{trouble ?? 'Preparing the figures …'}</p>;
  return (
    <ConsentText>
      <VectorReading vectors={data.vectors} />
      <Bytes title="The answers as they would leave" texts={data.vectors.map(({ body }) => JSON.stringify(body))} />
    </ConsentText>
  );
}

/** Scrolls in itself, so that the box to tick and the buttons stay in sight. */
function ConsentText({ children }: { readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="consent-text" aria-label="What would leave" tabIndex={0}>
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
