import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AlertReport } from '../../src/domain/alerts/alert.ts';
import type { EgressLine } from '../../src/domain/audit/egress.ts';
import type { Report } from '../../src/domain/reports/report.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { makeCertificates, openReceiver, type Receiver } from '../alerts/receiver.ts';
import { parseFrames, parseSyslog } from '../alerts/syslog-grammar.ts';
import { seedYear } from '../rig/organisation-year.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { parsePrometheus } from '../rig/text/prometheus-text.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const services: TestService[] = [];
const receivers: Receiver[] = [];
const certificates = mkdtempSync(join(tmpdir(), 'caro-syslog-'));
afterAll(() => rmSync(certificates, { recursive: true }));
let trusted: ReturnType<typeof makeCertificates>;
let other: ReturnType<typeof makeCertificates>;
beforeAll(() => {
  trusted = makeCertificates(certificates, 'trusted');
  other = makeCertificates(certificates, 'other');
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.kill()));
  for (const receiver of receivers.splice(0)) receiver.close();
});

const yesterday = (): string => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const RULES = `
[[alerts]]
name = "risk-high"
measure = "risky"
above = 0.001
[[alerts]]
name = "nodes-few"
measure = "contributors"
below = 1
[[alerts]]
name = "not-known"
measure = "techniques.T9999"
above = 0
`;

/** A node with five weeks of totals and the rules above. */
async function analyst(syslog: string): Promise<string> {
  const home = folder();
  mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 });
  const { database } = openDatabase(join(home, 'data', 'caro.db'), Date.now());
  seedYear(database, { until: yesterday(), days: 35, units: 3 });
  database.close();
  await configure(home);
  appendFileSync(join(home, 'config', 'caro.toml'), `${RULES}${syslog}`);
  return home;
}
const syslogAt = (address: string, ca = trusted.ca, name = ''): string =>
  `[syslog]\naddress = "${address}"\nca = "${ca}"\nname = "${name}"\n`;
const start = async (home: string): Promise<TestService> => {
  const service = await startService(home);
  services.push(service);
  return service;
};
const receiver = async (files = trusted): Promise<Receiver> => {
  const opened = await openReceiver(files);
  receivers.push(opened);
  return opened;
};
const report = async (home: string): Promise<AlertReport> => {
  const [found] = await caroJson<AlertReport>(home, 'alerts', 'list', '--json');
  if (!found) throw new Error('expected a report');
  return found;
};
const messages = (one: Receiver) => parseFrames(one.received()).map(parseSyslog);

test('an alert is raised and sent once a day, also after kill -9, with its bytes in the ledger', async () => {
  const logs = await receiver();
  const home = await analyst(syslogAt(logs.address));
  const service = await start(home);
  await until(
    () => report(home),
    ({ raised }) => raised.some(({ sentAt }) => sentAt !== null),
  );
  await until(
    () => Promise.resolve(logs.received().length),
    (length) => length > 0,
  );
  const { states, raised } = await report(home);
  expect(states).toMatchObject([
    { rule: 'risk-high', isMet: true, until: yesterday() },
    { rule: 'nodes-few', isMet: false },
    { rule: 'not-known', isMet: false, value: null },
  ]);
  expect(raised).toMatchObject([{ rule: 'risk-high', condition: 'above' }]);
  const [sent, ...others] = messages(logs);
  expect(others).toEqual([]);
  expect(sent).toMatchObject({ severity: 4, msgId: 'ALERT', data: { 'caro@32473': { rule: 'risk-high' } } });

  const [entry] = (await caroJson<EgressLine>(home, 'egress', 'list')).filter(({ type }) => type === 'alert');
  expect(entry).toMatchObject({ recipient: 'syslog', address: logs.address, rule: 'syslog.address' });
  expect((await caro(home, 'week')).stdout).toMatch(/left this machine, to syslog\./);
  const shown = await caro(home, 'egress', 'list', '--show', String(entry?.seq), '--json');
  expect(shown.stdout).toContain('caro@32473');

  const families = parsePrometheus((await caro(home, 'metrics')).stdout);
  const names = families.map(({ name }) => name);
  const dashboard = readFileSync(join(__dirname, '../../config/grafana/caro-mesh-totals.json'), 'utf8');
  const wanted = new Set(dashboard.match(/caro_mesh_[a-z_]+/g));
  expect([...wanted].filter((name) => !names.includes(name))).toEqual([]);
  expect(families.find(({ name }) => name === 'caro_mesh_alert_active')?.samples).toContainEqual({
    labels: { rule: 'risk-high' },
    value: 1,
  });
  const [risky] = families.find(({ name }) => name === 'caro_mesh_totals_risky_per_thousand')?.samples ?? [];
  const rolling = await caro(home, 'report', '--period', 'week', '--rolling', '--format', 'json');
  expect(risky?.value).toBeCloseTo((JSON.parse(rolling.stdout) as Report).risky.rate ?? 0, 6);

  await service.kill();
  await start(home);
  expect((await caro(home, 'reload')).code).toBe(0);
  expect((await report(home)).raised).toHaveLength(1);
  expect(messages(logs)).toHaveLength(1);
});

