import { describe } from '@jest/globals';
import { LineSplitter } from '../../src/admin/line-splitter.ts';
import { decodeReply, decodeRequest, encodeError } from '../../src/admin/protocol.ts';
import { isExposed, REQUESTS } from '../../src/bus/requests.ts';
import { bodyValidators, validateSubscribe } from '../../src/generated/body-validators.js';
import { decodeFromPage } from '../../src/web/daemon/page-messages.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { CANARY, holds, refusing, same } from './rig/invariants.ts';

const ID = 'caro:ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const request = (method: string, params: unknown = {}): Buffer =>
  Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
const SEEDS = [
  request('service.status'),
  request('events.list', { limit: 10, text: CANARY, risk: 'high', tool: 'git', since: '2026-01-01T00:00:00.000Z' }),
  request('policy.explain', { id: ID, address: '10.0.0.1', action: 'query', queryType: 'tool-usage' }),
  request('mesh.query', { type: 'safety-posture', timeoutMs: 500 }),
  request('peers.join', { code: 'AAAAA-BBBBB' }),
  request('audit.list', { limit: 5, before: 9, type: 'query.sent' }),
  request('subscribe', { topics: ['event', 'mesh'] }),
];

describe('what comes in from other processes', () => {
  fuzzTest({
    name: 'a line of the control socket is a request or an error in its own words, and parameters fit or do not',
    seeds: SEEDS,
    words: Object.keys(REQUESTS),
    isJson: true,
    run: (input) => {
      const read = refusing(['json_invalid', 'request_invalid'], () => decodeRequest(input));
      refusing(['json_invalid'], () => decodeReply(input));
      if (!read) return;
      const { method, params } = read;
      if (isExposed(method, 'command-line')) bodyValidators[method](params);
      else validateSubscribe(params);
      holds('an error is one line of JSON', JSON.parse(encodeError(read.id ?? null, new Error(CANARY))) !== null);
      holds('a defect tells nothing', !encodeError(null, new Error(CANARY)).includes(CANARY));
    },
  });

  fuzzTest({
    name: 'bytes make the same lines however they are cut, and never longer ones than agreed',
    seeds: [Buffer.from('{"a":1}\n{"b":2}\n'), Buffer.from('\n\n\nx'), Buffer.alloc(200, 0x61)],
    words: ['\n', 'x'.repeat(60)],
    run: (input) => {
      const most = 100;
      const read = (pieces: readonly Buffer[]): readonly string[] | 'too long' => {
        const splitter = new LineSplitter(most);
        const lines: string[] = [];
        for (const piece of pieces) {
          const found = splitter.push(piece);
          if (found === 'too long') return found;
          lines.push(...found.map((line) => Buffer.from(line).toString('latin1')));
        }
        return lines;
      };
      const whole = read([input]);
      const step = 1 + ((input[0] ?? 0) % 7);
      const pieces = Array.from({ length: Math.ceil(input.length / step) }, (_, at) =>
        input.subarray(at * step, (at + 1) * step),
      );
      same('lines', read(pieces), whole);
      const parts = input.toString('latin1').split('\n');
      same(
        'too long',
        whole === 'too long',
        parts.some((part) => part.length > most),
      );
      if (whole !== 'too long') same('all lines', whole, parts.slice(0, -1));
    },
  });

  fuzzTest({
    name: 'a message of the dashboard’s process is one of its shapes or nothing',
    seeds: [
      { type: 'ask', id: 1, kind: 'audit.list', body: { limit: 5 } },
      {
        type: 'act',
        id: 2,
        kind: 'settings.change',
        body: { set: 'trust', id: ID, level: 'peer' },
        proof: { cookie: 'c', pageToken: 'p' },
      },
      { type: 'redeem', id: 3, login: 'x', cookieHash: 'a'.repeat(64), pageHash: 'b'.repeat(64) },
      { type: 'rules', id: 4, ids: ['deletion.root'] },
      { type: 'leaving', received: 2 },
    ].map((message) => Buffer.from(JSON.stringify(message))),
    words: [
      'settings.change',
      'trust.confirm',
      'revoked',
      'lift',
      'mesh.query',
      'peers.join',
      'config.reload',
      'audit.append',
    ],
    isJson: true,
    run: (input) => {
      let value: unknown;
      try {
        value = JSON.parse(input.toString());
      } catch {
        return;
      }
      const message = decodeFromPage(value);
      if (message === null) return;
      holds('it is the value as it came', message === value);
      if (message.type === 'ask')
        holds(
          'it only reads',
          !['settings.change', 'trust.confirm', 'mesh.query', 'audit.append'].includes(message.kind),
        );
      if (message.type === 'act') holds('it brings a proof', typeof message.proof.cookie === 'string');
    },
  });
});
