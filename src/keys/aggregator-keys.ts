import { randomBytes } from 'node:crypto';
import { CaroError } from '../domain/errors.ts';
import { replacePrivately } from '../platform/files/private-file.ts';
import { readText, unusable } from './key-book-file.ts';

const SEALING_SEED_BYTES = 32;

/** Secrets of a leader or trustee of blind totals, base64. */
interface KeyFile {
  /** From which the sealing key is derived. */
  readonly sealing: string;
  /** Verify keys by the hash that a task has of them. */
  readonly verify: Readonly<Record<string, string>>;
}

/**
 * The secrets of an aggregator, in a file of their own, so that no backup of the database has them.
 * Without the file nothing that was sealed to this node can be read.
 */
export interface AggregatorKeyFile {
  /** 32 bytes; made with the first use. @throws CaroError `keys_damaged`, `place_unusable` */
  readonly sealingSeed: () => Uint8Array;
  readonly verifyKey: (hash: string) => Uint8Array | undefined;
  /** Durable when it returns. */
  readonly keepVerifyKey: (hash: string, key: Uint8Array) => void;
}

export function openAggregatorKeys(path: string): AggregatorKeyFile {
  const write = (keys: KeyFile): KeyFile => {
    try {
      replacePrivately(path, `${JSON.stringify(keys)}\n`);
    } catch (error) {
      throw unusable(path, error);
    }
    return keys;
  };
  const read = (): KeyFile => {
    const text = readText(path);
    if (text !== undefined) return decode(path, text);
    return write({ sealing: randomBytes(SEALING_SEED_BYTES).toString('base64'), verify: {} });
  };
  return {
    sealingSeed: () => new Uint8Array(Buffer.from(read().sealing, 'base64')),
    verifyKey: (hash) => {
      const { verify } = read();
      return Object.hasOwn(verify, hash) ? new Uint8Array(Buffer.from(verify[hash] ?? '', 'base64')) : undefined;
    },
    keepVerifyKey: (hash, key) => {
      const keys = read();
      write({ ...keys, verify: { ...keys.verify, [hash]: Buffer.from(key).toString('base64') } });
    },
  };
}

function decode(path: string, text: string): KeyFile {
  try {
    const keys = JSON.parse(text) as Partial<KeyFile> | null;
    const isSound = Buffer.from(keys?.sealing ?? '', 'base64').length === SEALING_SEED_BYTES;
    if (isSound && typeof keys?.verify === 'object') return keys as KeyFile;
  } catch {
    // Treated like a file of another form.
  }
  throw new CaroError(
    'keys_damaged',
    `${path}: expected the keys of an aggregator, got something else; restore a copy`,
  );
}
