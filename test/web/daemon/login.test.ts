import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DashboardRig, loginOf, loginTokenIn, openRig, postLogin } from '../dashboard-rig.ts';

let rig: DashboardRig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('logging in', () => {
  test('the login file is readable by its owner only and has the token only in a POST form', async () => {
    const { file } = await rig.dashboard.mintLogin();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = loginTokenIn(file);
    expect(token).toHaveLength(43);
    expect(file).not.toContain(token);
  });

  test('a login returns a cookie that scripts cannot read and a page token, which together open the API', async () => {
    const { file } = await rig.dashboard.mintLogin();
    const answer = await postLogin(rig.dashboard, loginTokenIn(file));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const login = await loginOf(answer);
    expect((await rig.get('/api/status', login)).status).toBe(200);
  });

  test('a login link works once, and its file is removed after use', async () => {
    const { file } = await rig.dashboard.mintLogin();
    const token = loginTokenIn(file);
    expect((await postLogin(rig.dashboard, token)).status).toBe(200);
    const again = await postLogin(rig.dashboard, token);
    expect(again.status).toBe(403);
    expect(await again.text()).toContain('<h1>This login is no longer valid</h1>');
    expect(again.headers.get('set-cookie')).toBeNull();
    expect(() => statSync(file)).toThrow(/ENOENT/);
  });

  test('a made-up token is refused with the locked page', async () => {
    const answer = await postLogin(rig.dashboard, 'A'.repeat(43));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('caro dashboard');
  });

  test('accepted and refused logins are recorded', async () => {
    await rig.login();
    await postLogin(rig.dashboard, 'B'.repeat(43));
    const records = await rig.bus.request('audit.list', { limit: 50 });
    expect(records.map((record) => record.type)).toEqual(
      expect.arrayContaining(['dashboard.login', 'dashboard.refused']),
    );
  });

  test('logging out ends the login at once', async () => {
    const login = await rig.login();
    const answer = await fetch(`${rig.dashboard.url}api/logout`, {
      method: 'POST',
      headers: { cookie: login.cookie, 'x-caro-token': login.token, origin: rig.dashboard.url.slice(0, -1) },
    });
    expect(answer.status).toBe(204);
    expect((await rig.get('/api/status', login)).status).toBe(401);
  });
});
