import { useState } from 'preact/hooks';
import type { Status } from '../../data/contract.ts';
import { dismissedNotices, dismissNotice } from '../../model/dismissed-notices.ts';
import { type Fault, faultsOf } from '../../model/faults.ts';

/**
 * What is wrong with the service, on every view and above all else; nothing at all where all is
 * well.
 */
export function Notices({ status }: { readonly status: Status | null }) {
  const [away, setAway] = useState(dismissedNotices);
  const faults = (status ? faultsOf(status, Date.now()) : []).filter(
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
            <Notice key={trouble.title} trouble={trouble} onPutAway={put} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface NoticeProps {
  readonly trouble: Fault;
  readonly onPutAway: (past: string) => void;
}

function Notice({ trouble: { isGrave, title, text, command, past }, onPutAway }: NoticeProps) {
  return (
    <li>
      <span class={isGrave ? 'lamp bad' : 'lamp wait'} aria-hidden="true" />
      <p>
        <strong>{title}</strong> {text} {command !== null && <code>{command}</code>}
      </p>
      {past !== null && (
        <button type="button" class="plain" aria-label={`Put away: ${title}`} onClick={() => onPutAway(past)}>
          Put away
        </button>
      )}
    </li>
  );
}
