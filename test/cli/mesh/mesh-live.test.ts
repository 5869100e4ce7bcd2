/**
 * Two owners and their real services: from strangers to peers and back, by the command line alone.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { placesFrom } from '../../../src/config/places.ts';
import type { QueryResult } from '../../../src/domain/answers/query.ts';
import type { EgressLine, EgressMessage } from '../../../src/domain/audit/egress.ts';
import type { Explanation } from '../../../src/domain/policy/policy.ts';
import type { MeshStatus, PairedNode } from '../../../src/domain/status/status.ts';
import { decodeEnvelope, openEnvelope } from '../../../src/identity/envelope.ts';
import { openIdentity } from '../../../src/identity/identity.ts';
import { openShell, type ShellSession } from '../../rig/programs/pty.ts';
import {
  CARO,
  type CommandOutcome,
  caro,
  caroJson,
  configure,
  freePort,
  homeEnvironment,
  startService,
  type TestService,
} from '../../rig/service.ts';
import { until } from '../../rig/until.ts';

type Peer = MeshStatus['peers'][number];
const folder = mkdtempSync(join(tmpdir(), 'caro-mesh-cli-'));
const [ada, ben] = [join(folder, 'ada'), join(folder, 'ben')];
const services: TestService[] = [];
const terminals: ShellSession[] = [];
let adaAddress: string;

/** `caro …` with a line on stdin, as in a pipe. */
const piped = (home: string, input: string, ...args: readonly string[]): Promise<CommandOutcome> =>
  new Promise((done) => {
    const child = spawn(CARO, args, { env: homeEnvironment(home), stdio: 'pipe' });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        texts[name] += chunk.toString();
      });
    child.once('close', (code) => done({ code: code ?? -1, ...texts }));
    child.stdin.end(input);
  });

/** A terminal of the owner of a home, wide enough for one-line answers. */
async function terminal(home: string): Promise<ShellSession> {
  const { CARO_HOME = '' } = homeEnvironment(home);
  const session = await openShell({ shell: 'bash', env: { CARO_HOME, NO_COLOR: '1' } });
  terminals.push(session);
  return session;
}

const peerOf = async (home: string): Promise<Peer | undefined> => (await caroJson<Peer>(home, 'peers', 'list'))[0];
const stateOf = async (home: string): Promise<string | undefined> => (await peerOf(home))?.state;
const ask = async (home: string, type: string): Promise<QueryResult> => {
  const [result] = await caroJson<QueryResult>(home, 'mesh', 'query', type, '--timeout', '5s');
  if (!result) throw new Error('no answer');
  return result;
};

