import { useState } from 'preact/hooks';
import { type AgentShare, agentSentence } from '../../../../domain/trends/agent-share.ts';
import type { KindMeasure, LevelMeasure } from '../../../../domain/trends/posture.ts';
import { count } from '../../model/format.ts';
import { perThousand } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';
import { RiskMark } from '../common/risk-mark.tsx';
import { TableHead } from '../common/table-head.tsx';
import { Change } from './change.tsx';
import { Spark } from './spark.tsx';

const SHOWN = 10;

interface KindsProps {
  readonly kinds: readonly KindMeasure[];
  readonly levels: readonly LevelMeasure[];
  readonly agents: AgentShare;
}

/** Levels from critical to safe, and the families of rules behind them, each with its course. */
export function KindsPanel({ kinds, levels, agents }: KindsProps) {
  const share = agentSentence(agents);
  const [isWhole, setIsWhole] = useState(false);
  return (
    <Panel title="Kinds of risk" class="span-7" folds aside={<span class="quiet">per 1,000 commands</span>}>
      <table class="figures kinds">
        <TableHead columns={['Level', { number: 'Commands' }, { number: 'Per 1,000' }, { number: 'Change' }]} />
        <tbody class="nums">
          {levels.map(({ level, count: amount, rate, change }) => (
            <tr key={level}>
              <th scope="row">
                <RiskMark level={level} />
              </th>
              <td class="right">{amount === null ? '–' : count(amount)}</td>
              <td class="right">{perThousand(rate)}</td>
              <td class="right">{level === 'safe' ? '' : <Change change={change} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {share !== null && <p class="quiet small">{share}</p>}
      {kinds.length === 0 ? (
        <p class="quiet">No rule was matched, as far as is known.</p>
      ) : (
        <table class="figures kinds">
          <TableHead
            columns={[
              'Family of rules',
              { drawing: 'Course' },
              { number: 'Nodes' },
              { number: 'Per 1,000' },
              { number: 'Change' },
            ]}
          />
          <tbody class="nums">
            {(isWhole ? kinds : kinds.slice(0, SHOWN)).map(({ family, points, nodes, rate, change }) => (
              <tr key={family}>
                <th scope="row">{family}</th>
                <td class="wide">
                  <Spark values={points} />
                </td>
                <td class="right" title="most nodes on one day">
                  {nodes === null ? '–' : count(nodes)}
                </td>
                <td class="right">{perThousand(rate)}</td>
                <td class="right">
                  <Change change={change} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {kinds.length > SHOWN && (
        <button type="button" class="plain" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show the most frequent only' : `Show all ${kinds.length} families`}
        </button>
      )}
    </Panel>
  );
}
