import { describe } from '@jest/globals';
import { canonical, type Json } from '../../src/domain/encoding/canonical.ts';
import { ROTATION_TYPE } from '../../src/domain/identity/key-statement.ts';
import { parseNodeId } from '../../src/domain/identity/node-id.ts';
import type { Envelope } from '../../src/domain/identity/signed-envelope.ts';
import { isInSubnet, isInternal, networkOf, parseEndpoint, parseSubnet } from '../../src/domain/ip-address.ts';
import { SUMMARY_TYPE } from '../../src/domain/summaries/summary.ts';
import { intakeFault } from '../../src/domain/summaries/summary-intake.ts';
import { decodeEnvelope, encodeEnvelope, seal } from '../../src/identity/envelope.ts';
import { openRevocation, openRotation, signRevocation, signRotation } from '../../src/identity/key-statement.ts';
import { EMPTY_KEY_BOOK, keyStatusOf, observeRotation } from '../../src/keys/key-book.ts';
import { decodeInviteCode, encodeInviteCode } from '../../src/mesh/pairing/invite-code.ts';
import { createMessageReader, type SessionFacts } from '../../src/mesh/protocol/message-check.ts';
import { MESSAGE_TYPE } from '../../src/mesh/protocol/messages.ts';
import { createNonceCache } from '../../src/mesh/protocol/nonce-cache.ts';
import { checkAuthor, parseSummary } from '../../src/mesh/protocol/summary-document.ts';
import { compileSubnets } from '../../src/policy/subnets.ts';
import { makeIdentity, makeSummary } from '../mesh/rig.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { CANARY, holds, refusing, same } from './rig/invariants.ts';

const NOW = Date.parse('2026-11-23T00:30:00.000Z');
const [peer, self, third] = [makeIdentity(), makeIdentity(), makeIdentity()];
const session = Buffer.alloc(32, 7).toString('base64');
const facts: SessionFacts = { self: self.id, peer: peer.id, publicKey: peer.publicKey, session, openedMs: NOW };
const header = (sequence: number, type: string) => ({
  version: 1,
  sender: peer.id,
  recipient: self.id,
  session,
  sequence,
  type,
  inReplyTo: null,
  time: new Date(NOW).toISOString(),
  nonce: Buffer.alloc(16, sequence).toString('base64'),
});
const rotation = signRotation(peer, third, { nowMs: NOW, nonce: Buffer.alloc(16, 1) });
const revocation = signRevocation(peer, { nowMs: NOW, nonce: Buffer.alloc(16, 2) });
const summary = makeSummary(peer).document;
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const HELLO = { ...header(0, 'hello'), body: { rotations: [] } };
const MESSAGES: readonly Json[] = [
  asJson({ ...header(1, 'query'), body: { type: 'tool-usage', spanHours: 24 } }),
  asJson({ ...header(1, 'summary'), body: { document: summary } }),
  asJson({ ...header(1, 'summary-ack'), body: { id: 'a'.repeat(32), result: 'stored' } }),
  asJson({ ...header(1, 'response'), body: { result: 'access_denied', type: 'anomalies' } }),
  asJson({ ...header(1, 'rotation'), body: { statement: rotation } }),
  asJson({ ...header(1, 'revocation'), body: { statement: revocation } }),
  asJson({ ...header(1, 'pair'), body: { name: 'ada', port: 9238, proof: Buffer.alloc(32).toString('base64') } }),
  asJson({ ...header(1, 'goodbye'), body: { reason: 'shutdown' } }),
  asJson({ ...header(1, 'of-a-newer-version'), body: { anything: CANARY } }),
];
const sealed = (payload: Json): string => encodeEnvelope(seal(MESSAGE_TYPE, Buffer.from(canonical(payload)), peer));

/** The reader of a session after its hello. */
function reader() {
  const opened = createMessageReader(
    facts,
    createNonceCache(() => 0),
    () => NOW,
  );
  opened.read(sealed(HELLO));
  return opened;
}

const REFUSALS = [
  ...(['message_malformed', 'message_forged', 'message_sender', 'message_recipient', 'message_session'] as const),
  ...(['message_sequence', 'message_stale', 'message_future', 'message_replayed', 'message_schema'] as const),
  ...(['message_unexpected', 'clock_skewed'] as const),
];

const VALID = MESSAGES.map(sealed);

/** The canonical form, if there is one: any other is refused before its content is checked. */
function canonicalForm(input: Buffer): Buffer {
  try {
    return Buffer.from(canonical(JSON.parse(input.toString()) as Json));
  } catch {
    return input;
  }
}

