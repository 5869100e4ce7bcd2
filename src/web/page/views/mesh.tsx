import { useState } from 'preact/hooks';
import { SPANS_HOURS, type SpanHours, TIME_LIMITS_MS, type TimeLimitMs } from '../../../domain/answers/query.ts';
import { QUERY_TYPES, type QueryType } from '../../../domain/policy/trust.ts';
import type { Status } from '../data/contract.ts';
import { type Question, useQuestion } from '../data/use-question.ts';
import { LIMIT_NAMES, QUERY_NAMES, SPAN_NAMES } from '../model/mesh-words.ts';
import { Panel } from '../parts/common/panel.tsx';
import { Segments } from '../parts/common/segments.tsx';
import { AnswerPanel } from '../parts/mesh/answer-panel.tsx';
import { QuestionHistory } from '../parts/mesh/question-history.tsx';
import { SavedAnswersPanel } from '../parts/mesh/saved-answers-panel.tsx';
import { TargetsPanel } from '../parts/mesh/targets-panel.tsx';
import { AnomaliesPanel } from '../parts/personal/anomalies-panel.tsx';

interface MeshViewProps {
  readonly status: Status | null;
  readonly onLocked: () => void;
}

/** A question to the mesh and its answer, every node accounted for (FR-803, FR-804). */
export function MeshView({ status, onLocked }: MeshViewProps) {
  const question = useQuestion(onLocked);
  if (!status?.mesh) return <p class="quiet">Loading the state of the mesh …</p>;
  return (
    <>
      <div class="head">
        <h1>Ask the mesh</h1>
        <span class="quiet">Figures of the nodes that trust this one, as sums over all of them.</span>
      </div>
      {status.node.role === 'individual' ? (
        <p class="notice">
          This view is for nodes whose role is admin or security; the role of this one is {status.node.role}. It is set
          as <code>role</code> under <code>[node]</code> in <code>caro.toml</code>. A role only selects views. It grants
          no rights: what other nodes answer is their owners' choice.
        </p>
      ) : (
        <div class="grid">
          <AskPanel
            first={status.node.role === 'security' ? 'safety-posture' : 'tool-usage'}
            mesh={status.mesh}
            question={question}
          />
          {question.result && <AnswerPanel result={question.result} />}
          <TargetsPanel question={question} node={status.node.id} />
          {status.node.role === 'security' && <AnomaliesPanel onLocked={onLocked} />}
          <SavedAnswersPanel turn={question.turn} onLocked={onLocked} />
          <QuestionHistory turn={question.turn} onLocked={onLocked} />
        </div>
      )}
    </>
  );
}

interface AskPanelProps {
  readonly first: QueryType;
  readonly mesh: NonNullable<Status['mesh']>;
  readonly question: Question;
}

function AskPanel({ first, mesh, question }: AskPanelProps) {
  const [type, setType] = useState<QueryType>(first);
  const [span, setSpan] = useState<SpanHours>(168);
  const [limit, setLimit] = useState<TimeLimitMs>(2_000);
  const names = Object.fromEntries(SPANS_HOURS.map((hours) => [hours, SPAN_NAMES[hours]]));
  return (
    <Panel title="Ask the mesh" class="span-12">
      {mesh.enabled && mesh.peers.length > 0 ? (
        <form
          class="ask"
          onSubmit={(event) => {
            event.preventDefault();
            question.ask(type, span, limit);
          }}
        >
          <select
            aria-label="Question"
            value={type}
            onChange={(event) => setType(event.currentTarget.value as QueryType)}
          >
            {QUERY_TYPES.map((name) => (
              <option key={name} value={name}>
                {QUERY_NAMES[name]}
              </option>
            ))}
          </select>
          <Segments
            label="Span of time"
            options={SPANS_HOURS.map(String)}
            names={names}
            chosen={String(span)}
            onChoose={(hours) => setSpan(Number(hours) as SpanHours)}
          />
          <select
            aria-label="Time limit"
            value={limit}
            onChange={(event) => setLimit(Number(event.currentTarget.value) as TimeLimitMs)}
          >
            {TIME_LIMITS_MS.map((ms) => (
              <option key={ms} value={ms}>
                {LIMIT_NAMES[ms]}
              </option>
            ))}
          </select>
          <button type="submit" class="main" disabled={question.isAsking}>
            {question.isAsking ? 'Asking …' : 'Ask'}
          </button>
          <span class="quiet">Every node records the query in its audit log, and its owner sees who asked.</span>
        </form>
      ) : (
        <NobodyToAsk isOn={mesh.enabled} />
      )}
      {question.trouble && (
        <p class="notice" role="alert">
          {question.trouble}
        </p>
      )}
    </Panel>
  );
}

/** Why there is nobody to ask, and what to do. */
function NobodyToAsk({ isOn }: { readonly isOn: boolean }) {
  return (
    <>
      <p class="statement">
        <strong>{isOn ? 'There is no node to ask.' : 'The mesh is off, so there is no node to ask.'}</strong>
      </p>
      <ol class="todo">
        {!isOn && (
          <li>
            Set <code>enabled = true</code> under <code>[mesh]</code> in <code>caro.toml</code>, then run{' '}
            <code>caro reload</code>.
          </li>
        )}
        <li>
          Pair with each node: <code>caro peers invite</code> on one side, <code>caro peers join</code> on the other.
          Then trust it here with <code>caro trust set</code>.
        </li>
        <li>
          Ask its owner to let this node ask: <code>caro trust set THIS-NODE supervisor</code> for aggregates only, and{' '}
          <code>caro sharing enable</code>.
        </li>
      </ol>
    </>
  );
}
