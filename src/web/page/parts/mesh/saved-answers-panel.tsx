import { useState } from 'preact/hooks';
import { answersCsv, type SavedAnswer, type SavedAnswerLine } from '../../../../domain/answers/saved-answer.ts';
import { ApiError, read } from '../../data/api.ts';
import type { SavedAnswers } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { count, fullTime, moment } from '../../model/format.ts';
import { QUERY_NAMES, SPAN_NAMES } from '../../model/mesh-words.ts';
import { saveText } from '../../model/save.ts';
import { Panel } from '../common/panel.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { ComparedPanel } from './compared-panel.tsx';

interface Props {
  readonly turn: number;
  readonly onLocked: () => void;
}

const ANSWER = '/api/mesh/answers/answer';

/** Sums that passed the floor when they were asked for: opened, compared and exported. */
export function SavedAnswersPanel({ turn, onLocked }: Props) {
  const { data, trouble } = useReading<SavedAnswers>('/api/mesh/answers', { limit: 12 }, onLocked, turn);
  const [opened, setOpened] = useState<number | null>(null);
  const answers = data?.answers ?? [];
  return (
    <>
      <Panel
        title="Saved answers"
        class="span-12"
        aside={answers.length > 0 && <ExportButton answers={answers} onLocked={onLocked} />}
      >
        {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
        {data?.answers.length === 0 && (
          <p class="quiet">
            Nothing yet. Each sum over enough nodes is saved. <code>daily</code> under <code>[analyst]</code> in{' '}
            <code>caro.toml</code> asks once a day.
          </p>
        )}
        <ul class="plain-rows dated">
          {answers.map((line) => (
            <li key={line.seq}>
              <time class="nums quiet" dateTime={line.until} title={fullTime(line.until)}>
                {moment(line.until)}
              </time>
              <span>
                <button
                  type="button"
                  class="plain"
                  aria-expanded={opened === line.seq}
                  onClick={() => setOpened(opened === line.seq ? null : line.seq)}
                >
                  {questionOf(line)}
                </button>{' '}
                <span class="quiet">
                  {count(line.contributors)} of {count(line.targets)} nodes
                  {line.askedBy === 'daily' ? ', asked automatically' : ''}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      {opened !== null && <OpenedAnswer key={opened} seq={opened} answers={answers} onLocked={onLocked} />}
    </>
  );
}

const questionOf = ({ type, spanHours }: Pick<SavedAnswerLine, 'type' | 'spanHours'>): string =>
  `${QUERY_NAMES[type]} over ${SPAN_NAMES[spanHours]}`;

interface ListedProps {
  readonly answers: readonly SavedAnswerLine[];
  readonly onLocked: () => void;
}

/** Saves the listed answers with all cells, oldest first, as `caro mesh history export` does. */
function ExportButton({ answers, onLocked }: ListedProps) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    try {
      const saved: SavedAnswer[] = [];
      for (const { seq } of [...answers].reverse()) saved.push(await read<SavedAnswer>(ANSWER, { seq }));
      saveText('caro-answers.csv', `${[...answersCsv(saved)].join('\n')}\n`, 'text/csv');
      setTrouble(null);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
      else setTrouble(error instanceof Error ? error.message : 'The service does not answer.');
    }
  };
  return (
    <span>
      {trouble && <span role="alert">{trouble} </span>}
      <button type="button" class="plain" onClick={() => void save()}>
        Export as CSV
      </button>
    </span>
  );
}

/** One answer, and beside it another one to the same question. */
function OpenedAnswer({ seq, answers, onLocked }: ListedProps & { readonly seq: number }) {
  const { data, trouble } = useReading<SavedAnswer>(ANSWER, { seq }, onLocked);
  const [other, setOther] = useState<number | null>(null);
  if (!data) return <p class="quiet">{trouble ?? 'Loading …'}</p>;
  const { spanHours, result } = data;
  const similar = answers.filter(
    (line) => line.seq !== seq && line.type === result.type && line.spanHours === spanHours,
  );
  return (
    <>
      <AnswerPanel
        result={result}
        {...(similar.length === 0
          ? {}
          : {
              tools: (
                <select
                  aria-label="Compare with"
                  value={other ?? ''}
                  onChange={({ currentTarget: { value } }) => setOther(value === '' ? null : Number(value))}
                >
                  <option value="">Compare with …</option>
                  {similar.map((line) => (
                    <option key={line.seq} value={line.seq}>
                      {moment(line.until)}
                    </option>
                  ))}
                </select>
              ),
            })}
      />
      {other !== null && <Compared answer={data} other={other} onLocked={onLocked} />}
    </>
  );
}

interface ComparedProps {
  readonly answer: SavedAnswer;
  /** Number of the other answer. */
  readonly other: number;
  readonly onLocked: () => void;
}

function Compared({ answer, other, onLocked }: ComparedProps) {
  const { data, trouble } = useReading<SavedAnswer>(ANSWER, { seq: other }, onLocked);
  if (!data) return <p class="quiet">{trouble ?? 'Loading …'}</p>;
  const [before, after] = answer.seq < data.seq ? [answer, data] : [data, answer];
  return <ComparedPanel before={before.result} after={after.result} />;
}
