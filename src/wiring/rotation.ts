import type { PeerKeyPorts, RotationPorts } from '../actors/mesh-gateway/mesh-gateway.ts';
import { CaroError } from '../domain/errors.ts';
import { recordOwnKeys } from '../keys/own-keys.ts';
import { createMetaStore } from '../storage/meta-store.ts';
import type { ServiceContext } from './service-context.ts';

/** The change of this node's own key, as the gateway brings it about. */
export function rotationPorts({ bus, database, ownKeys }: ServiceContext): RotationPorts {
  const meta = createMetaStore(database);
  const clock = createClock(() => void bus.publish('identity.due', {}).catch(() => undefined));
  return {
    begin: async (compromised) => {
      const news = await ownKeys.begin(compromised);
      await recordOwnKeys(ownKeys, meta, bus);
      const status = ownKeys.rotation();
      if (!status) throw new CaroError('internal', 'expected a change of key under way, there is none');
      return { ...status, news };
    },
    complete: async () => {
      const isCompleted = ownKeys.complete();
      if (isCompleted) await recordOwnKeys(ownKeys, meta, bus);
      return isCompleted;
    },
    arm: () => {
      const rotation = ownKeys.rotation();
      clock.set(rotation && Date.parse(rotation.switchesAt));
    },
    stop: clock.stop,
  };
}

/** What becomes of the keys of peers with time. */
export function peerKeyPorts({ bus, peerKeys }: ServiceContext): PeerKeyPorts {
  const clock = createClock(() => void bus.publish('keys.changed', {}).catch(() => undefined));
  return {
    settle: async () => {
      const keeper = await peerKeys.known();
      if (!keeper) return;
      await keeper.recordMoves(({ old: from, new: to, by }) =>
        bus.request('audit.append', { type: 'key.succeeded', peer: to, details: { from, by } }),
      );
      clock.set(keeper.nextMoveMs());
    },
    family: peerKeys.family,
    stop: clock.stop,
  };
}

/**
 * A timer that is set for longer than 24.8 days goes off at once; a clock that was put back by
 * years would have it do so for ever.
 */
const MAX_TIMER_MS = 3_600_000;

/**
 * Goes off at the time that was set last, or early, to be set again. A machine that slept is late:
 * the quarter-hour clock looks, too.
 */
function createClock(goOff: () => void): {
  readonly set: (atMs: number | null) => void;
  readonly stop: () => void;
} {
  let timer: NodeJS.Timeout | undefined;
  return {
    set: (atMs) => {
      clearTimeout(timer);
      if (atMs !== null) timer = setTimeout(goOff, Math.min(MAX_TIMER_MS, Math.max(1, atMs - Date.now())));
    },
    stop: () => clearTimeout(timer),
  };
}
