import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { LONG } from '../../src/actors/collector/rating.ts';
import { type Places, placesFrom } from '../../src/config/places.ts';
import { openReadOnly } from '../../src/storage/database.ts';
import { configure } from '../rig/service.ts';
import { spoolEntries } from '../rig/spooled-history.ts';
import { until } from '../rig/until.ts';
import { startService } from './rig/rig.ts';

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

const SECRETS = Array.from({ length: 16 }, (_, index) => `kestrel-${4410 + index}-harbour`);

/** Long enough that a thread rates it, and that it takes that thread a while. */
const longCommand = (secret: string): string =>
  `bash <<'EOF'\n${`mysql -u root -p${secret} -e 'select 1';\n`.repeat(2_500)}EOF\n`;

const filesBelow = (path: string): readonly string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path];

/** Files outside the spool that hold a secret as it was typed. */
const leaks = (home: string, { spool }: Places): readonly string[] =>
  filesBelow(home)
    .filter((path) => !path.startsWith(spool) && statSync(path).isFile())
    .filter((path) => SECRETS.some((secret) => readFileSync(path, 'latin1').includes(secret)));

const stored = ({ database }: Places): readonly string[] => {
  const opened = openReadOnly(database);
  try {
    return opened.prepare('SELECT command FROM event').pluck().all() as string[];
  } finally {
    opened.close();
  }
};

describe('a service that ends while it rates a long command', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'stores nothing of it unmasked, and the next one stores it (%s)',
    async (signal) => {
      const home = mkdtempSync(join(tmpdir(), 'caro-long-'));
      homes.push(home);
      const places = placesFrom({ CARO_HOME: home }, home);
      await configure(home);
      const commands = SECRETS.map(longCommand);
      expect(Math.min(...commands.map(({ length }) => length))).toBeGreaterThan(LONG);
      const entries = commands.map((text, index) => ({
        text,
        startMs: Date.now() - 60_000 + index,
        durationMs: 1,
        exitCode: 0,
        cwd: '/srv',
      }));
      mkdirSync(places.spool, { recursive: true, mode: 0o700 });
      spoolEntries(places.spool, 'bash', entries, Date.now(), Date.now());

      const first = await startService(home);
      await (signal === 'SIGTERM' ? first.stop() : first.kill());
      expect(stored(places).length).toBeLessThan(commands.length);
      expect(leaks(home, places)).toEqual([]);
      expect(SECRETS.filter((secret) => first.log().includes(secret))).toEqual([]);

      const next = await startService(home);
      const events = await until(
        () => Promise.resolve(stored(places)),
        (found) => found.length === commands.length,
      );
      for (const command of events) expect(command).toMatch(/^bash <<'EOF'\nmysql -u root -p‹redacted:password› -e/);
      expect(leaks(home, places)).toEqual([]);
      await next.stop();
      expect(SECRETS.filter((secret) => next.log().includes(secret))).toEqual([]);
    },
  );
});