beforeAll(async () => {
  for (const [home, name] of [
    [ada, 'ada'],
    [ben, 'ben'],
  ] as const) {
    const address = `127.0.0.1:${await freePort()}`;
    if (home === ada) adaAddress = address;
    await configure(
      home,
      `[node]\nname = "${name}"\n[dashboard]\nport = 0\n[mesh]\nenabled = true\nlisten = "${address}"\n[sharing]\nlevel = 1\n`,
    );
    services.push(await startService(home));
  }
});
afterAll(async () => {
  for (const session of terminals) await session.close();
  for (const service of services) await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('two owners', () => {
  test('refuse a code that is none, and a stranger without an invite', async () => {
    expect(await piped(ben, 'no code at all\n', 'peers', 'join')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('expected the code that "caro peers invite" printed'),
    });
    expect(await caroJson(ben, 'peers', 'list')).toEqual([]);
  });

  test('are both told of a pairing that the inviting node cannot store', async () => {
    const file = placesFrom(homeEnvironment(ada), ada).config;
    const valid = readFileSync(file, 'utf8');
    const here = await terminal(ada);
    here.type(`${CARO} peers invite`);
    await here.waitFor('valid once, until');
    const code = /[0-9A-Z]{5}(-[0-9A-Z]{1,5}){10,}/.exec(here.screen())?.[0] ?? '';
    writeFileSync(file, `${valid}\nno settings`);
    const joined = await piped(ben, `${code}\n`, 'peers', 'join');
    const inviter = await here.waitForPrompt();
    writeFileSync(file, valid);
    expect(joined).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('could not store') });
    expect(inviter).toContain('ben proved the code but could not be stored');
    expect(await caroJson(ada, 'peers', 'list')).toEqual([]);
    expect(await caroJson(ben, 'peers', 'list')).toEqual([]);
  });

  test('pair by a code: on a terminal the one waits and the other is asked, and both see who it was', async () => {
    const [here, there] = [await terminal(ada), await terminal(ben)];
    here.type(`${CARO} peers invite`);
    await here.waitFor(/[0-9A-Z]{5}(-[0-9A-Z]{1,5}){10,}(?=\s)/);
    const code = /[0-9A-Z]{5}(-[0-9A-Z]{1,5}){10,}/.exec(here.screen())?.[0] ?? '';
    await here.waitFor('valid once, until');
    there.type(`${CARO} peers join`);
    await there.waitFor('Code: ');
    there.type(code);
    const [inviter, joiner] = [await here.waitForPrompt(), await there.waitForPrompt()];
    const [[adaIs], [benIs]] = await Promise.all([
      caroJson<PairedNode>(ada, 'identity', 'show'),
      caroJson<PairedNode>(ben, 'identity', 'show'),
    ]);
    expect(inviter).toContain(`paired with  ben`);
    expect(inviter).toContain(`fingerprint  ${benIs?.fingerprint}`);
    expect(inviter).toContain('caro trust set ben LEVEL');
    expect(joiner).toContain('paired with  ada');
    expect(joiner).toContain(`fingerprint  ${adaIs?.fingerprint}`);
    expect(joiner).toContain(`address      ${adaAddress}`);
    expect(joiner).toContain('caro trust set ada LEVEL');
  });

  test('know each other then, and trust each other no further', async () => {
    expect(await peerOf(ada)).toMatchObject({ name: 'ben', trust: 'untrusted' });
    expect(await peerOf(ben)).toMatchObject({ name: 'ada', trust: 'untrusted', address: adaAddress });
    expect(await ask(ada, 'node-health')).toMatchObject({ targets: [], aggregate: null });
    const records = await caroJson<{ readonly type: string }>(ben, 'audit', 'list', '--type', 'peer.paired');
    expect(records).toHaveLength(1);
  });

  test('connect as soon as both have set a level', async () => {
    expect((await caro(ada, 'trust', 'set', 'ben', 'peer')).stdout).toContain('in force\n');
    expect(await stateOf(ada)).not.toBe('connected');
    expect((await caro(ben, 'trust', 'set', 'ada', 'query_from')).stdout).toContain('in force\n');
    await until(
      async () => [await stateOf(ada), await stateOf(ben)],
      (states) => states.every((state) => state === 'connected'),
    );
    const { stdout } = await caro(ada, 'mesh', 'status');
    expect(stdout.split('\n')[0]).toBe(`listening on ${adaAddress}; 1 of 1 nodes connected`);
    expect(stdout).toMatch(/^ben {3}connected {2}- {7}now {3}0\.1\.0 {4}peer +[+-]\d+ ms/m);
  }, 20_000);

  test('get each other’s answer, with every target accounted for', async () => {
    const result = await ask(ada, 'node-health');
    const { counts, targets, contributors, withheld, aggregate, elapsedMs } = result;
    expect(Object.keys(result).sort()).toEqual(
      [
        ...['aggregate', 'contributors', 'counts', 'elapsedMs', 'since', 'targets', 'type', 'until'],
        ...['withheld', 'withheldBy', 'withheldCells'],
      ].sort(),
    );
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(targets.length);
    expect(targets).toMatchObject([{ name: 'ben', elapsedMs: expect.any(Number) }]);
    expect([contributors, withheld, aggregate, elapsedMs]).toEqual([
      counts.answered,
      'cohort_too_small',
      null,
      expect.any(Number),
    ]);

    const file = join(ada, 'config', 'caro.toml');
    const valid = readFileSync(file, 'utf8');
    writeFileSync(file, `${valid}\nno settings`);
    const asked = async () => (await caroJson(ben, 'audit', 'list', '--type', 'query.answered')).length;
    const before = await asked();
    const broken = await caro(ada, 'mesh', 'query', 'node-health');
    writeFileSync(file, valid);
    expect([broken.code, broken.stdout, await asked()]).toEqual([expect.any(Number), '', before]);
    expect(broken.code).not.toBe(0);

    const shown = await (await terminal(ada)).run(`${CARO} mesh query node-health`);
    expect(shown).toMatch(/^ben {3}(answered|no_data) /m);
    expect(shown).toContain('1 asked: 1 ');
    expect(shown).toContain('No sum is shown');
  }, 20_000);

  test('are told by explain exactly what the service decides', async () => {
    const [explanation] = await caroJson<Explanation>(ben, 'trust', 'explain', 'ada', '--query', 'node-health');
    expect(explanation).toMatchObject({
      decision: { allow: true, level: 1, rule: 'trust.nodes' },
      trust: 'query_from',
    });
  });

  test('see what left their machine, byte for byte', async () => {
    const lines = await caroJson<EgressLine>(ben, 'egress', 'list', '--peer', 'ada', '--limit', '100');
    const answer = lines.find(({ type }) => type === 'response');
    if (!answer) throw new Error('expected an answer in the ledger');
    const shown = await caro(ben, 'egress', 'show', String(answer.seq));
    const [message] = await caroJson<EgressMessage>(ben, 'egress', 'list', '--show', String(answer.seq));
    expect(shown.stdout).toBe(message?.bytes);
    expect(Buffer.byteLength(shown.stdout)).toBe(answer.size);
    expect(shown.stderr).toContain(`# to ${answer.recipient} at 127.0.0.1, allowed by trust.nodes\n`);
    const { publicKey } = openIdentity(join(ben, 'data', 'identity.key'));
    const envelope = decodeEnvelope(shown.stdout);
    expect(openEnvelope(envelope, publicKey)).toBeDefined();
    expect(await caro(ben, 'egress', 'show', '999999')).toMatchObject({ code: 1, stdout: '' });
    expect(await caroJson(ben, 'egress', 'list', '--peer', 'ada', '--limit', '1')).toHaveLength(1);
  });

  test('list the summaries of the other apart from their own', async () => {
    expect(await caroJson(ada, 'summary', 'list', '--from', 'ben')).toEqual([]);
    expect((await caro(ada, 'summary', 'list', '--from', 'ben')).stdout).toBe('No summaries from this node.\n');
    expect((await caro(ada, 'summary', 'list', '--from', 'carl')).code).toBe(1);
  });

  test('have doctor look at the mesh', async () => {
    const outcomes = await caro(ada, 'doctor', '--json');
    expect(outcomes.stderr).toBe('');
    const checks = outcomes.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly check: string; readonly state: string; readonly text: string });
    expect(checks).toContainEqual({ check: 'mesh peers', state: 'ok', text: '1 of 1 connected' });
    expect(checks.find(({ check }) => check === 'mesh settings')?.state).toBe('ok');
  }, 20_000);

  test('end it at once by revoking: the connection is gone, and the other is not let in again', async () => {
    expect((await caro(ben, 'trust', 'revoke', 'ada')).stdout).toContain('in force; any connection to it was closed');
    await until(
      async () => [await stateOf(ada), await stateOf(ben)],
      (states) => states.every((state) => state !== 'connected'),
    );
    expect(await ask(ada, 'node-health')).toMatchObject({ counts: { no_response: 1, answered: 0 } });
    await until(
      () => caroJson<{ readonly details: unknown }>(ben, 'audit', 'list', '--type', 'peer.disconnected'),
      (records) => records.length > 0,
    );
    const changed = await caroJson<{ readonly details: unknown }>(ben, 'audit', 'list', '--type', 'trust.changed');
    expect(changed.at(-1)).toMatchObject({ details: { nodes: {}, deny: { nodes: { added: [expect.any(String)] } } } });
  }, 20_000);
});