test('an alert waits for a receiver that is away', async () => {
  const away = await receiver();
  const port = Number(away.address.split(':')[1]);
  away.close();
  const home = await analyst(syslogAt(away.address));
  await start(home);
  await until(
    () => report(home),
    ({ raised }) => raised.length === 1,
  );
  expect((await report(home)).raised[0]?.sentAt).toBeNull();
  const logs = await openReceiver(trusted, port);
  receivers.push(logs);
  writeFileSync(join(home, 'config', 'caro.toml'), '# changed\n', { flag: 'a' });
  await until(
    async () => {
      await caro(home, 'reload');
      return report(home);
    },
    ({ raised }) => raised[0]?.sentAt != null,
  );
  expect(messages(logs)).toHaveLength(1);
});

test('nothing is sent to a receiver that is not the one of the configuration', async () => {
  const logs = await receiver(other);
  const home = await analyst(syslogAt(logs.address));
  await start(home);
  const tried = await caro(home, 'alerts', 'test');
  expect([tried.code, tried.stderr]).toEqual([1, expect.stringContaining('certificate leads to syslog.ca')]);
  expect(logs.received()).toHaveLength(0);
  // Nothing was sent, so the ledger has nothing.
  expect((await caroJson<EgressLine>(home, 'egress', 'list')).filter(({ type }) => type === 'alert')).toEqual([]);
});

test('caro alerts test sends a test message and raises nothing', async () => {
  const logs = await receiver();
  const home = await analyst('');
  await start(home);
  await until(
    () => report(home),
    ({ raised }) => raised.length === 1,
  );
  appendFileSync(join(home, 'config', 'caro.toml'), syslogAt(logs.address, trusted.ca, 'logs.internal'));
  expect((await caro(home, 'reload')).code).toBe(0);
  const tried = await caro(home, 'alerts', 'test');
  expect([tried.code, tried.stdout]).toEqual([0, expect.stringContaining('A test message was sent')]);
  const found = await until(
    () => Promise.resolve(messages(logs)),
    (all) => all.some(({ msgId }) => msgId === 'TEST'),
  );
  expect(found.filter(({ msgId }) => msgId === 'TEST')).toMatchObject([{ severity: 6 }]);
  expect((await report(home)).raised).toHaveLength(1);
});

test('a receiver outside the network, or a rule with two conditions, is refused', async () => {
  for (const [text, reason] of [
    [syslogAt('203.0.113.7:6514'), 'internal IP address'],
    [syslogAt('logs.example:6514'), 'internal IP address'],
    ['[syslog]\naddress = "10.0.0.1:6514"\n', 'certificates'],
    ['[[alerts]]\nname = "a"\nmeasure = "risky"\nabove = 1\nbelow = 2\n', 'exactly one'],
    ['[[alerts]]\nname = "a"\nmeasure = "commands of ana"\nabove = 1\n', 'measure'],
    ['[[alerts]]\nname = "a"\nmeasure = "nodes.ana"\nabove = 1\n', 'expected risky'],
  ] as const) {
    const home = folder();
    await configure(home);
    appendFileSync(join(home, 'config', 'caro.toml'), `\n${text}`);
    const { code, stderr, stdout } = await caro(home, 'config', 'check');
    expect([code, `${stderr}${stdout}`]).toEqual([2, expect.stringContaining(reason)]);
  }
});
