/** Officers, nodes and heads for tests of the roster. Their keys come from their names. */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { encodeNodeId, parseNodeId } from '../../src/domain/identity/node-id.ts';
import type { Card, Member, RosterHead, RosterNode } from '../../src/domain/organisation/roster.ts';
import { fingerprint } from '../../src/identity/fingerprint.ts';
import type { Signer } from '../../src/identity/signed-document.ts';
import { draftHead, type OpenedHead, signHead } from '../../src/organisation/head.ts';
import { commitmentTo, memberList } from '../../src/organisation/members.ts';

export const DAY_MS = 86_400_000;
export const NOW_MS = Date.parse('2026-12-01T00:00:00.000Z');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const bytesOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A key that depends only on its name. */
export function keyOf(name: string): Signer {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, bytesOf(`key ${name}`)]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = Buffer.from(x ?? '', 'base64url');
  return {
    id: encodeNodeId(publicKey),
    fingerprint: fingerprint(publicKey),
    sign: (message) => sign(null, message, key),
  };
}

export const cardOf = (name: string): Card => ({
  sealingKey: bytesOf(`sealing ${name}`).toString('base64'),
  connectionKey: Buffer.from(parseNodeId(keyOf(`connection ${name}`).id) ?? []).toString('base64'),
});

export const nodeOf = (name: string, addresses: readonly string[] = []): RosterNode => ({
  id: keyOf(name).id,
  name,
  card: cardOf(name),
  addresses,
});

export const memberOf = (name: string, unit = 'berlin/1'): Member => ({
  id: keyOf(name).id,
  name,
  unit,
  card: cardOf(name),
  since: '2026-11-20',
});

export const officersOf = (...names: readonly string[]): RosterHead['officers'] =>
  names.map((name) => ({ name, id: keyOf(name).id }));

const THREE = ['anna', 'boris', 'clara'];

/** Version 1 of an organization with three officers, an analyst, a trustee and four members. */
export function firstHead(change: Partial<RosterHead> = {}): RosterHead {
  return {
    type: 'caro.roster',
    version: 1,
    org: 'example-gmbh',
    previous: null,
    createdAt: '2026-11-29T00:00:00.000Z',
    expires: '2027-02-27T00:00:00.000Z',
    officers: officersOf(...THREE),
    threshold: 2,
    supervisors: [nodeOf('ciso', ['10.0.1.5:9238'])],
    trustees: [{ ...nodeOf('works-council', ['10.0.2.5:9238']), endorsement: null }],
    relays: [],
    level: 2,
    floor: 20,
    windowHours: 72,
    layouts: ['day/1'],
    members: commitmentTo(memberList(['ws-1', 'ws-2', 'ws-3', 'ws-4'].map((name) => memberOf(name)))),
    ...change,
  };
}

export const nextHead = (before: OpenedHead, change: Partial<RosterHead> = {}): RosterHead => ({
  ...before.head,
  version: before.head.version + 1,
  previous: before.hash,
  ...change,
});

export const signed = (head: RosterHead, ...signers: readonly string[]): OpenedHead =>
  signers.map(keyOf).reduce((opened, key) => signHead(opened, key), draftHead(head));
