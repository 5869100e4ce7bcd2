import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CaroError } from '../../../src/domain/errors.ts';
import { parseNodeId } from '../../../src/domain/identity/node-id.ts';
import type { DualEnvelope, Envelope } from '../../../src/domain/identity/signed-envelope.ts';
import { openRevocation, openRotation } from '../../../src/identity/key-statement.ts';
import { pairingProof } from '../../../src/mesh/pairing/invite.ts';
import { decodeInviteCode, encodeInviteCode } from '../../../src/mesh/pairing/invite-code.ts';
import { createMessageReader } from '../../../src/mesh/protocol/message-check.ts';
import { decodeMessage, decodePayload, encodeMessage } from '../../../src/mesh/protocol/message-codec.ts';
import { createNonceCache } from '../../../src/mesh/protocol/nonce-cache.ts';

interface Vectors {
  readonly messages: {
    readonly receiver: {
      readonly self: string;
      readonly peer: string;
      readonly session: string;
      readonly openedMs: number;
    };
    readonly cases: readonly {
      readonly name: string;
      readonly steps: readonly { readonly nowMs: number; readonly text: string; readonly expect: string }[];
    }[];
  };
  readonly pairing: {
    readonly codes: readonly { readonly code: string; readonly expect: unknown }[];
    readonly proofs: readonly {
      readonly secret: string;
      readonly session: string;
      readonly sender: string;
      readonly recipient: string;
      readonly proof: string;
    }[];
  };
  readonly 'key-statements': {
    readonly rotations: readonly {
      readonly name: string;
      readonly statement: DualEnvelope;
      readonly expect: unknown;
    }[];
    readonly revocations: readonly { readonly name: string; readonly statement: Envelope; readonly expect: unknown }[];
  };
}

const vectors = <K extends keyof Vectors>(name: K): Vectors[K] =>
  JSON.parse(readFileSync(join(__dirname, '../../vectors/mesh', `${name}.json`), 'utf8')) as Vectors[K];

/** The result of an action, or the code of its error. */
function outcome(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof CaroError) return error.code;
    throw error;
  }
}

describe('the message vectors: a receiver does what they expect with', () => {
  const { receiver, cases } = vectors('messages');
  const publicKey = parseNodeId(receiver.peer) ?? new Uint8Array();

  test.each(cases.map(({ name, steps }) => [name, steps] as const))('%s', (_name, steps) => {
    let nowMs = 0;
    const nonces = createNonceCache(() => nowMs);
    const reader = createMessageReader({ ...receiver, publicKey }, nonces, () => nowMs);
    for (const step of steps) {
      nowMs = step.nowMs;
      const found = outcome(() => {
        const message = reader.read(step.text);
        return message === null ? 'skipped' : message.type;
      });
      expect(found).toBe(step.expect);
    }
  });

  test('accepted messages are re-encoded byte for byte', () => {
    const valid = cases
      .flatMap(({ steps }) => steps)
      .filter(({ expect: type }) => type === 'query' || type === 'hello');
    expect(valid.length).toBeGreaterThan(20);
    for (const { text } of valid) {
      const envelope = decodeMessage(text);
      expect(encodeMessage(envelope)).toBe(text);
      expect(decodePayload(Buffer.from(envelope.payload, 'base64')).version).toBe(1);
    }
  });
});

describe('the pairing vectors', () => {
  const { codes, proofs } = vectors('pairing');

  test.each(codes.map(({ code, expect: wanted }) => [code, wanted] as const))('code %s', (code, wanted) => {
    const found = outcome(() => {
      const { secret, ...rest } = decodeInviteCode(code);
      return { ...rest, secret: Buffer.from(secret).toString('hex') };
    });
    expect(found).toEqual(wanted);
  });

  test('codes are encoded byte for byte as they are listed', () => {
    const canonical = codes.filter(
      ({ code, expect: wanted }) => typeof wanted === 'object' && /^[0-9A-Z-]+$/.test(code),
    );
    expect(canonical.length).toBeGreaterThan(1);
    for (const { code } of canonical) expect(encodeInviteCode(decodeInviteCode(code))).toBe(code);
  });

  test('proofs are the expected ones in both directions', () => {
    for (const { secret, session, sender, recipient, proof } of proofs) {
      expect(pairingProof(Buffer.from(secret, 'hex'), session, sender, recipient)).toBe(proof);
    }
    expect(new Set(proofs.map(({ proof }) => proof)).size).toBe(2);
  });
});

describe('the key statement vectors', () => {
  const { rotations, revocations } = vectors('key-statements');

  test.each(rotations.map(({ name, ...rest }) => [name, rest] as const))(
    'rotation: %s',
    (_name, { statement, expect: wanted }) => {
      const found = outcome(() => {
        const opened = openRotation(statement);
        return { old: opened.old, new: opened.new };
      });
      expect(found).toEqual(wanted);
    },
  );

  test.each(revocations.map(({ name, ...rest }) => [name, rest] as const))(
    'revocation: %s',
    (_name, { statement, expect: wanted }) => {
      expect(outcome(() => ({ key: openRevocation(statement).key }))).toEqual(wanted);
    },
  );
});
