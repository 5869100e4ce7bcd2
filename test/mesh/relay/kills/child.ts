/** What a node and an aggregator have in common as processes of their own, which are killed. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveSealingKey } from '../../../../src/blind/sealing.ts';
import type { Identity } from '../../../../src/identity/identity.ts';
import type { RelayAddress } from '../../../../src/mesh/relay/pinned-certificate.ts';
import type { RelayPorts } from '../../../../src/mesh/relay/ports.ts';
import { openRelay, type Relay } from '../../../../src/mesh/relay/relay.ts';

/** `relay.json` in the folder of a process. */
export interface ChildSettings {
  readonly address: RelayAddress;
  readonly fleet: string;
  readonly docs?: string;
  /** PKCS #8, base64. */
  readonly connectionKey: string;
  /** 32 bytes, base64. */
  readonly boxSeed: string;
  readonly questionKey: string;
  /** Base64 X25519 keys by node id. */
  readonly boxes: Readonly<Record<string, string>>;
  /** Node ids of all members. */
  readonly members: readonly string[];
}

/** A service waits for minutes where these wait for milliseconds. */
export const PAUSE_MS = 100;
export const EXCHANGE_MS = 3_000;

const base64 = (text: string): Buffer => Buffer.from(text, 'base64');

export const settingsIn = (home: string): ChildSettings =>
  JSON.parse(readFileSync(join(home, 'relay.json'), 'utf8')) as ChildSettings;

/** The time of all processes, which the test sets. */
export const clockIn = (home: string) => (): number => Number(readFileSync(join(home, '..', 'clock'), 'utf8'));

export function openChildRelay(home: string, identity: Identity, onBlind: RelayPorts['onBlind']): Relay {
  const settings = settingsIn(home);
  const connectionKey = createPrivateKey({ key: base64(settings.connectionKey), format: 'der', type: 'pkcs8' });
  const now = clockIn(home);
  return openRelay({
    identity,
    version: '0.1.0',
    settings: {
      relays: [settings.address],
      fleet: settings.fleet,
      ...(settings.docs === undefined ? {} : { docs: settings.docs }),
      signNonce: (nonce) => new Uint8Array(sign(null, nonce, connectionKey)),
      boxes: [deriveSealingKey(base64(settings.boxSeed))],
      questionKey: base64(settings.questionKey),
      boxOf: (id) => {
        const box = settings.boxes[id];
        return box === undefined ? undefined : base64(box);
      },
    },
    mode: 'stay',
    pollMs: 1_000,
    ports: {
      decide: () => ({ allow: true, level: null, rule: 'test' }),
      check: () => null,
      record: () => undefined,
      audit: () => undefined,
      mayConnect: () => true,
      onBlind,
      onOrg: () => Promise.reject(new Error('not a supervisor')),
      openMany: () => Promise.reject(new Error('expected no question')),
      onQuery: (_asker, { type }) => Promise.resolve({ result: 'access_denied', type }),
      onOpen: () => undefined,
      onRefuse: (code) => process.stderr.write(`refused: ${code}\n`),
    },
    now,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    times: { redialFirstMs: 50, redialMaxMs: 400, refusedMs: 400, settleMs: 2_000 },
  });
}

export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
