import type { ReplayResult } from '../../data/contract.ts';
import type { Replay } from '../../data/use-replay.ts';
import { count, counted, fullTime, moment, visible } from '../../model/format.ts';
import { RiskMark } from '../common/risk-mark.tsx';

/** Result of the last replay, or what to do to get one. */
export function ReplayReading({ replay: { isRunning, result, trouble } }: { readonly replay: Replay }) {
  return (
    <div role="status">
      {isRunning && <p class="quiet">Reading the history again …</p>}
      {trouble !== null && <p class="notice">{trouble}</p>}
      {result && <Result result={result} />}
      {!isRunning && !result && trouble === null && (
        <p class="quiet">Shows which stored commands a rule would have rated differently. Nothing leaves this node.</p>
      )}
    </div>
  );
}

function Result({ result }: { readonly result: ReplayResult }) {
  const refused = result.rules.filter(({ reason }) => reason !== null);
  if (refused.length > 0)
    return (
      <>
        {refused.map(({ id, reason }) => (
          <p key={id} class="notice">
            The rule cannot be used: {visible(reason ?? '')}.
          </p>
        ))}
      </>
    );
  const { commands, matches, changes, examples, since, readTo } = result;
  const title = result.rules.map(({ title: name, file }) => name ?? file).join(', ');
  return (
    <>
      <p class="statement">
        {visible(title)}: {count(matches)} of {counted(commands, 'command')} since {moment(readTo ?? since)}{' '}
        {matches === 1 ? 'matches' : 'match'}.
      </p>
      {readTo !== null && <p class="notice">The history is long: older commands were not read.</p>}
      {changes.length === 0 && <p>No command would have had another level.</p>}
      <ul class="plain-rows">
        {changes.map(({ from, to, count: number }) => (
          <li key={`${from} ${to}`}>
            {count(number)} <RiskMark level={from} /> would have been <RiskMark level={to} />
          </li>
        ))}
      </ul>
      <ol class="replayed">
        {examples.map(({ id, time, command, from, to }) => (
          <li key={id}>
            <time class="nums quiet small" dateTime={time} title={fullTime(time)}>
              {moment(time)}
            </time>
            <code class="command clip" title={visible(command)}>
              {visible(command)}
            </code>
            <span>
              <RiskMark level={from} /> → <RiskMark level={to} />
            </span>
          </li>
        ))}
      </ol>
      <p class="quiet">Stored commands have their secrets masked: a rule that looks for a secret finds none here.</p>
    </>
  );
}
