import { useState } from 'preact/hooks';
import type { AdvisoryLine } from '../../../../domain/advisories/advisory.ts';
import type { Status } from '../../data/contract.ts';
import { useChange } from '../../data/use-change.ts';
import { useReading } from '../../data/use-reading.ts';
import { counted, fullTime, nodeName, visible } from '../../model/format.ts';
import { utcDate } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';

interface AdvisoriesPanelProps {
  /** Names of authors. */
  readonly status: Status | null;
  /** When the other figures were loaded. This panel follows once a minute. */
  readonly now: Date;
  readonly onLocked: () => void;
}

const MINUTE_MS = 60_000;

/** What analysts ask the owner to look at. Without an advisory in force there is no panel. */
export function AdvisoriesPanel({ status, now, onLocked }: AdvisoriesPanelProps) {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const minute = Math.floor(now.getTime() / MINUTE_MS);
  const { data, trouble } = useReading<{ readonly advisories: readonly AdvisoryLine[] }>(
    '/api/advisories',
    {},
    onLocked,
    minute,
  );
  const shown = data?.advisories.filter(({ id }) => !hidden.includes(id)) ?? [];
  if (shown.length === 0 && trouble === null) return null;
  const peers = status?.mesh?.peers ?? [];
  return (
    <Panel title="Advisories" class="span-12" aside={<span class="quiet">matches stay on this machine</span>}>
      {trouble !== null && (
        <p class="notice" role="status">
          {trouble}
        </p>
      )}
      <ul class="plain-rows">
        {shown.map((advisory) => (
          <Advisory
            key={advisory.id}
            advisory={advisory}
            from={nodeName(advisory.author, peers.find(({ id }) => id === advisory.author)?.name ?? null)}
            onHidden={() => setHidden([...hidden, advisory.id])}
            onLocked={onLocked}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface AdvisoryProps {
  readonly advisory: AdvisoryLine;
  readonly from: string;
  readonly onHidden: () => void;
  readonly onLocked: () => void;
}

function Advisory({ advisory, from, onHidden, onLocked }: AdvisoryProps) {
  const { id, subject, priority, until, delivered, rules, commands } = advisory;
  const { isBusy, trouble, run } = useChange(onHidden, onLocked);
  const matches = rules.reduce((sum, rule) => sum + rule.matches, 0);
  return (
    <li>
      <div class="advisory-head">
        <p>
          <strong>
            {subject.kind === 'rule' ? 'Rule' : 'Family'} {subject.name}
          </strong>{' '}
          <span class="quiet">
            {priority}, until {utcDate(until)},{' '}
            {delivered === null ? `from ${from}` : `sent by you, on ${counted(delivered, 'node')}`}
          </span>
        </p>
        <button
          type="button"
          class="plain"
          disabled={isBusy}
          aria-label={`Hide the advisory on ${subject.name}`}
          onClick={() => void run('/api/advisories/hidden', { id })}
        >
          Hide
        </button>
      </div>
      {trouble && (
        <p class="notice" role="status">
          {trouble}
        </p>
      )}
      {rules.map((rule) => (
        <p key={rule.id} class="reason">
          {rule.reason} <span class="safer">Safer: {rule.safer}</span>
        </p>
      ))}
      {matches === 0 ? (
        <p class="quiet">None of your commands of the last 30 days matched.</p>
      ) : (
        <details>
          <summary>
            {counted(matches, 'command')} of yours matched in the last 30 days
            {commands.length < matches && `; the newest ${commands.length}`}
          </summary>
          <ul>
            {commands.map((command) => (
              <li key={command.id}>
                <time class="quiet" dateTime={command.time}>
                  {fullTime(command.time)}
                </time>{' '}
                <code>{visible(command.command)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
