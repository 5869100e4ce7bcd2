import { describe, expect, test } from '@jest/globals';
import type { Actor } from '../../src/bus/actor.ts';
import { Bus } from '../../src/bus/bus.ts';
import { Supervised, type SupervisorOptions } from '../../src/bus/supervisor.ts';
import { CaroError } from '../../src/domain/errors.ts';

interface Watched {
  readonly bus: Bus;
  readonly actor: Supervised;
  readonly crashes: unknown[];
  readonly degraded: string[];
  readonly made: () => number;
}

const LIMITS = {
  backoffMs: () => 1,
  maxCrashes: 3,
  windowMs: 60_000,
  startMs: 50,
  stopMs: 50,
  now: () => performance.now(),
} as const;

/** An actor that answers `stats.read` with what `handle` says. */
async function watched(
  handle: (since: string | undefined) => unknown,
  options: Partial<SupervisorOptions> = {},
): Promise<Watched> {
  const bus = new Bus();
  const crashes: unknown[] = [];
  const degraded: string[] = [];
  let made = 0;
  const create = (): Actor<'stats.read'> => {
    made += 1;
    return { name: 'router', handlers: { 'stats.read': ({ since }) => handle(since) as never } };
  };
  const actor = new Supervised({ name: 'router', capacity: 8, policy: 'wait', create }, bus, {
    ...LIMITS,
    onCrash: (_name, error) => crashes.push(error),
    onDegraded: (name) => degraded.push(name),
    ...options,
  });
  await actor.start();
  return { bus, actor, crashes, degraded, made: () => made };
}

describe('Supervised', () => {
  test('an expected error is returned to the sender and restarts nothing', async () => {
    const { bus, actor, made } = await watched(() => {
      throw new CaroError('not_found', 'nothing there');
    });
    await expect(bus.request('stats.read', {})).rejects.toMatchObject({ code: 'not_found' });
    expect(made()).toBe(1);
    expect(actor.status()).toMatchObject({ state: 'running', failed: 1, restarts: 0 });
  });

  test('after a crash the actor restarts and handles the messages that waited', async () => {
    let calls = 0;
    const { bus, crashes, made, actor } = await watched(() => {
      calls += 1;
      if (calls === 1) throw new Error('defect');
      return calls;
    });
    const first = bus.request('stats.read', {});
    const second = bus.request('stats.read', {});
    await expect(first).rejects.toThrow('defect');
    expect(await second).toBe(2);
    expect(made()).toBe(2);
    expect(crashes).toHaveLength(1);
    expect(actor.status()).toMatchObject({ state: 'running', restarts: 1, handled: 1, failed: 1 });
  });

  test('an actor that crashes too often is degraded: its messages fail at once and status shows it', async () => {
    const { bus, actor, degraded } = await watched(() => {
      throw new Error('defect');
    });
    const outcomes: string[] = [];
    for (let call = 0; call < 6; call += 1) {
      await bus.request('stats.read', {}).catch((error: unknown) => outcomes.push((error as CaroError).code));
    }
    expect(degraded).toEqual(['router']);
    expect(actor.status().state).toBe('degraded');
    expect(outcomes.slice(4)).toEqual(['actor_degraded', 'actor_degraded']);
  });

  test('stopping handles the waiting messages first and rejects later ones', async () => {
    const { bus, actor } = await watched((since) => since);
    const answers = Promise.all(['a', 'b', 'c'].map((since) => bus.request('stats.read', { since })));
    await actor.stop();
    expect(await answers).toEqual(['a', 'b', 'c']);
    await expect(bus.request('stats.read', {})).rejects.toMatchObject({ code: 'internal' });
  });

  test('an actor that is still busy at its time limit is ended nevertheless, and its timers with it', async () => {
    const bus = new Bus();
    let isEnded = false;
    const create = (): Actor<'stats.read'> => ({
      name: 'router',
      handlers: { 'stats.read': () => new Promise<never>(() => undefined) },
      stop: () => {
        isEnded = true;
      },
    });
    const actor = new Supervised({ name: 'router', capacity: 8, policy: 'wait', create }, bus, {
      ...LIMITS,
      onCrash: () => undefined,
      onDegraded: () => undefined,
    });
    await actor.start();
    const lost = bus.request('stats.read', {}, 200).catch((error: unknown) => (error as CaroError).code);
    await expect(actor.stop()).rejects.toThrow('router to empty its mailbox within 50 ms');
    expect(isEnded).toBe(true);
    expect(await lost).toBe('deadline_exceeded');
  });

  test('a hanging stop is ended at its time limit with an error that names the actor', async () => {
    const { bus, actor } = await watched(() => new Promise(() => undefined));
    const lost = bus.request('stats.read', {}, 200).catch((error: unknown) => (error as CaroError).code);
    await expect(actor.stop()).rejects.toThrow('router to empty its mailbox within 50 ms');
    expect(await lost).toBe('deadline_exceeded');
  });
});

