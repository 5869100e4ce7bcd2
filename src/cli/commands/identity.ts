import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import { preparePlaces } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { RotationBegun, RotationStatus } from '../../domain/status/status.ts';
import { readIdentity } from '../../identity/identity.ts';
import { beginRotation, type OwnRotation, ownRotation, readOwnStatements } from '../../keys/own-rotation.ts';
import type { Context } from '../context.ts';
import { alone } from '../database/repair.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { sayQrCode } from '../output/qr-code.ts';
import { sayFacts } from '../output/table.ts';

/** The service reopens the mesh before it answers. */
const ROTATE_MS = 130_000;

export function addIdentity(program: Command, context: Context): void {
  const identity = program.command('identity').description('the identity of this node');
  identity
    .command('show')
    .description('print node id and fingerprint')
    .option('--qr', 'also print the node id as a QR code')
    .option('--json', 'print one JSON object')
    .action((options: { readonly qr?: true; readonly json?: true }) => show(context, options));
  asking(identity.command('rotate'), context)
    .description('change to a new key, endorsed by the current one; peers accept it after a day')
    .option('--compromised', 'someone else may have the current key: revoke it and change at once')
    .option('--json', 'print one JSON object')
    .action((options: RotateOptions) => rotate(context, options));
}

async function show(context: Context, { qr, json }: { readonly qr?: true; readonly json?: true }): Promise<void> {
  const places = context.places();
  const identity = readIdentity(places.identityKey);
  const { id, fingerprint, createdAt } = identity;
  const { name } = loadConfiguration(places, context.hostname).configuration.node;
  const rotation = ownRotation(places, identity, readOwnStatements(places, id));
  const next = rotation && statusOf(rotation);
  if (json) {
    sayJson(context, { id, fingerprint, name, createdAt, ...(next ? { rotation: next } : {}) });
    return;
  }
  sayFacts(context, [
    ['node id', id],
    ['fingerprint', fingerprint],
    ['name', name],
    ['created', localTime(createdAt)],
    ...(next
      ? ([
          ['next id', next.to],
          ['its fingerprint', next.fingerprint],
          ['used from', next.compromised ? 'the next start of the service' : localTime(next.switchesAt)],
        ] as const)
      : []),
  ]);
  if (!qr) return;
  say(context);
  await sayQrCode(context, id);
}

interface RotateOptions extends Consent {
  readonly compromised?: true;
  readonly json?: true;
}

const ASK = {
  planned: 'Change the key of this node? This cannot be undone.',
  compromised:
    'Revoke the key of this node and change it at once? Peers refuse it until their owners confirm the new one.',
} as const;

async function rotate(context: Context, { compromised, yes, json }: RotateOptions): Promise<void> {
  if (!(await isConfirmed(context, compromised ? ASK.compromised : ASK.planned, { yes }))) return;
  const begun = await inService(context, compromised === true);
  const rotation = begun ?? (await offline(context, compromised === true));
  if (json) sayJson(context, rotation);
  else sayRotation(context, rotation, begun !== undefined);
}

/** Undefined where no service runs. */
async function inService(context: Context, compromised: boolean): Promise<RotationBegun | undefined> {
  try {
    return await callAdmin(context.places().socket, 'identity.rotate', { compromised }, ROTATE_MS);
  } catch (error) {
    if (error instanceof CaroError && error.code === 'not_running') return undefined;
    throw error;
  }
}

/** The service tells peers and starts to use the key when it starts. */
async function offline(context: Context, compromised: boolean): Promise<RotationBegun> {
  const places = context.places();
  preparePlaces(places);
  return alone(places, () => {
    const identity = readIdentity(places.identityKey);
    const facts = { nowMs: context.now().getTime(), nonce: new Uint8Array(randomBytes(16)) };
    const statements = beginRotation(places, identity, { ...facts, compromised });
    const rotation = ownRotation(places, identity, statements);
    if (!rotation) throw new CaroError('internal', 'expected a key rotation in progress, found none');
    return { ...statusOf(rotation), told: [] };
  });
}

const statusOf = ({ from, next, compromised, dueMs }: OwnRotation): RotationStatus => ({
  from,
  to: next.id,
  fingerprint: next.fingerprint,
  compromised,
  switchesAt: new Date(dueMs).toISOString(),
});

function sayRotation(
  context: Context,
  { to, fingerprint, compromised, switchesAt, told }: RotationBegun,
  isRunning: boolean,
): void {
  const from = isRunning ? 'now' : 'the next start of the service';
  sayFacts(context, [
    ['new id', to],
    ['fingerprint', fingerprint],
    ['used from', compromised ? from : localTime(switchesAt)],
    ['peers told', isRunning ? String(told.length) : 'none yet: the service is not running'],
  ]);
  say(context);
  const lines = compromised ? COMPROMISED : PLANNED;
  for (const line of lines) say(context, line);
}

const PLANNED = [
  'Until then this node uses its current key. The service then switches by itself and deletes the old private key.',
  'Peers trust the new key one day after they learn of it, or once their owners run: caro trust confirm NEW-ID',
  'Peers that are offline learn of it when they connect within 30 days. Nothing else is needed here.',
] as const;
const COMPROMISED = [
  'The old key is revoked. Peers that learn of it refuse the old key and every key that it endorsed, including the new one,',
  'until their owners compare the fingerprint with you and run: caro trust confirm NEW-ID',
  'Peers that were not told trust the old key until they connect to this node: tell their owners.',
] as const;
