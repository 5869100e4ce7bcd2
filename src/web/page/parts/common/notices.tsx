import { useState } from 'preact/hooks';
import type { Status } from '../../data/contract.ts';
import { keepAway, putAway } from '../../model/dismissed-notices.ts';
import { type Trouble, troublesOf } from '../../model/faults.ts';

/** What is wrong with the service, on every view and above all else; nothing at all where all is well. */
export function Notices({ status }: { readonly status: Status | null }) {
  const [away, setAway] = useState(putAway);
  const troubles = (status ? troublesOf(status, Date.now()) : []).filter(
    ({ past }) => past === null || !away.includes(past),
  );
  const put = (past: string): void => {
    keepAway(past);
    setAway(putAway());
  };
  return (
    <div role="status">
      {troubles.length > 0 && (
        <ul class="notices">
          {troubles.map((trouble) => (
            <Notice key={trouble.title} trouble={trouble} onPutAway={put} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface NoticeProps {
  readonly trouble: Trouble;
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
