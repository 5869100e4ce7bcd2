import type { Places } from '../../config/places.ts';
import { type KeyChange, needsConfirmation } from '../../domain/identity/key-state.ts';
import { readIdentity } from '../../identity/identity.ts';
import { openRotation } from '../../identity/key-statement.ts';
import { ownRotation, readOwnStatements } from '../../keys/own-rotation.ts';
import { localTime } from '../output/output.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** This node's key, and a rotation that is in progress or cannot finish. */
export function ownKey(places: Places): Verdict {
  const identity = readIdentity(places.identityKey);
  const statements = readOwnStatements(places, identity.id);
  const rotation = ownRotation(places, identity, statements);
  if (rotation) {
    const when = rotation.compromised
      ? 'as soon as the service runs'
      : localTime(new Date(rotation.dueMs).toISOString());
    return ok(`${identity.fingerprint}, followed by ${rotation.next.fingerprint}: ${when}`);
  }
  const isLost = statements.rotations.some((statement) => openRotation(statement).old === identity.id);
  return isLost
    ? bad(
        `${identity.fingerprint} has named a successor whose key is missing at ${places.nextKey}; restore it, or peers will refuse this node. caro identity rotate creates another one, which their owners must confirm`,
      )
    : ok(identity.fingerprint);
}

/** Key changes of peers that need the owner's confirmation. */
export function peerKeys(changes: readonly KeyChange[]): Verdict {
  const open = changes.filter(needsConfirmation);
  const of = (state: KeyChange['state']): readonly KeyChange[] => open.filter((change) => change.state === state);
  const lines = [
    ...of('suspended').map(
      (one) => `${one.newFingerprint} and another key both claim to follow ${one.oldFingerprint}: neither is trusted`,
    ),
    ...of('revoked').map(
      (one) => `${one.oldFingerprint} was revoked by its owner; ${one.newFingerprint} needs your confirmation`,
    ),
    ...of('pending').map(
      (one) => `${one.newFingerprint} follows ${one.oldFingerprint} from ${localTime(one.movesAt ?? one.since)}`,
    ),
  ];
  if (lines.length === 0) return ok('none needs your confirmation');
  const advice =
    'compare the fingerprint with the owner of that node, then: caro trust confirm ID; see: caro trust list';
  const text = [...lines, advice].join('\n');
  return open.length > of('pending').length ? bad(text) : warn(text);
}
