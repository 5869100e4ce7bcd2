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
import { isConfirmed } from '../input/confirmation.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { sayQrCode } from '../output/qr-code.ts';
import { sayFacts } from '../output/table.ts';

/** The service opens the mesh anew before it answers. */
const ROTATE_MS = 130_000;

export function addIdentity(program: Command, context: Context): void {
  const identity = program.command('identity').description('who this node is');
  identity
    .command('show')
    .description('print node id and fingerprint')
    .option('--qr', 'print the node id as a QR code, too')
    .option('--json', 'print one JSON object')
    .action((options: { readonly qr?: true; readonly json?: true }) => show(context, options));
  identity
    .command('rotate')
    .description('change to another key, which the present one endorses; peers follow after a day')
    .option('--compromised', 'somebody else may have the present key: revoke it and change at once')
    .option('--yes', 'do not ask')
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
          ['used from', next.compromised ? 'the next start of the service on' : localTime(next.switchesAt)],
        ] as const)
      : []),
  ]);
  if (!qr) return;
  say(context);
  await sayQrCode(context, id);
}

interface RotateOptions {
  readonly compromised?: true;
  readonly yes?: true;
  readonly json?: true;
}

const ASK = {
  planned: 'Change the key of this node? It cannot be taken back.',
  compromised:
    'Revoke the key of this node and change it at once? Peers refuse it until their owners confirm the new one.',
} as const;

async function rotate(context: Context, { compromised, yes, json }: RotateOptions): Promise<void> {
  const isAsking = context.stdout.isTTY === true && !yes && !json;
  if (isAsking && !(await isConfirmed(context, compromised ? ASK.compromised : ASK.planned))) {
    say(context, 'Nothing has changed.');
    return;
  }
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

/** The service tells peers, and takes the key into use, when it starts. */
async function offline(context: Context, compromised: boolean): Promise<RotationBegun> {
  const places = context.places();
  preparePlaces(places);
  return alone(places, () => {
    const identity = readIdentity(places.identityKey);
    const facts = { nowMs: context.now().getTime(), nonce: new Uint8Array(randomBytes(16)) };
    const statements = beginRotation(places, identity, { ...facts, compromised });
    const rotation = ownRotation(places, identity, statements);
    if (!rotation) throw new CaroError('internal', 'expected a change of key under way, there is none');
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
  const from = isRunning ? 'now on' : 'the next start of the service on';
  sayFacts(context, [
    ['new id', to],
    ['fingerprint', fingerprint],
    ['used from', compromised ? from : localTime(switchesAt)],
    ['peers told', isRunning ? String(told.length) : 'none yet: the service does not run'],
  ]);
  say(context);
  const lines = compromised ? COMPROMISED : PLANNED;
  for (const line of lines) say(context, line);
}

const PLANNED = [
  'Until then this node goes on with its present key; the service changes by itself, and the old private key is gone with that.',
  'Peers trust the new key a day after they hear of it, or when their owners say so: caro trust confirm NEW-ID',
  'Those that are away hear of it when they connect, within 30 days. Nothing is to be done here.',
] as const;
const COMPROMISED = [
  'The former key is revoked: peers that hear of it refuse it at once, and whatever it has endorsed, the new key too,',
  'until their owners have compared the fingerprint with you and said so: caro trust confirm NEW-ID',
  'Peers that were not told trust the former key until they connect with this node: tell their owners.',
] as const;
