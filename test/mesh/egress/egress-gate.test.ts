import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { AnsweredBody, QueryBody } from '../../../src/domain/answers/query.ts';
import type { EgressPorts } from '../../../src/mesh/egress/egress-checks.ts';
import { createEgressGate } from '../../../src/mesh/egress/egress-gate.ts';
import type { MeshPorts } from '../../../src/mesh/ports.ts';
import { DEFAULT_LIMITS } from '../../../src/mesh/transport/limits.ts';
import { until } from '../../rig/until.ts';
import { intrude, payloadOf } from '../hostile.ts';
import {
  bothConnected,
  codeOf,
  makeIdentity,
  makeSummary,
  makeTls,
  NO_DATA,
  QUESTION,
  random,
  startNode,
  startPair,
  stopAll,
} from '../rig.ts';

afterEach(stopAll);

const SOURCES = join(__dirname, '../../../src/mesh');
const refusedCodes = (audit: readonly { type: string; details?: Readonly<Record<string, unknown>> }[]): unknown[] =>
  audit.filter(({ type }) => type === 'egress.refused').map(({ details }) => details?.['code']);

describe('the egress gate', () => {
  test('and that of syslog are the only files of the mesh that write bytes to a socket', () => {
    const sends = /\.(send|write|ping|pong|end|cork|pipe)\(/;
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const callers = files.filter((file) =>
      readFileSync(join(SOURCES, file), 'utf8')
        .split('\n')
        // Functions of the gate have these names too.
        .some((line) => sends.test(line.replaceAll(/#?channel\.(send|ping|pong|end)\(/g, ''))),
    );
    expect(callers.sort()).toEqual(['egress/egress-gate.ts', 'egress/syslog-gate.ts']);
    const sockets = files.filter((file) => /from 'ws'/.test(readFileSync(join(SOURCES, file), 'utf8')));
    expect(sockets.sort()).toEqual([
      'egress/egress-gate.ts',
      ...['dialler', 'flow-control', 'link', 'listener'].map((name) => `transport/${name}.ts`),
    ]);
  });

  test('records in the ledger, byte for byte and in order, what the peer receives', async () => {
    const identity = makeIdentity();
    const victim = await startNode({ trusts: [identity.id] });
    const peer = await intrude(victim, identity, await makeTls(identity));
    peer.hello();
    peer.say({ ...peer.header(), type: 'query', body: QUESTION });
    await until(() => peer.received.length === 2);
    expect(victim.ledger.map(({ bytes }) => bytes)).toEqual(peer.received);
    expect(victim.ledger.map(({ type, recipient, address, rule }) => ({ type, recipient, address, rule }))).toEqual(
      ['hello', 'response'].map((type) => ({
        type,
        recipient: identity.id,
        address: '127.0.0.1',
        rule: 'trust.nodes',
      })),
    );
    peer.socket.terminate();
  });

  test('sends nothing that the policy denies, and records the refusal in the audit log', async () => {
    const decide: MeshPorts['decide'] = ({ type }) => ({ allow: type !== 'query', level: null, rule: 'sharing.level' });
    const pair = await startPair({ ports: { decide } });
    await bothConnected(pair);
    expect(await codeOf(pair.a.mesh.ask(pair.b.id, QUESTION, 1_000))).toBe('egress_denied');
    expect(pair.a.audit).toContainEqual({
      type: 'egress.refused',
      peer: pair.b.id,
      details: { code: 'egress_denied', type: 'query' },
    });
    expect(pair.a.ledger.map(({ type }) => type)).toEqual(['hello', 'layout']);
  });

  test('sends only pairing messages to an unpaired node, without asking the policy', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((listening) => server.once('listening', listening));
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((opened) => socket.once('open', opened));
    const asked: unknown[] = [];
    const left: unknown[] = [];
    const ports: EgressPorts = {
      decide: (message) => {
        asked.push(message);
        return { allow: true, level: null, rule: 'trust.nodes' };
      },
      check: () => null,
      record: (entries) => void left.push(...entries.map(({ type, rule }) => [type, rule])),
      audit: () => undefined,
    };
    const gate = createEgressGate({
      identity: makeIdentity(),
      now: Date.now,
      randomBytes: random,
      ports,
      limits: DEFAULT_LIMITS,
    });
    const session = Buffer.from(random(32)).toString('base64');
    const channel = gate.open(socket, { id: makeIdentity().id, address: '127.0.0.1', session, isPairing: true });
    const { document } = makeSummary(makeIdentity());
    expect(await codeOf(channel.send({ type: 'query', body: QUESTION }))).toBe('egress_denied');
    expect(await codeOf(channel.send({ type: 'response', body: NO_DATA }))).toBe('egress_denied');
    expect(await codeOf(channel.send({ type: 'summary', body: { document } }))).toBe('egress_denied');
    await channel.send({ type: 'goodbye', body: { reason: 'paired' } });
    expect([asked, left]).toEqual([[], [['goodbye', 'invite']]]);
    socket.terminate();
    server.close();
  });

  test('sends no body that breaks its closed schema', async () => {
    const pair = await startPair();
    await bothConnected(pair);
    const { a, b } = pair;
    const loose = { ...QUESTION, note: 'free text' } as QueryBody;
    expect(await codeOf(a.mesh.ask(b.id, loose, 1_000))).toBe('egress_schema');
    const canary = makeSummary(a.identity, { tools: [], patterns: [{ name: 'CANARY in a command', count: 1 }] });
    expect(await codeOf(a.mesh.deliver(b.id, canary.document, canary.id))).toBe('egress_schema');
    expect(refusedCodes(a.audit)).toEqual(['egress_schema', 'egress_schema']);
    expect(JSON.stringify(a.audit)).not.toContain('CANARY');
    expect(await a.mesh.ask(b.id, QUESTION, 1_000)).toEqual(NO_DATA);
  });

  test('sends no word outside the vocabulary, and checks the summary inside the document', async () => {
    const seen: unknown[] = [];
    const check: MeshPorts['check'] = (type, content) => {
      if (type === 'summary') seen.push(content);
      return type === 'summary' ? 'a pattern is not in the catalogue' : null;
    };
    const pair = await startPair({ ports: { check } });
    await bothConnected(pair);
    const { id, document } = makeSummary(pair.a.identity);
    expect(await codeOf(pair.a.mesh.deliver(pair.b.id, document, id))).toBe('egress_schema');
    expect(seen).toMatchObject([{ id, node: pair.a.id }]);
    expect(pair.b.summaries).toEqual([]);
  });

  test('sends nothing that could not be written to the ledger, and continues the sequence afterwards', async () => {
    let isFull = false;
    const ledger: string[] = [];
    const record: MeshPorts['record'] = (entries) => {
      if (isFull) throw new Error('disk full');
      ledger.push(...entries.map(({ type }) => type));
    };
    const pair = await startPair({ ports: { record } });
    await bothConnected(pair);
    const { a, b } = pair;
    isFull = true;
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(a.mesh.ask(b.id, QUESTION, 1_000))));
    expect(codes).toEqual(['egress_unrecorded', 'egress_unrecorded', 'egress_unrecorded']);
    expect(b.queries).toEqual([]);
    isFull = false;
    expect(await a.mesh.ask(b.id, QUESTION, 1_000)).toEqual(NO_DATA);
    expect(ledger).toEqual(['hello', 'query']);
  });

  test('writes queries to many peers in one transaction', async () => {
    const self = makeIdentity();
    const peers = await Promise.all([1, 2, 3, 4].map(() => startNode({ trusts: [self.id] })));
    const asker = await startNode({
      identity: self,
      trusts: peers.map(({ id }) => id),
      peers: peers.map(({ id, address }) => ({ id, address })),
    });
    await until(() => peers.every(({ id }) => asker.mesh.isConnected(id)));
    asker.batches.length = 0;
    await Promise.all(peers.map(({ id }) => asker.mesh.ask(id, QUESTION, 2_000)));
    // Each comes after the layout that the asker reads.
    expect(asker.batches).toEqual([8]);
  });

  test('withholds an answer above the level of the asker, and responds that access is denied (FR-301)', async () => {
    const answer: AnsweredBody = {
      ...{
        result: 'answered',
        type: 'safety-posture',
        level: 1,
        spanHours: 24,
        layout: 'safety-posture/2',
        cells: [1],
      },
      summary: {},
    };
    const decide: MeshPorts['decide'] = ({ body }) => {
      const isTooDetailed = 'level' in body && body.level === 1;
      return { allow: !isTooDetailed, level: null, rule: 'trust.nodes' };
    };
    const pair = await startPair({}, { ports: { decide, onQuery: () => Promise.resolve(answer) } });
    await bothConnected(pair);
    expect(await pair.a.mesh.ask(pair.b.id, QUESTION, 2_000)).toEqual({
      result: 'access_denied',
      type: 'safety-posture',
    });
    expect(refusedCodes(pair.b.audit)).toEqual(['egress_denied']);
    expect(pair.b.ledger.map(({ type }) => type)).toEqual(['hello', 'response']);
    expect(pair.b.ledger.map(({ bytes }) => JSON.stringify(payloadOf(bytes))).join()).not.toContain('cells');
  });

  test('refuses to queue more messages for a peer that does not read', async () => {
    const identity = makeIdentity();
    const victim = await startNode({ trusts: [identity.id], limits: { backlogBytes: 64 * 1024, acknowledgeMs: 100 } });
    const peer = await intrude(victim, identity, await makeTls(identity));
    peer.hello();
    await until(() => victim.mesh.isConnected(identity.id));
    peer.socket.pause();
    const patterns = Array.from({ length: 3_000 }, (_, index) => ({ name: `tool${index}`, count: index }));
    let codes: string[] = [];
    for (let round = 0; round < 60 && !codes.includes('egress_backlog'); round += 1) {
      const summaries = Array.from({ length: 4 }, () => makeSummary(victim.identity, { patterns }));
      codes = await Promise.all(
        summaries.map(({ id, document }) => codeOf(victim.mesh.deliver(identity.id, document, id))),
      );
    }
    expect(codes).toContain('egress_backlog');
    peer.socket.terminate();
  });
});
