import { useState } from 'preact/hooks';
import type { SharingLevel } from '../../../../domain/policy/trust.ts';
import type { SharingStatus } from '../../../../domain/status/status.ts';
import { type Change, useChange } from '../../data/use-change.ts';
import { useReading } from '../../data/use-reading.ts';
import { Panel } from '../common/panel.tsx';
import { ShownSummary, ShownVectors } from './consent-preview.tsx';

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

interface SharingPanelProps {
  readonly onLocked: () => void;
  /** Another number when something else may have changed the level. */
  readonly refresh: number;
}

/**
 * The sharing level, and the buttons that change it. Sharing more needs a preview first (FR-303,
 * FR-504); sharing less takes effect at once.
 */
export function SharingPanel({ onLocked, refresh }: SharingPanelProps) {
  const [turn, setTurn] = useState(0);
  const [wanted, setWanted] = useState<SharingLevel | null>(null);
  const sharing = useReading<SharingStatus>('/api/sharing', {}, onLocked, turn + refresh);
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
