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
 * Keys of other nodes that took the place of others or want to, and the owner's word on them
 * (FR-104, design.md §6).
 */
export function KeyChanges({ changes, nameOf, change }: KeyChangesProps) {
  if (changes.length === 0) return null;
  return (
    <>
      <h3>Keys that changed</h3>
      <ul class="trust keys" aria-label="Keys that changed">
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
          consequence={`Ask the owner of ${name} in person, or by telephone, which fingerprint is shown there by caro identity show. Trust moves to the new key at once. It stands in the audit log.`}
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
  retired: 'followed by another',
  suspended: 'in dispute',
  revoked: 'given up',
};

function meaning({ state, movesAt, confirmed }: KeyChange): string {
  if (movesAt !== null)
    return `the former key vouches for it; trust moves on ${moment(movesAt)}, or when you confirm it`;
  if (state === 'suspended')
    return 'two keys claim to follow one, so one is a thief’s; neither is trusted before your word';
  if (state === 'revoked') return 'its own owner gave the key up as stolen';
  return confirmed ? 'by your word' : 'vouched for by the former key';
}
