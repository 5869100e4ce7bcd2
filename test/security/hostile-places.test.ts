import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Places, preparePlaces } from '../../src/config/places.ts';
import { CaroError } from '../../src/domain/errors.ts';
import { CARO, caro, homeEnvironment } from '../rig/service.ts';
import { openHome, requireOtherUser, write } from './rig.ts';

const PRECIOUS = 'precious\n';
let home: string;
let places: Places;
/** A file of the owner's that an attacker would like to have read, overwritten or loosened. */
let precious: string;
beforeEach(() => {
  ({ home, places } = openHome());
  preparePlaces(places);
  precious = join(home, 'precious');
  write(precious, PRECIOUS, 0o644);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const untouched = (): void => {
  expect([readFileSync(precious, 'utf8'), statSync(precious).mode & 0o777]).toEqual([PRECIOUS, 0o644]);
};

/** What is put in the place of a file or directory of the service. */
const PLANTS: Readonly<Record<string, (path: string) => void>> = {
  'a link to another file': (path) => symlinkSync(precious, path),
  'a link to nowhere': (path) => symlinkSync(join(home, 'nowhere'), path),
  'a FIFO': (path) => void execFileSync('mkfifo', ['-m', '600', path]),
  'a file that others may write': (path) => write(path, '', 0o602),
  'a file that others may read': (path) => write(path, '', 0o604),
};

/** All that the service opens by a name of its own. */
const FILES = {
  'caro.toml': () => places.config,
  'managed.toml': () => places.managed,
  'identity.key': () => places.identityKey,
  'identity.next.key': () => places.nextKey,
  'own-keys.json': () => places.statements,
  'peer-keys.json': () => places.peerKeys,
  'caro.db': () => places.database,
  'caro.db-wal': () => `${places.database}-wal`,
  'caro.db-shm': () => `${places.database}-shm`,
  'audit-head.json': () => places.auditHead,
  'tls.pem': () => places.tls,
  'caro.lock': () => places.lock,
  'in-hand': () => places.inHand,
  'caro.log': () => places.log,
} as const;

const refusal = (): string => {
  try {
    preparePlaces(places);
  } catch (error) {
    if (error instanceof CaroError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
};

describe.each(Object.entries(FILES))('the place of %s', (name, place) => {
  test.each(Object.entries(PLANTS))('with %s in it', (what, plant) => {
    plant(place());
    // The configuration may be a link into the owner's dotfiles; what it points to is judged, and a
    // link to nowhere is no file.
    if (name.endsWith('.toml') && what === 'a link to nowhere') expect(refusal()).toBe('taken');
    else expect(refusal()).toMatch(/^permissions_unsafe: .*(?:expected|chmod)/s);
    untouched();
    expect(existsSync(join(home, 'nowhere'))).toBe(false);
  });

  test('with a directory in it', () => {
    mkdirSync(place(), { mode: 0o700 });
    // In the place of the database it is set aside as a damaged one is.
    if (name === 'caro.db') expect(refusal()).toBe('taken');
    else expect(refusal()).toMatch(/^permissions_unsafe: .*expected a file, got a directory/s);
  });

  requireOtherUser()('of another user', () => {
    test('is refused, even where its mode is tight', () => {
      write(place(), '');
      chownSync(place(), 65_534, 65_534);
      expect(refusal()).toMatch(/^permissions_unsafe: .*expected owner 0, got 65534/s);
    });
  });
});

describe.each([
  ['data', () => places.data],
  ['spool', () => places.spool],
  ['backups', () => places.backups],
  ['runtime', () => places.runtime],
  ['state', () => places.state],
] as const)('the directory %s', (_name, place) => {
  test('is not used through a link, nor where others may enter it', () => {
    const real = `${place()}.real`;
    rmSync(place(), { recursive: true });
    mkdirSync(real, { mode: 0o700 });
    symlinkSync(real, place());
    expect(refusal()).toMatch(/^permissions_unsafe: .*expected a directory, got a symbolic link/s);
    expect(readdirSync(real, { withFileTypes: true }).filter((entry) => !entry.isDirectory())).toEqual([]);
    rmSync(place());
    mkdirSync(place());
    for (const mode of [0o711, 0o733, 0o755, 0o777]) {
      chmodSync(place(), mode);
      expect(refusal()).toMatch(/^permissions_unsafe: .*chmod 0700/s);
    }
  });
});

describe('the service itself', () => {
  const run = (): { readonly code: number | null; readonly shown: string } => {
    const { status, stderr } = spawnSync(CARO, ['service', 'run'], {
      env: homeEnvironment(home),
      encoding: 'utf8',
      timeout: 20_000,
    });
    return { code: status, shown: stderr };
  };

  test('does not start on a planted link, and says which and how to fix it', () => {
    symlinkSync(precious, `${places.database}-wal`);
    const { code, shown } = run();
    expect(code).toBe(1);
    expect(shown).toContain(`${places.database}-wal: expected a file, got a symbolic link`);
    untouched();
  });

  test('does not start on a FIFO in place of its configuration, nor wait for a writer', () => {
    execFileSync('mkfifo', ['-m', '600', places.config]);
    expect(run()).toMatchObject({ code: 1, shown: expect.stringContaining('got a special file') as unknown });
  });

  test('does not take over a socket place that holds something else', () => {
    write(places.config, '[dashboard]\nport = 0\n');
    write(places.socket, 'not a socket');
    expect(run()).toMatchObject({
      code: 1,
      shown: expect.stringContaining('expected a socket, got a file') as unknown,
    });
    expect(readFileSync(places.socket, 'utf8')).toBe('not a socket');
  });

  test('refuses a socket that others could use, although somebody answers on it', async () => {
    write(places.config, '[dashboard]\nport = 0\n');
    const server = createServer().listen(places.socket);
    await new Promise((listening) => server.once('listening', listening));
    chmodSync(places.socket, 0o666);
    const { code, shown } = run();
    await new Promise((closed) => server.close(closed));
    expect([code, shown]).toEqual([1, expect.stringContaining('other users have access')]);
  });
});

describe('a command that reads or writes a file that its user names', () => {
  const link = (name: string): string => {
    symlinkSync(precious, join(home, name));
    return join(home, name);
  };

  test('audit export writes through no link and leaves what it points to', async () => {
    await caro(home, 'init', '--quiet');
    const out = link('out.jsonl');
    const { code } = await caro(home, 'audit', 'export', '--out', out);
    expect(code).not.toBe(0);
    untouched();
  });

  test('db restore takes no FIFO, directory or text for a backup, and changes nothing', async () => {
    await caro(home, 'init', '--quiet');
    execFileSync('mkfifo', ['-m', '600', join(home, 'fifo')]);
    const before = readdirSync(dirname(places.database)).filter((name) => name.startsWith(basename(places.database)));
    for (const file of ['fifo', 'data', 'precious', 'missing']) {
      const { code, stderr } = await caro(home, 'db', 'restore', join(home, file));
      expect([file, code, stderr.includes('defect')]).toEqual([file, 1, false]);
    }
    expect(readdirSync(dirname(places.database)).filter((name) => name.startsWith(basename(places.database)))).toEqual(
      before,
    );
    untouched();
  });

  test('import takes no FIFO or directory for a history', async () => {
    execFileSync('mkfifo', ['-m', '600', join(home, 'fifo')]);
    for (const file of ['fifo', 'data', 'missing']) {
      const { code, stderr } = await caro(home, 'import', 'bash', '--file', join(home, file));
      expect([file, code, stderr.includes('expected a history file')]).toEqual([file, 1, true]);
    }
  });

  test('an import mark that was turned into a link is replaced, not written through', async () => {
    writeFileSync(join(home, 'history'), 'ls\n');
    symlinkSync(precious, join(places.data, 'imports.json'));
    symlinkSync(precious, join(places.data, 'imports.json.new'));
    expect(await caro(home, 'import', 'bash', '--file', join(home, 'history'))).toMatchObject({ code: 0 });
    untouched();
  });
});
