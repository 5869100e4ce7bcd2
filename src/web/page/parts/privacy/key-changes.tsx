import { type KeyChange, needsConfirmation } from '../../../../domain/identity/key-state.ts';
import type { Change } from '../../data/use-change.ts';
import { moment } from '../../model/format.ts';
import { TwoStep } from '../common/two-step.tsx';

interface KeyChangesProps {
  readonly changes: readonly KeyChange[];
  readonly nameOf: (id: string) => string;
  readonly change: Change;
}

/**
 * Rotated keys of other nodes, and the owner's confirmation (FR-104, docs/design.md §6).
 */
export function KeyChanges({ changes, nameOf, change }: KeyChangesProps) {
  if (changes.length === 0) return null;
  return (
    <>
      <h3>Rotated keys</h3>
      <ul class="trust keys" aria-label="Rotated keys">
        {changes.map((one) => (
          <ChangedKey key={one.new} one={one} name={nameOf(one.old)} change={change} />
        ))}
      </ul>
    </>
  );
}

interface ChangedKeyProps {
  readonly one: KeyChange;
  readonly name: string;
  readonly change: Change;
}

function ChangedKey({ one, name, change }: ChangedKeyProps) {
  const isOpen = needsConfirmation(one);
  return (
    <li>
      <span class="trust-name">
        <strong>{name}</strong>{' '}
        <span class="mono quiet">
          {one.oldFingerprint} → {one.newFingerprint}
        </span>
      </span>
      <span class={one.state === 'suspended' ? 'fail' : ''}>{STATES[one.state]}</span>
      <span class="quiet">{meaning(one)}</span>
      {isOpen && (
        <TwoStep
          first="Confirm …"
          label={`Confirm the new key of ${name} …`}
          sure={`${one.newFingerprint} is right`}
          consequence={`Ask the owner of ${name}, in person or by telephone, which fingerprint caro identity show prints there. Trust moves to the new key at once, and the audit log records it.`}
          back="Not now"
          isBusy={change.isBusy}
          onSure={() => void change.run('/api/trust/confirmation', { id: one.new })}
        />
      )}
    </li>
  );
}

const STATES: Readonly<Record<KeyChange['state'], string>> = {
  current: 'in force',
  pending: 'waiting',
  retired: 'replaced',
  suspended: 'in dispute',
  revoked: 'revoked',
};

function meaning({ state, movesAt, confirmed }: KeyChange): string {
  if (movesAt !== null) return `endorsed by the former key; trust moves on ${moment(movesAt)}, or when you confirm it`;
  if (state === 'suspended')
    return 'two keys claim to follow the same one, so one may be stolen; neither is trusted until you confirm one';
  if (state === 'revoked') return 'its owner revoked it as compromised';
  return confirmed ? 'confirmed by you' : 'endorsed by the former key';
}
