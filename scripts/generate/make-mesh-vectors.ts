/**
 * Writes test/vectors/mesh/*.json from the RFC 8032 test keys and fixed times, so that every run
 * writes the same files. Usage: `npx tsx scripts/generate/make-mesh-vectors.ts`.
 */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECEIPT_TYPE, REPORT_TYPE } from '../../src/blind/documents.ts';
import { headBytes, reportBytes } from '../../src/blind/report-bytes.ts';
import { canonical, type Json } from '../../src/domain/encoding/canonical.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import type { Envelope } from '../../src/domain/identity/signed-envelope.ts';
import { encodeEnvelope, seal } from '../../src/identity/envelope.ts';
import { fingerprint } from '../../src/identity/fingerprint.ts';
import { signRevocation, signRotation } from '../../src/identity/key-statement.ts';
import { documentHash } from '../../src/identity/signed-document.ts';
import { pairingProof } from '../../src/mesh/pairing/invite.ts';
import { encodeInviteCode } from '../../src/mesh/pairing/invite-code.ts';
import { MESSAGE_TYPE } from '../../src/mesh/protocol/messages.ts';

const OUT = join('test', 'vectors', 'mesh');

/** RFC 8032 §7.1, tests 1 to 3: seed, public key. */
const KEYS = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  ],
] as const;

