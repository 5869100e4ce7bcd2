import { chownSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { caro, caroJson } from '../rig/service.ts';
import { asOther, OTHER_UID, openTarget, requireOtherUser, type Target } from './rig.ts';

const MARK = 'canary-3f9d';

/** Tries what a user could with a path; prints the outcome of each. */
const TRY_PATHS = `
const fs = require('node:fs');
const tries = {
  read: (path) => fs.readFileSync(path),
  list: (path) => fs.readdirSync(path),
  append: (path) => fs.appendFileSync(path, 'x'),
  plant: (path) => fs.writeFileSync(path + '/planted', 'x'),
  link: (path) => fs.symlinkSync('/etc/passwd', path + '/linked'),
  remove: (path) => fs.rmSync(path, { recursive: true }),
  move: (path) => fs.renameSync(path, path + '.moved'),
  open: (path) => fs.chmodSync(path, 0o777),
  own: (path) => fs.chownSync(path, process.getuid(), process.getgid()),
};
const outcome = (act) => { try { act(); return 'done'; } catch (error) { return error.code; } };
const all = {};
for (const path of process.argv.slice(1).filter((arg) => arg !== '--'))
  for (const [name, act] of Object.entries(tries)) all[name + ' ' + path] = outcome(() => act(path));
console.log(JSON.stringify(all));
`;

const TRY_SOCKET = `
const socket = require('node:net').connect(process.argv.at(-1));
socket.once('connect', () => { console.log('"connected"'); socket.destroy(); });
socket.once('error', (error) => console.log(JSON.stringify(error.code)));
`;

const TRY_DASHBOARD = `
const [port, ...paths] = process.argv.slice(1).filter((arg) => arg !== '--');
(async () => {
  const answers = {};
  for (const path of paths) {
    const answer = await fetch('http://localhost:' + port + path);
    answers[path] = [answer.status, await answer.text()];
  }
  const guess = await fetch('http://localhost:' + port + '/login', {
    method: 'POST', headers: { origin: 'null' }, body: new URLSearchParams({ login: 'A'.repeat(43) }),
  });
  answers['/login'] = [guess.status, await guess.text()];
  console.log(JSON.stringify(answers));
})();
`;

/** Every path below a folder, the folder itself among them. */
const below = (path: string): readonly string[] =>
  statSync(path).isDirectory() ? [path, ...readdirSync(path).flatMap((name) => below(join(path, name)))] : [path];

requireOtherUser()('a second user of the machine', () => {
  let target: Target;
  let children: readonly number[];
  beforeAll(async () => {
    // As a login shell of a careless user would start it.
    target = await openTarget(undefined, ['sh', '-c', 'umask 000; exec "$@"', 'sh']);
    await target.observe([`echo ${MARK}`, 'git status']);
    await caro(target.home, 'db', 'backup');
    await caroJson(target.home, 'dashboard');
    await fetch(target.service.ready.dashboard);
    children = descendants(target.service.process.pid ?? 0);
  });
  afterAll(() => target.close());

  test('can do nothing with any file or directory of the service, though it was started with a umask of 000', () => {
    const paths = ['config', 'data', 'run', 'state'].flatMap((name) => below(join(target.home, name)));
    expect(paths.map((path) => path.slice(target.home.length))).toEqual(
      expect.arrayContaining(['/data/identity.key', '/data/caro.db', '/data/spool', '/run/admin.sock']),
    );
    expect(paths.some((path) => /backups\/caro-.*\.db$/.test(path))).toBe(true);
    expect(paths.some((path) => /run\/login-.*\.html$/.test(path))).toBe(true);
    const outcomes = asOther(TRY_PATHS, paths) as Record<string, string>;
    expect(Object.keys(outcomes)).toHaveLength(9 * paths.length);
    expect(Object.entries(outcomes).filter(([, code]) => !['EACCES', 'EPERM', 'EISDIR'].includes(code))).toEqual([]);
  });

  test('finds no file or directory that a mode alone would open, should its parents be opened by mistake', () => {
    const loose = ['config', 'data', 'run', 'state']
      .flatMap((name) => below(join(target.home, name)))
      .filter((path) => (statSync(path).mode & 0o077) !== 0);
    expect(loose).toEqual([]);
  });

  test('is not let onto the control socket', () => {
    expect(asOther(TRY_SOCKET, [target.places.socket])).toBe('EACCES');
  });

  test('gets pages without data from the dashboard, and no login by guessing', () => {
    const port = new URL(target.service.ready.dashboard).port;
    const paths = ['/', '/api/events', '/%61pi/events', '/api/audit', '/api/live', '/api/openapi.json'];
    const answers = asOther(TRY_DASHBOARD, [port, ...paths]) as Record<string, [number, string]>;
    expect(Object.fromEntries(Object.entries(answers).map(([path, [status]]) => [path, status]))).toEqual({
      '/': 401,
      '/api/events': 401,
      '/%61pi/events': 401,
      '/api/audit': 401,
      '/api/live': 401,
      '/api/openapi.json': 401,
      '/login': 403,
    });
    expect(JSON.stringify(answers)).not.toContain(MARK);
  });

  test('sees no command, key or token in the processes of the service, nor their environment, memory or files', () => {
    const pids = [target.service.process.pid ?? 0, ...children].map(String);
    expect(pids.length).toBeGreaterThan(1);
    const seen = pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1')).join('\n');
    expect(seen).not.toMatch(new RegExp(`${MARK}|BEGIN|ed25519|token|login-`));
    const inside = pids.flatMap((pid) => ['environ', 'mem', 'maps', 'fd', 'cwd'].map((name) => `/proc/${pid}/${name}`));
    const outcomes = asOther(TRY_PATHS, inside) as Record<string, string>;
    const got = Object.entries(outcomes).filter(([what, code]) => /^(?:read|list) /.test(what) && code === 'done');
    expect(got).toEqual([]);
  });

  test('cannot end the service', () => {
    const kill = `try { process.kill(Number(process.argv.at(-1)), 'SIGKILL'); console.log('"done"') } catch (error) { console.log(JSON.stringify(error.code)) }`;
    expect(asOther(kill, [String(target.service.process.pid)])).toBe('EPERM');
  });

  test('that owns a file in the spool is not believed, and the file is counted instead of read', async () => {
    const file = join(target.places.spool, `bash.${process.pid}.1.0`);
    const made = join(target.home, 'forged');
    const forged = { type: 'both', command: 0, granularity: 1, startedAt: 1, text: 'forged-by-another' } as const;
    writeFileSync(made, encodeSpoolRecord(forged), { mode: 0o600 });
    chownSync(made, OTHER_UID, OTHER_UID);
    renameSync(made, file);
    const events = await target.observe(['echo after']);
    expect(events.map(({ command }) => command)).not.toContain('forged-by-another');
    expect(statSync(file).size).toBeGreaterThan(0);
  });
});

/** Processes that a process started, and theirs. */
function descendants(pid: number): readonly number[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  return [...own, ...own.flatMap(descendants)];
}
