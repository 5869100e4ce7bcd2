import { useState } from 'preact/hooks';
import type { Explanation, NamedNode, TrustRules } from '../../../../domain/policy/policy.ts';
import { TRUST_LEVELS, type TrustLevel } from '../../../../domain/policy/trust.ts';
import type { ChangedKeys } from '../../data/contract.ts';
import { type Change, useChange } from '../../data/use-change.ts';
import { type Reading, useReading } from '../../data/use-reading.ts';
import { nodeName } from '../../model/format.ts';
import { TRUST_MEANS, trustName } from '../../model/mesh-words.ts';
import { Panel } from '../common/panel.tsx';
import { TwoStep } from '../common/two-step.tsx';
import { KeyChanges } from './key-changes.tsx';

interface TrustPanelProps {
  readonly trust: Reading<TrustRules>;
  readonly keys: Reading<ChangedKeys>;
  readonly nameOf: (id: string) => string;
  readonly onChanged: () => void;
  readonly onLocked: () => void;
}

/** Trust levels, their reasons, and how to change them (FR-701 to FR-704). */
export function TrustPanel({ trust, keys, nameOf, onChanged, onLocked }: TrustPanelProps) {
  const change = useChange(onChanged, onLocked);
  const rules = trust.data;
  const rows = rules ? [...rules.nodes, ...rules.others.map((node) => ({ ...node, level: null }))] : [];
  return (
    <Panel title="Trust" class="span-12">
      {!rules && <p class="quiet">{trust.trouble ?? 'Loading …'}</p>}
      {change.trouble && (
        <p class="notice" role="alert">
          {change.trouble}
        </p>
      )}
      {rules && rows.length === 0 && rules.deniedNodes.length === 0 && (
        <p class="quiet">
          No other node is known. Pair with one: <code>caro peers invite</code>. You decide about trust after that.
        </p>
      )}
      <ul class="trust">
        {rows.map((row) => (
          <TrustedNode key={row.id} node={row} level={row.level} change={change} onLocked={onLocked} />
        ))}
        {rules?.deniedNodes.map((node) => (
          <li key={node.id}>
            <NodeText node={node} />
            <span class="fail">denied</span>
            <span class="quiet">
              may not connect, whatever other rules say; <code>caro trust set</code> lifts this
            </span>
          </li>
        ))}
      </ul>
      {rules && <Others rules={rules} />}
      {keys.data ? (
        <KeyChanges changes={keys.data.changes} nameOf={nameOf} change={change} />
      ) : (
        keys.trouble && <p class="quiet">{keys.trouble}</p>
      )}
    </Panel>
  );
}

function NodeText({ node: { id, name, address } }: { readonly node: NamedNode }) {
  return (
    <span class="trust-name">
      <strong>{nodeName(id, name)}</strong> <span class="mono quiet">{address ?? ''}</span>
    </span>
  );
}

interface TrustedNodeProps {
  readonly node: NamedNode;
  /** null where no rule names the node. */
  readonly level: TrustLevel | null;
  readonly change: Change;
  readonly onLocked: () => void;
}

function TrustedNode({ node, level, change, onLocked }: TrustedNodeProps) {
  const { id } = node;
  const name = nodeName(id, node.name);
  return (
    <li>
      <NodeText node={node} />
      <select
        aria-label={`Trust in ${name}`}
        value={level ?? ''}
        disabled={change.isBusy}
        onChange={(event) => void change.run('/api/settings', { set: 'trust', id, level: event.currentTarget.value })}
      >
        {level === null && <option value="">by subnet or default</option>}
        {TRUST_LEVELS.map((option) => (
          <option key={option} value={option}>
            {trustName(option)}
          </option>
        ))}
      </select>
      <span class="quiet">{level === null ? 'no rule names it' : TRUST_MEANS[level]}</span>
      <TwoStep
        first="Revoke …"
        label={`Revoke ${name} …`}
        sure={`Revoke ${name} now`}
        consequence="Ends its connection at once, and denies this key and every later one. The audit log records it."
        back="Keep it"
        isBusy={change.isBusy}
        onSure={() => void change.run('/api/settings', { set: 'revoked', id })}
      />
      <Why node={node} level={level} onLocked={onLocked} />
    </li>
  );
}

function Why({ node, level, onLocked }: Pick<TrustedNodeProps, 'node' | 'level' | 'onLocked'>) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="whole" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What it may get, and why</summary>
      {isOpen && <DecisionExplanation key={level} node={node} onLocked={onLocked} />}
    </details>
  );
}

const ACTIONS = {
  connect: 'connect',
  'receive-summary': 'receive summaries',
  query: 'ask this node',
  advise: 'send advisories',
} as const;

function DecisionExplanation({ node: { id, address }, onLocked }: Pick<TrustedNodeProps, 'node' | 'onLocked'>) {
  const { data, trouble } = useReading<Explanation>(
    '/api/trust/explanation',
    { id, address: address ?? undefined },
    onLocked,
  );
  if (!data) return <p class="quiet">{trouble ?? 'Loading …'}</p>;
  const decisions = { ...data.others, query: data.decision };
  return (
    <div class="told">
      <p class="mono quiet wrap">{id}</p>
      <ul>
        {(['connect', 'receive-summary', 'query', 'advise'] as const).map((action) => {
          const decision = decisions[action];
          return (
            decision && (
              <li key={action}>
                May it {ACTIONS[action]}? <strong>{decision.allow ? 'Yes' : 'No'}</strong>
                {decision.level !== null && `, level ${decision.level}`}: <span class="quiet">{decision.reason}</span>
              </li>
            )
          );
        })}
      </ul>
      <h3>Rules checked, in this order</h3>
      <ol class="numbered quiet">
        {data.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}

function Others({ rules: { subnets, deniedSubnets, default: rest } }: { readonly rules: TrustRules }) {
  return (
    <p class="quiet rest">
      {deniedSubnets.length > 0 && `Denied subnets: ${deniedSubnets.join(', ')}. `}
      {subnets.length > 0 &&
        `By subnet: ${subnets.map(({ subnet, level }) => `${subnet} ${trustName(level)}`).join(', ')}. `}
      All other nodes: {trustName(rest)}, {TRUST_MEANS[rest]}.
    </p>
  );
}
