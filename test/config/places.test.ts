import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkPlaces, placesFrom, preparePlaces, prepareSpool } from '../../src/config/places.ts';
import { CaroError } from '../../src/domain/errors.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'caro-places-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const own = (): ReturnType<typeof placesFrom> => placesFrom({ CARO_HOME: home }, '/nowhere');
const mode = (path: string): number => lstatSync(path).mode & 0o777;

function failure(action: () => unknown): CaroError {
  try {
    action();
  } catch (error) {
    if (error instanceof CaroError) return error;
    throw error;
  }
  throw new Error('expected a CaroError, nothing was thrown');
}

describe('the places of a node', () => {
  test('follow the XDG defaults without any variable', () => {
    expect(placesFrom({}, '/home/ada')).toMatchObject({
      config: '/home/ada/.config/caro/caro.toml',
      managed: '/home/ada/.config/caro/managed.toml',
      data: '/home/ada/.local/share/caro',
      identityKey: '/home/ada/.local/share/caro/identity.key',
      database: '/home/ada/.local/share/caro/caro.db',
      tls: '/home/ada/.local/share/caro/tls.pem',
      spool: '/home/ada/.local/share/caro/spool',
      backups: '/home/ada/.local/share/caro/backups',
      socket: '/home/ada/.local/share/caro/run/admin.sock',
      log: '/home/ada/.local/state/caro/caro.log',
    });
  });

  test('follow the XDG variables, but not relative ones', () => {
    const env = {
      XDG_CONFIG_HOME: '/c',
      XDG_DATA_HOME: '/d',
      XDG_STATE_HOME: 'relative',
      XDG_RUNTIME_DIR: '/run/user/7',
    };
    expect(placesFrom(env, '/home/ada')).toMatchObject({
      config: '/c/caro/caro.toml',
      data: '/d/caro',
      socket: '/run/user/7/caro/admin.sock',
      log: '/home/ada/.local/state/caro/caro.log',
    });
  });

  test('all lie under CARO_HOME where it is set', () => {
    expect(placesFrom({ CARO_HOME: '/dir', XDG_RUNTIME_DIR: '/run/user/7', XDG_DATA_HOME: '/d' }, '/h')).toMatchObject({
      config: '/dir/config/caro.toml',
      data: '/dir/data',
      socket: '/dir/run/admin.sock',
      log: '/dir/state/caro.log',
    });
  });

  test('cannot be relative to the working directory', () => {
    expect(failure(() => placesFrom({ CARO_HOME: 'here' }, '/h')).code).toBe('usage');
  });
});

describe('preparing the places', () => {
  test('makes private directories whatever the umask, and does not judge CARO_HOME itself', () => {
    chmodSync(home, 0o755);
    const program = `process.umask(0o777);const p=require(${JSON.stringify(join(__dirname, '../../src/config/places.ts'))});p.preparePlaces(p.placesFrom({CARO_HOME:${JSON.stringify(home)}},''))`;
    execFileSync(process.execPath, ['--import', 'tsx', '-e', program], { stdio: 'inherit' });
    const places = own();
    for (const path of [
      places.data,
      places.spool,
      places.backups,
      places.runtime,
      places.state,
      dirname(places.config),
    ]) {
      expect([path, mode(path)]).toEqual([path, 0o700]);
    }
    preparePlaces(places);
  });

  test.each(['data', 'spool', 'runtime', 'state', 'backups'] as const)(
    'refuses a %s directory that others can read, and the line in the text mends it',
    (name) => {
      const places = own();
      preparePlaces(places);
      chmodSync(places[name], 0o750);
      const error = failure(() => preparePlaces(places));
      expect(error.code).toBe('permissions_unsafe');
      expect(error.message).toContain(`${places[name]}: expected mode 0700, got 0750`);
      execFileSync('sh', ['-c', error.message.split('to fix it: ')[1] ?? 'false']);
      preparePlaces(places);
    },
  );

  test.each(['config', 'managed', 'identityKey', 'database', 'tls', 'log'] as const)(
    'refuses a %s file that others can read',
    (name) => {
      const places = own();
      preparePlaces(places);
      writeFileSync(places[name], '');
      chmodSync(places[name], 0o604);
      expect(failure(() => preparePlaces(places)).message).toContain(`${places[name]}: expected mode 0600, got 0604`);
      chmodSync(places[name], 0o600);
      preparePlaces(places);
    },
  );

  test('refuses a data directory or a database behind a symbolic link', () => {
    const places = own();
    mkdirSync(join(home, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(home, 'elsewhere'), places.data);
    expect(failure(() => preparePlaces(places)).message).toContain('expected a directory, got a symbolic link');
    rmSync(places.data);
    preparePlaces(places);
    symlinkSync('/etc/hostname', places.database);
    expect(failure(() => checkPlaces(places)).message).toContain('expected a file, got a symbolic link');
  });

  test('takes a configuration that is a link into the dotfiles, and judges what it points to', () => {
    const places = own();
    preparePlaces(places);
    const target = join(home, 'dotfiles.toml');
    writeFileSync(target, '', { mode: 0o600 });
    symlinkSync(target, places.config);
    preparePlaces(places);
    chmodSync(target, 0o644);
    expect(failure(() => preparePlaces(places)).code).toBe('permissions_unsafe');
  });

  (process.getuid?.() === 0 ? test : test.skip)('refuses what belongs to another user (needs root)', () => {
    const places = own();
    preparePlaces(places);
    execFileSync('chown', ['65534', places.data]);
    const error = failure(() => preparePlaces(places));
    expect(error.code).toBe('permissions_unsafe');
    expect(error.message).toContain('expected owner 0, got 65534');
  });

  test('reports what occupies the path of a directory', () => {
    const places = own();
    writeFileSync(join(home, 'data'), '');
    const error = failure(() => preparePlaces(places));
    expect(error.code).toBe('place_unusable');
    expect(error.message).toContain('a file has its name');
  });

  test('refuses a home whose path is too long for the socket, and states the limit', () => {
    const error = failure(() => preparePlaces(placesFrom({ CARO_HOME: join(home, 'x'.repeat(100)) }, '')));
    expect(error.code).toBe('place_unusable');
    expect(error.message).toMatch(/at most 10[37] bytes, got \d+/);
  });

  test('creates the spool alone for a shell that starts before the service', () => {
    const places = own();
    prepareSpool(places);
    prepareSpool(places);
    expect(mode(places.spool)).toBe(0o700);
    expect(lstatSync(places.runtime, { throwIfNoEntry: false })).toBeUndefined();
  });
});
