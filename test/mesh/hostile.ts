import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { Json } from '../../src/domain/encoding/canonical.ts';
import { canonical } from '../../src/domain/encoding/canonical.ts';
import type { TlsMaterial } from '../../src/identity/certificate.ts';
import { encodeEnvelope, seal } from '../../src/identity/envelope.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { EXPORTER_LABEL, MESSAGE_TYPE } from '../../src/mesh/protocol/messages.ts';
import { random, type TestNode } from './rig.ts';

/** A peer without the mesh's own code, so that it can break every rule of the protocol. */
export interface Hostile {
  readonly socket: WebSocket;
  readonly session: string;
  /** A valid header for the next message. */
  readonly header: () => { [key: string]: Json };
  /** Signs a payload unchecked and sends it; returns the text. */
  readonly say: (payload: Json, signer?: Identity) => string;
  readonly hello: () => void;
  /** Code in the victim's close frame, or its status if it has no code. */
  readonly closed: Promise<string>;
  readonly received: string[];
}

export interface HostileOptions {
  readonly path?: string;
  readonly subprotocol?: string;
  /** Added to the time of its messages, in ms. */
  readonly offsetMs?: number;
}

const endpoint = ({ address }: Pick<TestNode, 'address'>): { host: string; port: number } => {
  const [host = '', port = ''] = address.split(':');
  return { host, port: Number(port) };
};

/** A node of a test, or a service. */
export type Victim = Pick<TestNode, 'id' | 'address'>;

/** TLS as the protocol requires it, with `changes`. */
export function tlsTo(
  victim: Victim,
  material: Partial<TlsMaterial>,
  changes: ConnectionOptions = {},
): Promise<TLSSocket> {
  const { key, certificate } = material;
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      ...endpoint(victim),
      ...(key === undefined ? {} : { key }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      rejectUnauthorized: false,
      ...changes,
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

export function tcpTo(victim: Victim): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(endpoint(victim), () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

export const gone = (socket: Socket | TLSSocket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume();
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });

/** Opens a WebSocket; no message has been sent yet. */
export async function intrude(
  victim: Victim,
  identity: Identity,
  tls: TlsMaterial,
  options: HostileOptions = {},
): Promise<Hostile> {
  return upgrade(await tlsTo(victim, tls), victim, identity, options);
}

/** As `intrude`, over a TLS connection that is open. */
export async function upgrade(
  socketTls: TLSSocket,
  victim: Victim,
  identity: Identity,
  options: HostileOptions = {},
): Promise<Hostile> {
  const session = socketTls.exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0)).toString('base64');
  const socket = new WebSocket(`ws://caro${options.path ?? '/'}`, options.subprotocol ?? 'caro.mesh.v1', {
    createConnection: () => socketTls,
  });
  const received: string[] = [];
  socket.on('message', (data: Buffer) => received.push(data.toString()));
  const closed = new Promise<string>((resolve) => {
    socket.on('close', (status, reason) => resolve(reason.length > 0 ? reason.toString() : String(status)));
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('close', () => reject(new Error('expected an open WebSocket')));
  });
  let sequence = 0;
  const header = (): { [key: string]: Json } => ({
    version: 1,
    sender: identity.id,
    recipient: victim.id,
    session,
    sequence,
    time: new Date(Date.now() + (options.offsetMs ?? 0)).toISOString(),
    nonce: Buffer.from(random(16)).toString('base64'),
    inReplyTo: null,
  });
  const say = (payload: Json, signer = identity): string => {
    const text = encodeEnvelope(seal(MESSAGE_TYPE, Buffer.from(canonical(payload)), signer));
    socket.send(text);
    sequence += 1;
    return text;
  };
  const hello = (): void => void say({ ...header(), type: 'hello', body: { rotations: [] } });
  return { socket, session, header, say, hello, closed, received };
}

/** The payload of a received message. */
export function payloadOf(text: string): { readonly [key: string]: unknown } {
  const { payload } = JSON.parse(text) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString()) as { readonly [key: string]: unknown };
}

/** A plain copy of a document for the body of a message. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
