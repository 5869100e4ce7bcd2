import { coverageProblem } from '../../../../domain/status/agent-coverage.ts';
import type { Status } from '../../data/contract.ts';
import { ago, bytes, count, fullTime } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';

/**
 * Whether observation works: which shells report, what waits, what was lost. A silent hook is shown
 * as such.
 */
export function HookHealth({ status, now }: { readonly status: Status; readonly now: Date }) {
  const { node, observe, service, audit, memory, storage } = status;
  return (
    <Panel
      title="Observation"
      class="span-12"
      aside={
        <span class="quiet">
          <code>caro doctor</code> tests the hooks in a real shell
        </span>
      }
    >
      <dl class="health">
        {observe ? <Observed observe={observe} now={now} /> : <Busy name="Stored" />}
        {audit ? (
          <div>
            <dt>Audit log</dt>
            <dd>
              {count(audit.records)}{' '}
              <span class="quiet">{audit.verified ? 'verified' : <a href="#/audit">not yet verified</a>}</span>
            </dd>
          </div>
        ) : (
          <Busy name="Audit log" />
        )}
        <div>
          <dt>Last backup</dt>
          <dd class={storage.backup.trouble === null ? '' : 'fail'} title={storage.backup.trouble ?? undefined}>
            {storage.backup.last === null ? 'none yet' : ago(storage.backup.last, now.getTime())}
          </dd>
        </div>
        <div>
          <dt>Service</dt>
          <dd>
            {memory.rssBytes === null ? 'memory unknown' : bytes(memory.rssBytes)}{' '}
            <span class="quiet">version {service.version}</span>
          </dd>
        </div>
        <div>
          <dt>Node</dt>
          <dd class="mono" title={node.id}>
            {node.fingerprint}
          </dd>
        </div>
      </dl>
      {observe && <Agents agents={observe.agents} now={now} />}
    </Panel>
  );
}

/** A figure whose part did not answer in time: it is unknown, not zero. */
function Busy({ name }: { readonly name: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="quiet">busy, no answer in time</dd>
    </div>
  );
}

interface AgentsProps {
  readonly agents: NonNullable<Status['observe']>['agents'];
  readonly now: Date;
}

/** Coding agents: which report, and what is wrong with the others. */
function Agents({ agents, now }: AgentsProps) {
  if (agents.length === 0) return null;
  const problems = agents.flatMap((agent) => coverageProblem(agent) ?? []);
  return (
    <>
      <h3>Coding agents</h3>
      <dl class="health">
        {agents.map(({ agent, running, bypass, lastSeen }) => (
          <div key={agent}>
            <dt class="mono">{agent}</dt>
            <dd>
              {lastSeen === null ? 'nothing reported' : ago(lastSeen, now.getTime())}{' '}
              <span class="quiet">{running === 0 ? 'not running' : `${count(running)} running`}</span>
              {bypass && <span class="fail"> asks nobody</span>}
            </dd>
          </div>
        ))}
      </dl>
      {problems.map((problem) => (
        <p key={problem} class="notice small">
          {problem}
        </p>
      ))}
    </>
  );
}

interface ObservedProps {
  readonly observe: NonNullable<Status['observe']>;
  readonly now: Date;
}

function Observed({ observe: { shells, events, dropped, pending }, now }: ObservedProps) {
  return (
    <>
      {shells.map(({ shell, sessions, lastSeen }) => (
        <div key={shell}>
          <dt class="mono">{shell}</dt>
          <dd>
            <time dateTime={lastSeen} title={fullTime(lastSeen)}>
              {ago(lastSeen, now.getTime())}
            </time>{' '}
            <span class="quiet">
              {count(sessions)} {sessions === 1 ? 'session' : 'sessions'}
            </span>
          </dd>
        </div>
      ))}
      <div>
        <dt>Stored</dt>
        <dd>{count(events)}</dd>
      </div>
      <div>
        <dt>Dropped</dt>
        <dd class={dropped > 0 ? 'fail' : ''}>{count(dropped)}</dd>
      </div>
      <div>
        <dt>Waiting</dt>
        <dd>{bytes(pending)}</dd>
      </div>
    </>
  );
}
