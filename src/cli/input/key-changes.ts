import { callAdmin } from '../../admin/client.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { type KeyChange, needsConfirmation } from '../../domain/identity/key-state.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { PolicyQuestion } from '../../domain/policy/policy.ts';
import { askerOf, confirmRotation } from '../../keys/key-book.ts';
import { readKeyBook, writeKeyBook } from '../../keys/key-book-file.ts';
import { keyChanges } from '../../keys/trust-moves.ts';
import type { Context } from '../context.ts';
import { alone } from '../database/repair.ts';
import { localTime, paint, type Style, say } from '../output/output.ts';
import { sayTable } from '../output/table.ts';
import { nodeIdOf, shownName } from './peer-names.ts';

/**
 * Key changes of peers, from the running service or else from its file.
 */
export async function readKeyChanges(context: Context): Promise<readonly KeyChange[]> {
  const { peerKeys, socket } = context.places();
  try {
    return await callAdmin(socket, 'trust.keys', {});
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
    return keyChanges(readKeyBook(peerKeys), context.now().getTime());
  }
}

/** Adds the status of the key to a question, as the service does. */
export function withStanding(context: Context, question: PolicyQuestion): PolicyQuestion {
  return askerOf(readKeyBook(context.places().peerKeys), question, context.now().getTime());
}

/**
 * In force when it resolves, in the running service or for the next one. @throws CaroError
 * `not_found`
 */
export async function confirmKey(context: Context, id: string): Promise<void> {
  const places = context.places();
  try {
    await callAdmin(places.socket, 'trust.confirm', { id });
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
    await alone(places, () => writeKeyBook(places.peerKeys, confirmRotation(readKeyBook(places.peerKeys), id)));
  }
}

/**
 * Finds the key change that `text` names: by the new key, or by the name of the peer if only one
 * key claims to follow its key.
 * @throws CaroError `not_found`, `usage`
 */
export async function meantChange(context: Context, text: string, configuration: Configuration): Promise<KeyChange> {
  const changes = await readKeyChanges(context);
  const id = await nodeIdOf(context, text, configuration);
  const own = changes.find((change) => change.new === id);
  if (own) return own;
  const [first, ...others] = parseNodeId(text) ? [] : changes.filter((change) => isOpenAfter(change, id));
  if (!first)
    throw new CaroError(
      'not_found',
      'expected a key that another key named as its successor, got another key; see: caro trust list',
    );
  if (others.length > 0)
    throw new CaroError(
      'usage',
      `expected one successor of this key, got ${others.length + 1}; ask its owner for the fingerprint, then give the node id`,
    );
  return first;
}

const isOpenAfter = (change: KeyChange, id: string): boolean => change.old === id && needsConfirmation(change);

const STYLES: Readonly<Record<KeyChange['state'], Style>> = {
  current: 'green',
  pending: 'yellow',
  retired: 'dim',
  suspended: 'red',
  revoked: 'red',
};

export async function sayKeyChanges(
  context: Context,
  changes: readonly KeyChange[],
  configuration: Configuration,
): Promise<void> {
  say(context, 'Key changes:');
  await sayTable(
    context,
    [
      { title: 'STATE', text: ({ state }) => state, paint: ({ state }, text) => paint(context, STYLES[state], text) },
      { title: 'NAME', text: ({ old }) => nameOf(old, configuration) },
      { title: 'FINGERPRINTS', text: (one) => `${one.oldFingerprint} > ${one.newFingerprint}` },
      { title: 'TRUSTED FROM', text: trustedFrom },
      { title: 'NEW ID', isWhole: true, text: (one) => one.new },
    ],
    changes,
  );
  if (changes.some(({ state }) => state === 'suspended'))
    say(
      context,
      'Two keys claim to follow the same key, so one of them is stolen or forged. Ask the owner in person which fingerprint is right, then run caro trust confirm ID, or end the trust with caro trust revoke ID.',
    );
  else if (changes.some(needsConfirmation))
    say(context, 'To trust one sooner, compare the fingerprint with its owner, then: caro trust confirm ID');
}

function trustedFrom({ state, confirmed, movesAt }: KeyChange): string {
  if (movesAt !== null) return localTime(movesAt);
  if (state === 'suspended' || state === 'revoked') return 'your confirmation';
  return confirmed ? 'now (confirmed)' : 'the end of the waiting period';
}

const nameOf = (id: string, configuration: Configuration): string => {
  const name = shownName(id, configuration);
  return name === id ? '-' : name;
};
