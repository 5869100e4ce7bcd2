import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { IntakePorts } from '../../src/actors/collector/spool-intake.ts';
import { end, rig, start, sweep, write } from '../rig/intake.ts';

describe('a backlog', () => {
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  /** Sessions that have ended, of more than one batch altogether. */
  const wait = (spool: string): number => {
    const sessions = Array.from({ length: 10 }, (_, session) => `bash.99.${session + 1}.0`);
    for (const name of sessions) write(spool, name, ...numbers.flatMap((number) => [start(number), end(number)]));
    return sessions.length * numbers.length;
  };

  test('lets pass what a shell has just written', async () => {
    const { spool, intake, commands } = rig();
    const waiting = wait(spool);
    const reader = intake();
    reader.beginSweep();
    await reader.next();
    write(spool, 'zsh.1.1.0', start(0, 'uptime'), end(0));
    reader.changed(['zsh.1.1.0']);
    await reader.next();
    expect(commands()).toContain('uptime');
    expect(commands().length).toBeLessThan(waiting);
  });

  test('is read while a shell writes more than a batch holds', async () => {
    const { spool, intake, commands } = rig();
    const waiting = wait(spool);
    const reader = intake();
    reader.beginSweep();
    const isBacklog = (command: string): boolean => command.startsWith('echo');
    for (let round = 0; round < 40 && commands().filter(isBacklog).length < waiting; round += 1) {
      const name = `zsh.1.1.${round}`;
      write(
        spool,
        name,
        ...numbers.flatMap((number) => [start(number + 300 * round, 'uptime'), end(number + 300 * round)]),
      );
      write(spool, name, ...numbers.map((number) => start(number + 300 * round + 100_000, `: ${'x'.repeat(300)}`)));
      reader.changed([name]);
      await reader.next();
    }
    expect(commands().filter(isBacklog)).toHaveLength(waiting);
    expect(commands()).toContain('uptime');
  });

  test('is found again after a batch that could not be committed', async () => {
    let isFull = true;
    const fails: IntakePorts['projects'] = {
      namesOf: () => (isFull ? Promise.reject(new Error('disk full')) : Promise.resolve(new Map())),
    };
    const { spool, intake, commands } = rig({ projects: fails });
    const waiting = wait(spool);
    const reader = intake();
    reader.beginSweep();
    await expect(reader.next()).rejects.toThrow('disk full');
    reader.startOver();
    expect(reader.hasMore).toBe(false);
    isFull = false;
    await sweep(reader);
    expect(commands()).toHaveLength(waiting);
    expect(readdirSync(spool)).toEqual([]);
  });
});
