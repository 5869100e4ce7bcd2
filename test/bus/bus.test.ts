import { describe, expect, test } from '@jest/globals';
import { Bus } from '../../src/bus/bus.ts';
import { Mailbox } from '../../src/bus/mailbox.ts';
import { CaroError } from '../../src/domain/errors.ts';

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const quarter = { nowMs: 1, retentionMs: 1 };

describe('Bus', () => {
  test('a request reaches its handler and returns the reply', async () => {
    const bus = new Bus();
    const mailbox = new Mailbox('router', 4, 'wait');
    bus.connect('stats.read', mailbox);
    mailbox.open((letter) => {
      letter.settle.done({ answered: letter.kind });
      return Promise.resolve();
    });
    expect(await bus.request('stats.read', {})).toEqual({ answered: 'stats.read' });
  });

  test('a request without a handler, or with two, is an internal error', async () => {
    const bus = new Bus();
    await expect(bus.request('stats.read', {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('found 0'),
    });
    bus.connect('stats.read', new Mailbox('a', 1, 'wait'));
    bus.connect('stats.read', new Mailbox('b', 1, 'wait'));
    await expect(bus.request('stats.read', {})).rejects.toMatchObject({ message: expect.stringContaining('found 2') });
  });

  test('a request without an answer fails at its deadline', async () => {
    const bus = new Bus();
    const mailbox = new Mailbox('slow', 1, 'wait');
    bus.connect('stats.read', mailbox);
    mailbox.open(() => new Promise(() => undefined));
    await expect(bus.request('stats.read', {}, 5)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  test('messages of one mailbox are delivered one at a time and in order', async () => {
    const bus = new Bus();
    const mailbox = new Mailbox('collector', 100, 'wait');
    bus.connect('clock.quarter', mailbox);
    const seen: number[] = [];
    let inside = 0;
    let most = 0;
    mailbox.open(async (letter) => {
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      seen.push((letter.body as typeof quarter).nowMs);
      inside -= 1;
    });
    await Promise.all(
      Array.from({ length: 50 }, (_, nowMs) => bus.publish('clock.quarter', { nowMs, retentionMs: nowMs })),
    );
    await mailbox.drained();
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(most).toBe(1);
  });

  test('a full mailbox with the policy wait delays the sender and loses nothing', async () => {
    const bus = new Bus();
    const mailbox = new Mailbox('collector', 2, 'wait');
    bus.connect('clock.quarter', mailbox);
    let accepted = 0;
    const all = Promise.all(
      Array.from({ length: 10 }, (_, nowMs) =>
        bus.publish('clock.quarter', { nowMs, retentionMs: nowMs }).then(() => {
          accepted += 1;
        }),
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(accepted).toBe(2);
    const seen: unknown[] = [];
    mailbox.open((letter) => {
      seen.push(letter.body);
      return Promise.resolve();
    });
    await all;
    await mailbox.drained();
    expect(seen).toHaveLength(10);
  });

  test('a full mailbox with the policy refuse fails the request at once', async () => {
    const bus = new Bus();
    const mailbox = new Mailbox('router', 1, 'refuse');
    bus.connect('clock.quarter', mailbox);
    await bus.publish('clock.quarter', quarter);
    await expect(bus.publish('clock.quarter', quarter)).rejects.toMatchObject({ code: 'mailbox_full' });
  });

  test('requestAll waits for every handler and then throws the first failure', async () => {
    const bus = new Bus();
    const gate = deferred();
    const done: string[] = [];
    for (const name of ['a', 'b']) {
      const mailbox = new Mailbox(name, 4, 'wait');
      bus.connect('config.verify', mailbox);
      mailbox.open(async (letter) => {
        if (name === 'a') {
          letter.settle.failed(new CaroError('config_invalid', 'no'));
          gate.resolve();
          return;
        }
        await gate.promise;
        done.push(name);
        letter.settle.done(null);
      });
    }
    await expect(bus.requestAll('config.verify', {} as never)).rejects.toMatchObject({ code: 'config_invalid' });
    expect(done).toEqual(['b']);
  });
});
