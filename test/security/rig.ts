/**
 * A real service with real commands in it, in a home that others may enter: only what lies inside
 * keeps them out.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { type Places, placesFrom } from '../../src/config/places.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { configure, startService, type TestService } from '../rig/service.ts';
import { spoolEntries } from '../rig/spooled-history.ts';
import { until } from '../rig/until.ts';

export interface Target {
  readonly home: string;
  readonly places: Places;
  readonly service: TestService;
  /** Hands commands over as a shell does and waits until they are stored. */
  readonly observe: (texts: readonly string[]) => Promise<readonly TerminalEvent[]>;
  readonly close: () => Promise<void>;
}

let sessions = 0;

/** A home of mode 0755 under the system's temporary directory. */
export function openHome(): { readonly home: string; readonly places: Places } {
  const home = mkdtempSync(join(tmpdir(), 'caro-target-'));
  chmodSync(home, 0o755);
  return { home, places: placesFrom({ CARO_HOME: home }, home) };
}

/** `prefix` is a command that runs the service. */
export async function openTarget(toml?: string, prefix: readonly string[] = []): Promise<Target> {
  const { home, places } = openHome();
  await configure(home, toml);
  const service = await startService(home, prefix);
  const stored = (): Promise<readonly TerminalEvent[]> => callAdmin(places.socket, 'events.list', { limit: 1_000 });
  return {
    home,
    places,
    service,
    observe: async (texts) => {
      const before = (await stored()).length;
      sessions += 1;
      const entries = texts.map((text, index) => ({
        text,
        startMs: Date.now() - 60_000 + index,
        durationMs: 1,
        exitCode: 0,
        cwd: '/srv',
      }));
      spoolEntries(places.spool, 'bash', entries, Date.now() + sessions, Date.now());
      return until(stored, (events) => events.length >= before + texts.length);
    },
    close: async () => {
      await service.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** nobody */
export const OTHER_UID = 65_534;
const AS_OTHER = ['setpriv', `--reuid=${OTHER_UID}`, `--regid=${OTHER_UID}`, '--clear-groups'] as const;

/**
 * `describe`, or a named skip where there is no root to become another user from. With CI=true that
 * fails the file instead.
 */
export function requireOtherUser(): typeof describe | typeof describe.skip {
  const [file, ...args] = AS_OTHER;
  if (process.getuid?.() === 0 && spawnSync(file, [...args, 'true']).status === 0) return describe;
  if (process.env['CI'] === 'true') throw new Error('CI needs root and setpriv, to act as a second user');
  return describe.skip;
}

/**
 * Runs a program text as the other user with a list of arguments; resolves with the JSON value that
 * it prints.
 */
export function asOther(program: string, args: readonly string[] = []): unknown {
  const [file, ...before] = AS_OTHER;
  const printed = execFileSync(file, [...before, process.execPath, '-e', program, '--', ...args], {
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed);
}

export const write = (file: string, text: string, mode = 0o600): void => {
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
};
