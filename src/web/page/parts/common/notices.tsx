import { useState } from 'preact/hooks';
import type { Status } from '../../data/contract.ts';
import { dismissedNotices, dismissNotice } from '../../model/dismissed-notices.ts';
import { type Fault, faultsOf, originFaults } from '../../model/faults.ts';

/** Faults of the service, on top of every view; empty if there are none. */
export function Notices({ status }: { readonly status: Status | null }) {
  const [away, setAway] = useState(dismissedNotices);
  const faults = [...(status ? faultsOf(status, Date.now()) : []), ...originFaults(location.hostname)].filter(
    ({ past }) => past === null || !away.includes(past),
  );
  const put = (past: string): void => {
    dismissNotice(past);
    setAway(dismissedNotices());
  };
  return (
    <div role="status">
      {faults.length > 0 && (
        <ul class="notices">
          {faults.map((trouble) => (
            <Notice key={trouble.title} trouble={trouble} onDismiss={put} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface NoticeProps {
  readonly trouble: Fault;
  readonly onDismiss: (past: string) => void;
}

function Notice({ trouble: { isGrave, title, text, command, past }, onDismiss }: NoticeProps) {
  return (
    <li>
      <span class={isGrave ? 'lamp bad' : 'lamp wait'} aria-hidden="true" />
      <p>
        <strong>{title}</strong> {text} {command !== null && <code>{command}</code>}
      </p>
      {past !== null && (
        <button type="button" class="plain" aria-label={`Dismiss: ${title}`} onClick={() => onDismiss(past)}>
          Dismiss
        </button>
      )}
    </li>
  );
}