interface Signer {
  readonly id: string;
  readonly seed: string;
  readonly fingerprint: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

function signer(index: 0 | 1 | 2): Signer {
  const [seed, key] = KEYS[index];
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(Buffer.from(key, 'hex'));
  return {
    id: encodeNodeId(publicKey),
    seed,
    fingerprint: fingerprint(publicKey),
    sign: (message) => sign(null, message, privateKey),
  };
}

const [alice, bob, eve] = [signer(0), signer(1), signer(2)];
const NOW = Date.UTC(2026, 10, 23, 12);
/** Hash of a task. */
const TASK = Buffer.alloc(32, 0x7a).toString('base64');
const SESSION = Buffer.alloc(32, 0x5a).toString('base64');
const bytes = (name: string, count: number): Uint8Array =>
  new Uint8Array(createHash('sha256').update(name).digest().subarray(0, count));
const iso = (ms: number): string => new Date(ms).toISOString();

type Payload = { readonly [key: string]: Json };

/** A message of Alice to Bob. */
const payload = (sequence: number, type: string, body: Json, changes: Payload = {}): Payload => ({
  version: 1,
  type,
  sender: alice.id,
  recipient: bob.id,
  session: SESSION,
  sequence,
  time: iso(NOW),
  nonce: Buffer.from(bytes(`nonce ${sequence} ${type}`, 16)).toString('base64'),
  inReplyTo: null,
  body,
  ...changes,
});
const sealed = (value: Json, by: Signer = alice, mediaType = MESSAGE_TYPE): string =>
  encodeEnvelope(seal(mediaType, Buffer.from(canonical(value)), by));
const sealedText = (text: string): string => encodeEnvelope(seal(MESSAGE_TYPE, Buffer.from(text), alice));

/** A report of Alice's for Bob, the trustee of a task, and his receipt. */
const REPORT_HEAD = {
  type: 'caro.blind-report',
  version: 1,
  task: TASK,
  day: '2026-11-20',
  node: alice.id,
  role: 'trustee',
  nonce: Buffer.from(bytes('report nonce', 16)).toString('base64'),
  publicShare: Buffer.from(bytes('public share', 32)).toString('base64'),
} as const;
const REPORT = seal(REPORT_TYPE, reportBytes(headBytes(REPORT_HEAD), bytes('box', 32)), alice);
const RECEIPT = seal(
  RECEIPT_TYPE,
  Buffer.from(
    canonical({
      type: 'caro.blind-receipt',
      version: 1,
      task: TASK,
      day: '2026-11-20',
      node: alice.id,
      role: 'trustee',
      report: documentHash(REPORT),
      receivedAt: iso(NOW),
    }),
  ),
  bob,
);
/** An envelope as a part of a body. */
const part = (envelope: Envelope): Json => JSON.parse(encodeEnvelope(envelope)) as Json;

const HELLO = sealed(payload(0, 'hello', { rotations: [] }));
const QUERY = { type: 'safety-posture', spanHours: 24 };
const query = (changes: Payload = {}): Payload => payload(1, 'query', QUERY, changes);

interface Step {
  /** Time of the receiver's clock in ms since the epoch. */
  readonly nowMs: number;
  readonly text: string;
  /** Type of the accepted message, `skipped`, or the code of the refusal. */
  readonly expect: string;
}

const hello: Step = { nowMs: NOW, text: HELLO, expect: 'hello' };
const after = (text: string, expect: string, nowMs = NOW): readonly Step[] => [hello, { nowMs, text, expect }];
const skewedHello = (skewMs: number): string =>
  sealed(payload(0, 'hello', { rotations: [] }, { time: iso(NOW + skewMs) }));
const only = (text: string, expect: string): readonly Step[] => [{ nowMs: NOW, text, expect }];

const MESSAGES: Readonly<Record<string, readonly Step[]>> = {
  'a hello': [hello],
  'a hello that tells where its sender listens': only(
    sealed(payload(0, 'hello', { rotations: [], version: '1.2.3', listen: ['10.0.1.7:9238', '[fd00::7]:9238'] })),
    'hello',
  ),
  'a hello that tells of more places than a node may': only(
    sealed(
      payload(0, 'hello', { rotations: [], listen: Array.from({ length: 99 }, (_, port) => `10.0.1.7:${port + 1}`) }),
    ),
    'message_schema',
  ),
  'a hello whose place to listen is no text': only(
    sealed(payload(0, 'hello', { rotations: [], listen: [9238] })),
    'message_schema',
  ),
  'a hello and a query': after(sealed(query()), 'query'),
  'a refused answer': after(
    sealed(
      payload(
        1,
        'response',
        { result: 'access_denied', type: 'safety-posture' },
        { inReplyTo: 'AAAAAAAAAAAAAAAAAAAAAA==' },
      ),
    ),
    'response',
  ),
  'a summary-ack': after(sealed(payload(1, 'summary-ack', { id: '0'.repeat(32), result: 'stored' })), 'summary-ack'),
  'a blind-report': after(sealed(payload(1, 'blind-report', { report: part(REPORT) })), 'blind-report'),
  'a blind-report of another document': after(
    sealed(payload(1, 'blind-report', { report: part(RECEIPT) })),
    'message_schema',
  ),
  'a blind-receipt': after(sealed(payload(1, 'blind-receipt', { receipt: part(RECEIPT) })), 'blind-receipt'),
  'a blind-receipt with two signatures': after(
    sealed(
      payload(1, 'blind-receipt', {
        receipt: part({ ...RECEIPT, signatures: [...RECEIPT.signatures, ...RECEIPT.signatures] }),
      }),
    ),
    'message_schema',
  ),
  'a blind-log': after(sealed(payload(1, 'blind-log', { task: TASK, from: 0 })), 'blind-log'),
  'a blind-total': after(
    sealed(payload(1, 'blind-total', { task: TASK, day: '2026-11-20', block: 'organisation' })),
    'blind-total',
  ),
  'a blind-prepare': after(
    sealed(
      payload(1, 'blind-prepare', {
        task: TASK,
        day: '2026-11-20',
        reports: [{ node: eve.id, publicShare: 'AAAA', share: 'AAAA' }],
      }),
    ),
    'blind-prepare',
  ),
  'a blind-prepared with a message and a refusal': after(
    sealed(
      payload(1, 'blind-prepared', {
        answers: [
          { node: eve.id, message: 'AAAAAAAAAAAAAAAAAAAAAA==' },
          { node: bob.id, code: 'report_unknown' },
        ],
      }),
    ),
    'blind-prepared',
  ),
  'a blind-share': after(sealed(payload(1, 'blind-share', { nodes: '', box: 'AAAA' })), 'blind-share'),
  'a blind-entries of an empty log': after(
    sealed(payload(1, 'blind-entries', { size: 0, entries: [] })),
    'blind-entries',
  ),
  'a blind-refusal': after(sealed(payload(1, 'blind-refusal', { code: 'report_late' })), 'blind-refusal'),
  'a blind-refusal with a code that is in no list': after(
    sealed(payload(1, 'blind-refusal', { code: 'later' })),
    'message_schema',
  ),
  'a blind-prepared with both a message and a code': after(
    sealed(
      payload(1, 'blind-prepared', {
        answers: [{ node: eve.id, message: 'AAAAAAAAAAAAAAAAAAAAAA==', code: 'report_unknown' }],
      }),
    ),
    'message_schema',
  ),
  'a blind-total of a month': after(
    sealed(payload(1, 'blind-total', { task: TASK, day: '2026-11', block: 'organisation' })),
    'message_schema',
  ),
  'a goodbye': after(sealed(payload(1, 'goodbye', { reason: 'shutdown' })), 'goodbye'),
  'an unknown type is skipped and counts in the sequence': [
    hello,
    { nowMs: NOW, text: sealed(payload(1, 'weather', { sky: 'blue' })), expect: 'skipped' },
    { nowMs: NOW, text: sealed(payload(2, 'query', QUERY)), expect: 'query' },
  ],
  'a clock 5 minutes ahead still works, and later messages are dated by it': [
    { nowMs: NOW, text: skewedHello(300_000), expect: 'hello' },
    { nowMs: NOW, text: sealed(query({ time: iso(NOW + 300_000 - 300_000) })), expect: 'query' },
  ],
  'a message exactly 5 minutes old': after(sealed(query()), 'query', NOW + 300_000),
  'a clock more than 5 minutes ahead': only(skewedHello(300_001), 'clock_skewed'),
  'a clock more than 5 minutes behind': only(skewedHello(-300_001), 'clock_skewed'),
  'a message more than 5 minutes old': after(sealed(query()), 'message_stale', NOW + 300_001),
  'a message from more than 5 minutes ahead': after(sealed(query({ time: iso(NOW + 300_001) })), 'message_future'),
  'a signature by another key': after(sealed(query(), eve), 'message_forged'),
  'another sender': after(sealed(query({ sender: eve.id })), 'message_sender'),
  'another recipient': after(sealed(query({ recipient: eve.id })), 'message_recipient'),
  'another session': after(sealed(query({ session: Buffer.alloc(32).toString('base64') })), 'message_session'),
  'a gap in the sequence': after(sealed(query({ sequence: 2 })), 'message_sequence'),
  'a sequence that goes back': after(sealed(query({ sequence: 0 })), 'message_sequence'),
  'the same message twice': after(HELLO, 'message_replayed'),
  'a query before the hello': only(sealed(payload(0, 'query', QUERY)), 'message_unexpected'),
  'a second hello': after(sealed(payload(1, 'hello', { rotations: [] })), 'message_unexpected'),
  'a body with a member that the schema does not have': after(
    sealed(query({ body: { ...QUERY, note: '' } })),
    'message_schema',
  ),
  'a body with a word that is in no list': after(sealed(query({ body: { ...QUERY, type: 'raw' } })), 'message_schema'),
  'another version': after(sealed(query({ version: 2 })), 'message_malformed'),
  'an unknown member in the payload': after(sealed(query({ note: '' })), 'message_malformed'),
  'a time without milliseconds': after(sealed(query({ time: '2026-11-23T12:00:00Z' })), 'message_malformed'),
  'a day that does not exist': after(sealed(query({ time: '2026-02-30T12:00:00.000Z' })), 'message_malformed'),
  'a payload with white space': after(sealedText(` ${canonical(query())}`), 'message_malformed'),
  'a payload with members in another order': after(sealedText(JSON.stringify(query())), 'message_malformed'),
  'a payload that is not JSON': after(sealedText('hello'), 'message_malformed'),
  'a payload with a duplicate member': after(
    sealedText(canonical(query()).replace('"version":1', '"version":1,"version":1')),
    'message_malformed',
  ),
  'another payload type': after(sealed(query(), alice, 'application/json'), 'message_malformed'),
  'an envelope with white space': after(` ${sealed(query())}`, 'message_malformed'),
  'an envelope with two signatures': after(
    sealed(query()).replace(
      '"signatures":[',
      `"signatures":[{"keyid":"${'0'.repeat(16)}","sig":"${'A'.repeat(86)}=="},`,
    ),
    'message_malformed',
  ),
  'no envelope at all': after('{}', 'message_malformed'),
};

const write = (file: string, content: Json): void => {
  writeFileSync(join(OUT, file), `${JSON.stringify(content, null, 2)}\n`);
};
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

function writeMessages(): void {
  write('messages.json', {
    about:
      'What a receiver does with messages of the peer, in order. Its WebSocket opened at openedMs; sessions start afresh in each case.',
    receiver: {
      self: bob.id,
      peer: alice.id,
      session: SESSION,
      openedMs: NOW,
      selfSeed: bob.seed,
      peerSeed: alice.seed,
    },
    cases: plain(Object.entries(MESSAGES).map(([name, steps]) => ({ name, steps }))),
  });
}

function writePairing(): void {
  const secret = bytes('secret', 16);
  const invite = { port: 9238, id: alice.id, secret };
  const code = encodeInviteCode({ host: '10.0.1.5', ...invite });
  const shown = { port: 9238, id: alice.id, secret: Buffer.from(secret).toString('hex') };
  write('pairing.json', {
    about: 'Invite codes, and the proof of the node that joins (first) and of the one that invites (second).',
    codes: [
      { code, expect: { host: '10.0.1.5', ...shown } },
      { code: encodeInviteCode({ host: 'fd00::1:2', ...invite }), expect: { host: 'fd00::1:2', ...shown } },
      { code: code.toLowerCase().replaceAll('-', ' '), expect: { host: '10.0.1.5', ...shown } },
      { code: code.slice(0, -2), expect: 'invite_code_invalid' },
      { code: code.replace(/.$/, 'U'), expect: 'invite_code_invalid' },
      { code: code.replace(/^./, '7'), expect: 'invite_code_invalid' },
    ],
    proofs: [
      [bob.id, alice.id],
      [alice.id, bob.id],
    ].map(([sender = '', recipient = '']) => ({
      secret: shown.secret,
      session: SESSION,
      sender,
      recipient,
      proof: pairingProof(secret, SESSION, sender, recipient),
    })),
  });
}

function writeStatements(): void {
  const facts = { nowMs: NOW, nonce: bytes('statement', 16) };
  const rotation = signRotation(alice, bob, facts);
  const [old, next] = rotation.signatures;
  const foreign = signRotation(eve, bob, facts);
  const rotations = [
    { name: 'signed by both keys', statement: rotation, expect: { old: alice.id, new: bob.id } },
    {
      name: 'signatures in the wrong order',
      statement: { ...rotation, signatures: [next, old] },
      expect: 'rotation_invalid',
    },
    {
      name: 'signed by the old key only',
      statement: { ...rotation, signatures: [old, old] },
      expect: 'rotation_invalid',
    },
    {
      name: 'signed by another old key',
      statement: { ...rotation, signatures: foreign.signatures },
      expect: 'rotation_invalid',
    },
    { name: 'from a key to itself', statement: signRotation(alice, alice, facts), expect: 'rotation_invalid' },
    { name: 'another type', statement: { ...rotation, payloadType: 'application/json' }, expect: 'rotation_invalid' },
  ];
  const revocation = signRevocation(alice, facts);
  const { signatures } = signRevocation(bob, facts);
  const revocations = [
    { name: 'signed by its own key', statement: revocation, expect: { key: alice.id } },
    { name: 'signed by another key', statement: { ...revocation, signatures }, expect: 'rotation_invalid' },
  ];
  write(
    'key-statements.json',
    plain({ about: 'Statements about keys: what they say, or that they are refused.', rotations, revocations }),
  );
}

mkdirSync(OUT, { recursive: true });
writeMessages();
writePairing();
writeStatements();