test('a concurrent kind is handled outside the mailbox and delays no other message', async () => {
  const bus = new Bus();
  let release: (() => void) | undefined;
  const create = (): Actor<'stats.read' | 'events.list'> => ({
    name: 'router',
    concurrent: ['stats.read'],
    handlers: {
      'stats.read': () =>
        new Promise<never>((resolve) => {
          release = () => resolve('late' as never);
        }),
      'events.list': () => [],
    },
  });
  const actor = new Supervised({ name: 'router', capacity: 8, policy: 'wait', create }, bus, {
    ...LIMITS,
    onCrash: () => undefined,
    onDegraded: () => undefined,
  });
  await actor.start();
  const waiting = bus.request('stats.read', {});
  expect(await bus.request('events.list', {})).toEqual([]);
  release?.();
  expect(await waiting).toBe('late');
});

/** A restart that must not come would have come by then. */
const longerThanThePause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/**
 * An actor whose `stats.read` is handled beside the mailbox, and what decides how each of them
 * ends.
 */
async function besides(options: Partial<SupervisorOptions> = {}) {
  const bus = new Bus();
  const life: string[] = [];
  const failing: ((error: Error) => void)[] = [];
  let made = 0;
  const create = (): Actor<'stats.read' | 'events.list'> => {
    made += 1;
    const name = String(made);
    return {
      name,
      concurrent: ['stats.read'],
      start: () => void life.push(`start ${name}`),
      stop: () => void life.push(`stop ${name}`),
      handlers: {
        'stats.read': () => new Promise<never>((_resolve, reject) => failing.push(reject)),
        'events.list': () => [],
      },
    };
  };
  const crashes: unknown[] = [];
  const actor = new Supervised({ name: 'router', capacity: 8, policy: 'wait', create }, bus, {
    ...LIMITS,
    onCrash: (_name, error) => crashes.push(error),
    onDegraded: () => undefined,
    ...options,
  });
  await actor.start();
  const ask = (): Promise<unknown> => bus.request('stats.read', {}).catch((error: unknown) => error);
  return { bus, actor, life, failing, crashes, ask };
}

describe('a concurrent request', () => {
  test('restarts the actor once, even if several fail at the same time', async () => {
    const { actor, ask, bus, failing, life } = await besides();
    const asked = [ask(), ask(), ask()];
    await bus.request('events.list', {});
    for (const fail of failing) fail(new Error('defect'));
    await Promise.all(asked);
    expect(await bus.request('events.list', {})).toEqual([]);
    await longerThanThePause();
    await actor.stop();
    expect(life).toEqual(['start 1', 'stop 1', 'start 2', 'stop 2']);
    expect(actor.status()).toMatchObject({ state: 'stopped', restarts: 1 });
  });

  test('does not restart an actor that has been stopped', async () => {
    const { actor, ask, bus, crashes, failing, life } = await besides({ backoffMs: () => 0 });
    const asked = ask();
    await bus.request('events.list', {});
    await actor.stop();
    failing[0]?.(new Error('the database is closed'));
    await asked;
    await longerThanThePause();
    expect(crashes).toHaveLength(1);
    expect(life).toEqual(['start 1', 'stop 1']);
    expect(actor.status().state).toBe('stopped');
  });
});

test('an actor whose stop hangs is restarted nevertheless', async () => {
  const bus = new Bus();
  let made = 0;
  const create = (): Actor<'stats.read'> => {
    made += 1;
    return {
      name: 'router',
      stop: () => (made === 1 ? new Promise<void>(() => undefined) : undefined),
      handlers: {
        'stats.read': () => {
          if (made === 1) throw new Error('defect');
          return 'well' as never;
        },
      },
    };
  };
  const crashes: string[] = [];
  const actor = new Supervised({ name: 'router', capacity: 8, policy: 'wait', create }, bus, {
    ...LIMITS,
    stopMs: 20,
    onCrash: (_name, error) => crashes.push(String(error)),
    onDegraded: () => undefined,
  });
  await actor.start();
  await expect(bus.request('stats.read', {})).rejects.toThrow('defect');
  expect(await bus.request('stats.read', {})).toBe('well');
  expect(crashes.at(-1)).toContain('router to stop within 20 ms');
  await actor.stop();
});
