/** Checkpoints of transparency logs (C2SP tlog-checkpoint) and cosignatures (tlog-cosignature). */
import type { Cosignature, LogName } from '../domain/audit/tlog.ts';
import { decodeBase64 } from '../domain/encoding/base64.ts';
import { CaroError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { Identity } from './identity.ts';
import { verify } from './signature.ts';
import { type NoteKey, type NoteSignature, noteSignature } from './signed-note.ts';

/** The head of a tree, as a checkpoint's text names it. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

const PREFIX = 'caro-mesh';

/** A node's log: origin of its checkpoints, and name of the key that signs them. */
export const logKey = (publicKey: Uint8Array, log: LogName): NoteKey => ({
  name: `${PREFIX}/${log}/${Buffer.from(publicKey).toString('base64url')}`,
  type: 'ed25519',
  publicKey,
});

/** A node as a witness. It has one name for all logs, because the name is not signed. */
export const witnessKey = (publicKey: Uint8Array): NoteKey => ({
  name: `${PREFIX}/witness/${Buffer.from(publicKey).toString('base64url')}`,
  type: 'cosignature',
  publicKey,
});

/** The text that a checkpoint's signatures cover. */
export const encodeTreeHead = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/**
 * The head in a checkpoint's text. Extension lines are ignored, as nobody audits them.
 * @throws CaroError `tlog_malformed`
 */
export function decodeTreeHead(text: string): TreeHead {
  const [origin = '', size = '', base64 = '', ...extensions] = text.split('\n');
  const root = decodeBase64(base64);
  const isWhole = extensions.pop() === '' && !extensions.includes('');
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (origin === '' || !isSize || root?.length !== 32 || !isWhole)
    throw new CaroError('tlog_malformed', 'checkpoint: expected an origin, a tree size and a root hash, a line each');
  return { origin, size: Number(size), root };
}

/** Signs a head of this node's own log. A smaller or different head MUST NOT have been signed. */
export const signTreeHead = (
  log: LogName,
  { size, root }: Omit<TreeHead, 'origin'>,
  identity: Pick<Identity, 'publicKey' | 'sign'>,
): Uint8Array => identity.sign(headBytes(identity.publicKey, log, { size, root }));

/** Whether the node with this key signed this head of its own log. */
export const isSignedHead = (
  publicKey: Uint8Array,
  log: LogName,
  head: Omit<TreeHead, 'origin'>,
  signature: Uint8Array,
): boolean => verify(publicKey, headBytes(publicKey, log, head), signature);

const headBytes = (publicKey: Uint8Array, log: LogName, head: Omit<TreeHead, 'origin'>): Buffer =>
  Buffer.from(encodeTreeHead({ origin: logKey(publicKey, log).name, ...head }));

/** What a cosignature covers: a header line, a time line and the checkpoint's text. */
const cosigned = (text: string, time: number): Buffer => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

/** @param time seconds since the epoch */
export const cosign = (text: string, time: number, identity: Pick<Identity, 'sign'>): Cosignature => ({
  time,
  signature: Buffer.from(identity.sign(cosigned(text, time))).toString('base64'),
});

export const isCosigned = (text: string, { time, signature }: Cosignature, publicKey: Uint8Array): boolean =>
  verify(publicKey, cosigned(text, time), decodeBase64(signature) ?? new Uint8Array());

/** A cosignature as a line of a note: the time in 8 bytes, then the signature. */
export function cosignatureLine(publicKey: Uint8Array, { time, signature }: Cosignature): NoteSignature {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  return noteSignature(witnessKey(publicKey), Buffer.concat([stamp, Buffer.from(signature, 'base64')]));
}

/** Time and signature in a line; undefined for another length, or a time that is too late. */
export function decodeCosignature(bytes: Uint8Array): Cosignature | undefined {
  if (bytes.length !== 72) return undefined;
  const buffer = Buffer.from(bytes);
  const time = buffer.readBigUInt64BE();
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { time: Number(time), signature: buffer.subarray(8).toString('base64') };
}

/** The key in the name of a witness of this program; undefined for another name. */
export function keyOfWitness(name: string): Uint8Array | undefined {
  const [prefix, role, key = ''] = name.split('/');
  if (prefix !== PREFIX || role !== 'witness') return undefined;
  const publicKey = parseNodeId(`caro:ed25519:${Buffer.from(key, 'base64url').toString('base64')}`);
  return publicKey && witnessKey(publicKey).name === name ? publicKey : undefined;
}
