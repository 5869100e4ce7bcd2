import { HUMAN } from '../../../../domain/events/author.ts';
import type { LocalStatistics, RuleText, TerminalEvent } from '../../data/contract.ts';
import { ago, count, fullTime, share, visible } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { RiskMark, WORST_FIRST } from '../common/risk-mark.tsx';
import { TableHead } from '../common/table-head.tsx';

interface RiskPanelProps {
  readonly statistics: LocalStatistics;
  readonly risky: readonly TerminalEvent[];
  readonly rules: readonly RuleText[];
}

const SHOWN = 3;

/**
 * Risk of the commands; for the latest risky ones the reason and a safer alternative (FR-404).
 */
export function RiskPanel({ statistics: { levels, commands, authors }, risky, rules }: RiskPanelProps) {
  return (
    <Panel title="Risk" class="span-4">
      <div class="risk-bar" aria-hidden="true">
        {WORST_FIRST.filter((level) => levels[level] > 0).map((level) => (
          <i key={level} class={`fill-${level}`} style={{ flexGrow: String(levels[level]) }} />
        ))}
      </div>
      <dl class="levels">
        {WORST_FIRST.map((level) => (
          <div key={level}>
            <dt>
              <RiskMark level={level} />
            </dt>
            <dd>
              {count(levels[level])} <span class="quiet">{share(levels[level], commands)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <Authors authors={authors} />
      <h3>Latest risky commands</h3>
      {risky.length === 0 ? (
        <p class="quiet">No command was rated high or critical.</p>
      ) : (
        <ol class="risky">
          {risky.slice(0, SHOWN).map((event) => (
            <RiskyCommand key={event.id} event={event} rule={rules.find((rule) => rule.id === event.rules[0])} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** People and agents apart; nothing where no agent ran anything. */
function Authors({ authors }: Pick<LocalStatistics, 'authors'>) {
  if (authors.length < 2) return null;
  return (
    <table class="authors nums">
      <TableHead columns={['Run by', 'Commands', 'High', 'Critical']} />
      <tbody>
        {authors.map(({ author, commands, levels }) => (
          <tr key={author}>
            <th scope="row">{author === HUMAN ? 'you' : author}</th>
            <td>{count(commands)}</td>
            <td>{count(levels.high)}</td>
            <td>{count(levels.critical)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RiskyCommand({ event, rule }: { readonly event: TerminalEvent; readonly rule: RuleText | undefined }) {
  return (
    <li>
      <p>
        <RiskMark level={event.risk} />{' '}
        <time class="quiet" dateTime={event.time} title={fullTime(event.time)}>
          {ago(event.time, Date.now())}
        </time>
      </p>
      <code class="command clip" title={visible(event.command)}>
        {visible(event.command)}
      </code>
      {rule && (
        <p class="reason">
          {rule.reason} <span class="safer">{rule.safer}</span>
        </p>
      )}
    </li>
  );
}
