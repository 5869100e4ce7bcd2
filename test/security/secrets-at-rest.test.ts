import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { caro } from '../rig/service.ts';
import { until } from '../rig/until.ts';
import { fillTemplate } from '../shell/secrets/templates.ts';
import { openTarget, type Target } from './rig.ts';

const random = 'Zx81kQpLm29RtYw4Nb7v';
/** What people type or paste by mistake, and the part of it that must not be kept. */
const TYPED: readonly (readonly [command: string, secret: string])[] = [
  [`ghp_${random}abcdefghijklmnop`, `ghp_${random}abcdefghijklmnop`],
  [`sudo glpat-${random}`, `glpat-${random}`],
  [`echo ok | sk_live_${random}ab`, `sk_live_${random}ab`],
  ['./bin/AKIAIOSFODNN7EXAMPLQ run', 'AKIAIOSFODNN7EXAMPLQ'],
  ['postgres://app:kestrel-4410@db/prod', 'kestrel-4410'],
  ['mysql -u root -pmarmot-7713 shop', 'marmot-7713'],
  ['curl -H "Authorization: Bearer qJ7zT2mW9xLp4VbN" https://api.example', 'qJ7zT2mW9xLp4VbN'],
  ['export DEPLOY_TOKEN=badger-9921-harbour', 'badger-9921-harbour'],
  ['PGPASSWORD=osprey-3310 psql -c "select 1"', 'osprey-3310'],
];

/** Four of five contexts of `contexts.txt`, with their secrets; a list shows no more commands. */
const GENERATED = readFileSync(join(__dirname, '../shell/secrets/contexts.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .filter((_, index) => index % 5 < 4)
  .map((line, round) => fillTemplate(line.slice(line.indexOf('|') + 1).replaceAll('⏎', '\n'), round))
  // A short one may occur in a file by chance.
  .map(({ command, secrets }) => ({ command, secrets: secrets.filter(({ length }) => length >= 8) }));

let target: Target;
beforeAll(async () => {
  target = await openTarget();
  await target.observe(GENERATED.map(({ command }) => command));
  await target.observe(TYPED.map(([command]) => command));
  await until(
    () => Promise.resolve(readdirSync(target.places.spool).filter((name) => name.startsWith('bash.'))),
    // The session's process is this one; its file stays until it has a successor, as that of a
    // living shell does.
    (names) => names.length <= 1,
  );
});
afterAll(() => target.close());

const filesBelow = (path: string): readonly string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path];

describe('a secret that was typed', () => {
  test('is in no field of a stored command: text, tools or rules', async () => {
    const events = JSON.stringify(await callAdmin(target.places.socket, 'events.list', { limit: 10_000 }));
    expect(TYPED.filter(([, secret]) => events.includes(secret)).map(([command]) => command)).toEqual([]);
    expect(events).toContain('‹redacted:github-token›');
  });

  test('is in no file of the service once the spool file is gone, nor in what commands of caro print', async () => {
    await caro(target.home, 'db', 'backup');
    const printed = await Promise.all(
      [['events', '--json'], ['events'], ['stats', '--json'], ['status', '--json'], ['audit', 'list'], ['doctor']].map(
        async (args) => {
          const { stdout, stderr } = await caro(target.home, ...args);
          return `${stdout}${stderr}`;
        },
      ),
    );
    const files = filesBelow(target.home).filter((path) => path.includes('/') && !path.startsWith(target.places.spool));
    expect(files.some((path) => path.endsWith('caro.db'))).toBe(true);
    const kept = [
      ...files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1')),
      ...printed,
    ];
    const found = TYPED.filter(([, secret]) => kept.some((text) => text.includes(secret)));
    expect(found.map(([command]) => command)).toEqual([]);
    const everything = [...kept, target.service.log()].join('\n');
    const leaked = GENERATED.filter(({ secrets }) => secrets.some((secret) => everything.includes(secret)));
    expect(GENERATED.length).toBeGreaterThan(700);
    expect(leaked.map(({ command }) => command)).toEqual([]);
  });

  test('does not reach the environment of the dashboard’s process, whatever the service was started with', async () => {
    await fetch(target.service.ready.dashboard);
    const { pid = 0 } = target.service.process;
    const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const environment = readFileSync(`/proc/${child}/environ`, 'latin1').split('\0').filter(Boolean);
    const names = environment.map((entry) => entry.split('=')[0] ?? '');
    expect(names).toContain('NODE_CHANNEL_FD');
    expect(names.filter((name) => !/^(?:TZ|NODE_ENV|NODE_CHANNEL_\w+)$/.test(name))).toEqual([]);
  });
});
