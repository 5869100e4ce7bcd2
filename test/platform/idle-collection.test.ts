import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { serviceCommand } from '../../src/cli/service/command.ts';
import { createIdleCollection } from '../../src/platform/idle-collection.ts';
import { configure, homeEnvironment } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

/** A service that spends processor time as told, in ms, between the looks; `collected` counts. */
function rig(): { readonly look: (spentMs: number) => number; readonly freed: () => number } {
  let micros = 0;
  let collected = 0;
  let freed = 0;
  const look = createIdleCollection({
    cpuUsage: () => ({ user: micros, system: 0 }),
    collect: () => {
      collected += 1;
      micros += 40_000;
    },
    onFreed: () => {
      freed += 1;
    },
  });
  return {
    freed: () => freed,
    look: (spentMs) => {
      micros += spentMs * 1_000;
      look();
      return collected;
    },
  };
}

describe('collecting when the service falls quiet (NFR-101)', () => {
  const folder = temporaryFolders();

  it('collects at the first two quiet looks after the start, and not again without work', () => {
    const { look } = rig();
    expect([look(150), look(20), look(20), look(20)]).toEqual([0, 1, 2, 2]);
  });

  it('never collects while there is work', () => {
    const { look } = rig();
    expect(Array.from({ length: 50 }, () => look(2_000)).at(-1)).toBe(0);
  });

  it('collects twice after each burst, and after much light work', () => {
    const { look } = rig();
    look(0);
    expect([look(3_000), look(10), look(10), look(10)]).toEqual([1, 2, 3, 3]);
    expect(Array.from({ length: 5 }, () => look(90))).toEqual([3, 3, 3, 3, 4]);
  });

  it("says once after each burst that code was freed, when V8's own collections are over too", () => {
    const { look, freed } = rig();
    const quiet = (looks: number): number => {
      for (let count = 0; count < looks; count += 1) look(10);
      return freed();
    };
    expect([quiet(4), quiet(1), quiet(20)]).toEqual([0, 1, 1]);
    look(3_000);
    expect(quiet(3)).toBe(1);
    look(3_000);
    expect([quiet(4), quiet(1)]).toEqual([1, 2]);
  });

  it('is part of the service, with what its flags offer', async () => {
    const home = folder();
    await configure(home);
    const tracing = join(home, 'node');
    writeFileSync(tracing, `#!/bin/sh\nexec "${process.execPath}" --trace-gc "$@"\n`, { mode: 0o755 });
    const [program, ...args] = serviceCommand();
    const service = spawn(program, args, {
      env: { ...homeEnvironment(home), CARO_NODE: tracing },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    service.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    try {
      await until(
        () => Promise.resolve(said),
        (text) => text.includes('"ready":true') && /Mark-Compact.*testing/.test(text),
        25_000,
      );
    } finally {
      service.kill('SIGKILL');
    }
    expect(said).toMatch(/Mark-Compact/);
  });
});
