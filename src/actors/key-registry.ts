import type { Actor } from '../bus/actor.ts';
import type { BusClient } from '../bus/bus.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import { CaroError } from '../domain/errors.ts';
import type { DualEnvelope, KeyStatements } from '../domain/identity/signed-envelope.ts';
import type { Log } from '../domain/log.ts';
import type { RotationBegun } from '../domain/status/status.ts';
import type { KeyStep, OwnKeys } from '../keys/own-keys.ts';
import type { PeerKeys } from '../keys/peer-keys.ts';

export interface KeyRegistryPorts {
  readonly bus: BusClient;
  readonly own: OwnKeys;
  readonly peers: PeerKeys;
  readonly audited: AuditedKeys;
  /** Publishes a notice when a time comes (`createAlarm` of src/platform/alarm.ts). */
  readonly alarm: (ring: () => void) => { readonly set: (atMs: number | null) => void; readonly stop: () => void };
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/** What the audit log already says about this node's own key. */
export interface AuditedKeys {
  readonly get: (key: string) => string | undefined;
  readonly set: (key: string, value: string) => void;
}

type Kinds =
  | 'keys.heard'
  | 'keys.due'
  | 'trust.keys'
  | 'trust.confirm'
  | 'identity.rotate'
  | 'identity.due'
  | 'mesh.changed'
  | 'clock.quarter';

/**
 * Owns what this node knows about keys: its own rotation (FR-104), and the rotations and
 * revocations of peers (docs/design.md §6). Publishes `keys.changed` when a peer's key changes
 * status, because a live connection or a pending summary may depend on it.
 */
export function createKeyRegistry(ports: KeyRegistryPorts): Actor<Kinds> {
  const peers = createPeerRotations(ports);
  const own = createOwnRotation(ports);
  return {
    name: 'key registry',
    start: async () => {
      await peers.settle();
      own.arm();
    },
    stop: () => {
      peers.stop();
      own.stop();
    },
    handlers: {
      'keys.heard': async ({ peer, ...statements }) => {
        if (await peers.take(peer, statements)) await peers.announceChange();
        return null;
      },
      'keys.due': peers.announceChange,
      'trust.keys': async () => (await ports.peers.known())?.changes() ?? [],
      'trust.confirm': async ({ id }) => {
        (await ports.peers.open()).confirm(id);
        await peers.announceChange();
        return null;
      },
      'identity.rotate': ({ compromised = false }) => own.rotate(compromised),
      'identity.due': own.complete,
      'mesh.changed': async (change) => {
        // A key in use ends the grace period of the one before it.
        if (change.change === 'connected' && (await ports.peers.known())?.noteShown(change.id))
          await peers.announceChange();
      },
      'clock.quarter': async () => {
        await peers.announceChange();
        await own.complete();
      },
    },
  };
}

/** The rotations and revocations of peers. */
function createPeerRotations({ alarm, bus, log, peers }: KeyRegistryPorts) {
  const timer = alarm(() => void bus.publish('keys.due', {}).catch(() => undefined));
  /** Records moves of trust that are due, and sets the alarm for the next one. */
  const settle = async (): Promise<void> => {
    const store = await peers.known();
    if (!store) return;
    await store.recordMoves(({ old: from, new: to, by }) =>
      bus.request('audit.append', { type: 'key.succeeded', peer: to, details: { from, by } }),
    );
    timer.set(store.nextMoveMs());
  };
  /** Does not wait: a peer's statement MUST count even while the log cannot be written. */
  const record = (entry: AuditEntry): void =>
    void bus.request('audit.append', entry).catch((error: unknown) => log.error({ err: error }, 'audit append failed'));
  return {
    settle,
    stop: timer.stop,
    announceChange: async (): Promise<void> => {
      await settle();
      // A missed notice is harmless: every decision reads the key's status, and the quarter-hour
      // clock sends another one.
      await bus.publish('keys.changed', {}).catch(() => undefined);
    },
    /** Stores statements that `peer` delivered; whether any was new. */
    take: async (peer: string, { rotations, revocations }: KeyStatements): Promise<boolean> => {
      const store = await peers.open();
      const { news, isFull } = store.takeRotations(rotations, peer);
      if (isFull) log.warn({ peer }, 'rotation not stored: the key book is full');
      for (const details of news) record({ type: 'key.rotated', peer, details: { ...details } });
      // Each is recorded as it is stored, in case a later one cannot be.
      const revoked = revocations.flatMap((statement) => {
        const key = store.takeRevocation(statement, peer);
        if (key !== null) record({ type: 'key.revoked', peer, details: { key } });
        return key ?? [];
      });
      return news.length + revoked.length > 0;
    },
  };
}

/** The rotation of this node's own key. */
function createOwnRotation({ alarm, audited, bus, own }: KeyRegistryPorts) {
  const timer = alarm(() => void bus.publish('identity.due', {}).catch(() => undefined));
  const arm = (): void => {
    const rotation = own.rotation();
    timer.set(rotation && Date.parse(rotation.switchesAt));
  };
  const complete = async (): Promise<void> => {
    const isCompleted = own.complete();
    if (isCompleted) await recordOwnKeys({ audited, bus, own });
    arm();
    if (isCompleted) await bus.request('mesh.reopen', {}).catch(notReopened);
  };
  return {
    arm,
    complete,
    stop: timer.stop,
    rotate: async (compromised: boolean): Promise<RotationBegun> => {
      const news = await own.begin(compromised);
      await recordOwnKeys({ audited, bus, own });
      const status = own.rotation();
      if (!status) throw new CaroError('internal', 'expected a rotation in progress, found none');
      const told = await bus.request('peers.announce', news);
      await complete();
      return { ...status, told };
    },
  };
}

/** The rotation is complete all the same, so the owner must not order another one. */
function notReopened(error: unknown): never {
  if (!(error instanceof CaroError)) throw error;
  throw new CaroError(
    error.code,
    `the key has changed, but the mesh could not be opened with it; the service tries again within a quarter of an hour: ${error.message}`,
    { cause: error },
  );
}

const AUDITED_IDENTITY = 'audited_identity';
const AUDITED_ROTATION = 'audited_rotation';

/**
 * Records changes of this node's key in the audit log, including those made while the service was
 * stopped. The statement is part of the record, so that the log by itself proves by which keys its
 * checkpoints are signed.
 */
export async function recordOwnKeys({
  audited,
  bus,
  own,
}: Pick<KeyRegistryPorts, 'audited' | 'bus' | 'own'>): Promise<void> {
  const identity = own.identity();
  const known = audited.get(AUDITED_IDENTITY);
  if (known !== identity.id) {
    const steps = known === undefined ? [] : own.stepsFrom(known);
    for (const step of steps) await bus.request('audit.append', { type: 'rotation.completed', details: plain(step) });
    if (steps.length === 0) {
      const { fingerprint, createdAt } = identity;
      await bus.request('audit.append', { type: 'identity.created', details: { fingerprint, createdAt } });
    }
    audited.set(AUDITED_IDENTITY, identity.id);
  }
  const [rotation, next] = [own.rotation(), own.nextStep()];
  if (!rotation || !next) return;
  const mark = `${rotation.to} ${rotation.compromised}`;
  if (audited.get(AUDITED_ROTATION) === mark) return;
  const { compromised, switchesAt } = rotation;
  await bus.request('audit.append', { type: 'rotation.begun', details: { ...plain(next), compromised, switchesAt } });
  audited.set(AUDITED_ROTATION, mark);
}

const plain = ({ from, to, statement }: KeyStep) => ({ from, to, statement: plainEnvelope(statement) });

const plainEnvelope = ({ payloadType, payload, signatures }: DualEnvelope) => ({
  payloadType,
  payload,
  signatures: signatures.map((signature) => ({ ...signature })),
});