describe('input from the mesh', () => {
  fuzzTest({
    name: 'a frame is a message as its sender signed it, byte for byte, or refused by its own code',
    seeds: VALID.map((text) => Buffer.from(text)),
    isJson: true,
    runs: 600,
    run: (input) => {
      const text = input.toString();
      const message = refusing(REFUSALS, () => reader().read(text));
      if (message) holds('nothing but what the peer signed is taken', VALID.includes(text));
    },
  });

  fuzzTest({
    name: 'a payload that a hostile peer signs itself is a message that fits its closed schema, or refused',
    seeds: MESSAGES.map((payload) => Buffer.from(canonical(payload))),
    isJson: true,
    runs: 600,
    run: (input) => {
      const raw = refusing(REFUSALS, () => reader().read(encodeEnvelope(seal(MESSAGE_TYPE, input, peer))));
      const form = canonicalForm(input);
      if (raw) holds('the form is the one that there is', form.equals(input));
      const message = refusing(REFUSALS, () => reader().read(encodeEnvelope(seal(MESSAGE_TYPE, form, peer))));
      if (!message) return;
      if (message.type === 'summary') takeSummary(message.body.document);
    },
  });

  fuzzTest({
    name: 'a summary that a hostile peer signs itself is whole, about itself and of a period that was, or refused',
    seeds: [Buffer.from(summary.payload, 'base64')],
    isJson: true,
    runs: 600,
    run: (input) => {
      takeSummary(seal(SUMMARY_TYPE, input, peer));
      takeSummary(seal(SUMMARY_TYPE, canonicalForm(input), peer));
    },
  });

  fuzzTest({
    name: 'a statement about keys is signed by all that it names, or refused, and changes no other key',
    seeds: [rotation, revocation].map((statement) => Buffer.from(statement.payload, 'base64')),
    isJson: true,
    runs: 600,
    run: (input) => {
      const bytes = canonicalForm(input);
      const once = seal(ROTATION_TYPE, bytes, peer);
      const dual = { ...once, signatures: [...once.signatures, ...seal(ROTATION_TYPE, bytes, third).signatures] };
      const opened = refusing(['rotation_invalid'], () => openRotation(dual as typeof rotation));
      refusing(['rotation_invalid'], () => openRevocation({ ...revocation, payload: dual.payload }));
      if (!opened) return;
      same('whose it is', [opened.old, opened.new], [peer.id, third.id]);
      const observed = refusing(['rotation_invalid'], () =>
        observeRotation(EMPTY_KEY_BOOK, dual as typeof rotation, NOW),
      );
      if (observed) same('a third key', keyStatusOf(observed.book, self.id, NOW).state, 'current');
    },
  });

  fuzzTest({
    name: 'an envelope is decoded only in the form in which it is encoded',
    seeds: VALID.map((text) => Buffer.from(text)),
    isJson: true,
    run: (input) => {
      const envelope = refusing(['signature_invalid'], () => decodeEnvelope(input.toString()));
      if (envelope) same('an envelope again', decodeEnvelope(encodeEnvelope(envelope)), envelope);
    },
  });

  fuzzTest({
    name: 'an invite code is decoded to what was encoded, or refused without being quoted',
    seeds: ['10.0.0.7', 'fd00::5'].map((host) =>
      Buffer.from(encodeInviteCode({ host, port: 9238, id: peer.id, secret: new Uint8Array(16).fill(3) })),
    ),
    words: ['-', 'O', 'I', 'L', 'U', '0'],
    run: (input) => {
      const text = input.toString();
      const code = refusing(['invite_code_invalid'], () => decodeInviteCode(text));
      if (!code) return;
      same('a code again', decodeInviteCode(encodeInviteCode(code)), code);
      holds('it names a node', parseNodeId(code.id) !== undefined);
    },
  });

  fuzzTest({
    name: 'an address is an address in one spelling, and a subnet matches itself only',
    seeds: ['10.0.1.5:9238', '[fd00::5]:9238', 'name.internal:1', '::ffff:10.0.0.1', '10.0.0.0/8', 'fd00::/8'].map(
      (text) => Buffer.from(text),
    ),
    words: ['::', '/128', '/0', '::ffff:', '%eth0', '255', '.', ']', '['],
    run: (input) => {
      const text = input.toString();
      const endpoint = parseEndpoint(text);
      if (endpoint) isInternal(endpoint.host);
      compileSubnets([{ subnet: '10.0.0.0/8', level: 'peer' }])(text);
      const subnet = parseSubnet(text);
      if (!subnet) return;
      const network = networkOf(subnet);
      const again = parseSubnet(network);
      holds('a network has a spelling', again !== undefined && networkOf(again) === network);
      holds('a subnet holds its own address', isInSubnet(subnet.address, subnet));
      compileSubnets([{ subnet: text, level: 'peer' }])('10.0.0.1');
    },
  });
});

function takeSummary(document: Envelope): void {
  const parsed = refusing(['summary_invalid'], () => parseSummary(document));
  if (!parsed) return;
  const isTaken = refusing(['summary_invalid'], () => {
    checkAuthor(document, parsed, (node) => node === peer.id);
    return true;
  });
  if (isTaken) same('whose it is', parsed.node, peer.id);
  if (intakeFault(parsed, { revisions: 0, all: 0, bytes: 0 }, { nowMs: NOW, days: 365 }) !== null) return;
  for (const time of [parsed.createdAt, parsed.period.start, parsed.period.end])
    holds('every time exists', Number.isFinite(Date.parse(time)));
}
