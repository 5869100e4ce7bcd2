import { useState } from 'preact/hooks';
import type { SavedAnswer } from '../../../../domain/answers/saved-answer.ts';
import type { SavedAnswers } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { count, fullTime, moment } from '../../model/format.ts';
import { QUERY_NAMES, SPAN_NAMES } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';
import { AnswerPanel } from './answer-panel.tsx';

interface Props {
  readonly turn: number;
  readonly onLocked: () => void;
}

/** Sums that passed the floor when they were asked for; one of them can be opened. */
export function SavedAnswersPanel({ turn, onLocked }: Props) {
  const { data, trouble } = useReading<SavedAnswers>('/api/mesh/answers', { limit: 12 }, onLocked, turn);
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <>
      <Panel title="Saved answers" class="span-12">
        {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
        {data?.answers.length === 0 && (
          <p class="quiet">
            Nothing yet. Each sum over enough nodes is saved. <code>daily</code> under <code>[analyst]</code> in{' '}
            <code>caro.toml</code> asks once a day.
          </p>
        )}
        <ul class="plain-rows">
          {data?.answers.map(({ seq, until, type, spanHours, contributors, targets, askedBy }) => (
            <li key={seq}>
              <time class="nums quiet" dateTime={until} title={fullTime(until)}>
                {moment(until)}
              </time>{' '}
              <button
                type="button"
                class="plain"
                aria-expanded={opened === seq}
                onClick={() => setOpened(opened === seq ? null : seq)}
              >
                {QUERY_NAMES[type]} over {SPAN_NAMES[spanHours]}
              </button>{' '}
              <span class="quiet">
                {count(contributors)} of {count(targets)} nodes{askedBy === 'daily' ? ', asked automatically' : ''}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      {opened !== null && <OpenedAnswer seq={opened} onLocked={onLocked} />}
    </>
  );
}

function OpenedAnswer({ seq, onLocked }: { readonly seq: number; readonly onLocked: () => void }) {
  const { data, trouble } = useReading<SavedAnswer>('/api/mesh/answers/answer', { seq }, onLocked);
  if (data) return <AnswerPanel result={data.result} />;
  return <p class="quiet">{trouble ?? 'Loading …'}</p>;
}
