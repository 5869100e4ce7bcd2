import { useState } from 'preact/hooks';
import { effectOf } from '../../../../domain/trends/effect.ts';
import { MAX_LABEL, type Mark } from '../../../../domain/trends/mark.ts';
import type { PostureAnswer } from '../../../../domain/trends/trend-answers.ts';
import { ApiError, change } from '../../data/api.ts';
import { perThousand, utcDays } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';
import { Change } from './change.tsx';

interface MarksProps {
  readonly answer: PostureAnswer;
  /** Reads the marks again. */
  readonly onChange: () => void;
  readonly onLocked: () => void;
}

/** What was marked on the time axis, and whether the rate differs before and after. */
export function MarksPanel({ answer, onChange, onLocked }: MarksProps) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const send = (path: string, body: unknown): void => {
    change(path, body).then(
      () => {
        setTrouble(null);
        onChange();
      },
      (error: unknown) => {
        if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
        else setTrouble(error instanceof Error ? error.message : 'The service does not answer.');
      },
    );
  };
  const points = [...answer.posture.previous, ...answer.posture.points];
  const unit = points.some(({ days }) => days > 1) ? 'weeks' : 'days';
  return (
    <Panel
      title="Marked events"
      class="span-7"
      folds
      aside={<span class="quiet">up to four {unit} before and after</span>}
    >
      {answer.marks.length === 0 && (
        <p class="quiet">Nothing is marked. Mark a campaign to see the rate before and after it.</p>
      )}
      <ul class="plain-rows">
        {answer.marks.map((mark) => (
          <Marked
            key={mark.id}
            mark={mark}
            points={points}
            onRemove={() => send('/api/marks/removal', { id: mark.id })}
          />
        ))}
      </ul>
      <MarkForm until={answer.until} onAdd={(mark) => send('/api/marks', mark)} />
      {trouble && (
        <p class="notice" role="alert">
          {trouble}
        </p>
      )}
    </Panel>
  );
}

interface MarkedProps {
  readonly mark: Mark;
  readonly points: PostureAnswer['posture']['points'];
  readonly onRemove: () => void;
}

function Marked({ mark, points, onRemove }: MarkedProps) {
  const { before, after, change: effect } = effectOf(points, mark);
  return (
    <li>
      <strong>{mark.label}</strong> <span class="quiet">{utcDays(mark.first, mark.last)}</span>{' '}
      <span class="nums">
        {before === null || after === null ? (
          'too little is known before or after it'
        ) : (
          <>
            {perThousand(before)} → {perThousand(after)} per 1,000 <Change change={effect} />
          </>
        )}
      </span>{' '}
      <button type="button" class="plain" aria-label={`Remove ${mark.label}`} onClick={onRemove}>
        Remove
      </button>
    </li>
  );
}

function MarkForm({ until, onAdd }: { readonly until: string; readonly onAdd: (mark: Omit<Mark, 'id'>) => void }) {
  const [label, setLabel] = useState('');
  const [first, setFirst] = useState(until);
  const [last, setLast] = useState('');
  return (
    <form
      class="ask mark-form"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd({ label: label.trim(), first, last: last === '' ? first : last });
        setLabel('');
      }}
    >
      <label>
        Event
        <input
          type="text"
          required
          maxLength={MAX_LABEL}
          placeholder="awareness week"
          value={label}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
      </label>
      <label>
        First day
        <input type="date" required value={first} onInput={(event) => setFirst(event.currentTarget.value)} />
      </label>
      <label>
        Last day
        <input type="date" min={first} value={last} onInput={(event) => setLast(event.currentTarget.value)} />
      </label>
      <button type="submit">Mark</button>
    </form>
  );
}
