import type { AlertReport, AlertState, RaisedAlert } from '../../../../domain/alerts/alert.ts';
import { alertCondition, alertValue } from '../../../../domain/alerts/alert-text.ts';
import type { Reading } from '../../data/use-reading.ts';
import { counted } from '../../model/format.ts';
import { utcDate } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';
import { TableHead } from '../common/table-head.tsx';

const RAISED = 10;

/** The rules of `[[alerts]]`, those that are met first, and what they raised. */
export function AlertsPanel({ data, trouble }: Reading<AlertReport>) {
  return (
    <Panel title="Alerts" class="span-7" aside={data?.syslog && <span class="quiet">also sent to {data.syslog}</span>}>
      {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
      {data && (data.states.length === 0 ? <NoRules /> : <Rules states={data.states} />)}
      {data && data.states.length + data.raised.length > 0 && <Raised raised={data.raised} />}
    </Panel>
  );
}

const NoRules = () => (
  <p class="quiet">
    There are no rules. Add <code>[[alerts]]</code> to <code>caro.toml</code>, then: <code>caro reload</code>
  </p>
);

function Rules({ states }: { readonly states: readonly AlertState[] }) {
  return (
    <div class="records">
      <table class="figures alerts">
        <TableHead columns={['Rule', 'State', { number: 'Value' }, 'Alert if', { number: 'Days' }]} />
        <tbody class="nums">
          {[...states]
            .sort((a, b) => RANKS.indexOf(stateOf(a)) - RANKS.indexOf(stateOf(b)))
            .map((state) => (
              <tr key={state.rule}>
                <th scope="row">
                  {state.rule} <span class="quiet mono">{state.measure}</span>
                </th>
                <td>
                  <span class={LAMPS[stateOf(state)]} aria-hidden="true" /> {stateOf(state)}
                </td>
                <td class="right">{alertValue(state, state.value)}</td>
                <td data-name="alert if">{alertCondition(state)}</td>
                <td class="right" data-name="days">
                  {state.days}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function Raised({ raised }: { readonly raised: readonly RaisedAlert[] }) {
  if (raised.length === 0) return <p class="quiet small">Nothing was raised so far.</p>;
  return (
    <>
      <h3>Raised</h3>
      <ul class="plain-rows">
        {raised.slice(0, RAISED).map((alert) => (
          <li key={`${alert.day} ${alert.rule}`}>
            <time class="quiet" dateTime={alert.day}>
              {utcDate(alert.day)}
            </time>{' '}
            <strong>{alert.rule}</strong> <span class="mono">{alert.measure}</span> {alertValue(alert, alert.value)}{' '}
            (alert if {alertCondition(alert)}, {counted(alert.days, 'day')})
            {alert.sentAt !== null && ', sent by syslog'}
          </li>
        ))}
      </ul>
      {raised.length > RAISED && (
        <p class="quiet small">
          The newest {RAISED} are shown. <code>caro alerts</code> prints more.
        </p>
      )}
    </>
  );
}

type StateName = 'alert' | 'not known' | 'ok';
const RANKS: readonly StateName[] = ['alert', 'not known', 'ok'];
const LAMPS: Readonly<Record<StateName, string>> = { alert: 'lamp bad', 'not known': 'lamp', ok: 'lamp good' };

const stateOf = ({ isMet, value }: AlertState): StateName => (isMet ? 'alert' : value === null ? 'not known' : 'ok');
