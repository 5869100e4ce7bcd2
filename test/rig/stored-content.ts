/** Everything that a service has stored, for tests that look for what must not be there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openReadOnly } from '../../src/storage/database.ts';

interface Home {
  readonly home: string;
}

function rowsOf({ home }: Home): readonly unknown[][] {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    return tables.flatMap((table) => database.prepare(`SELECT * FROM "${table}"`).raw().all() as unknown[][]);
  } finally {
    database.close();
  }
}

/** Every text in the database and the log, and in it the envelopes within envelopes. */
export function storedTexts(node: Home): readonly string[] {
  const texts = rowsOf(node).flatMap((row) => row.filter((value) => typeof value === 'string'));
  const file = join(node.home, 'state', 'caro.log');
  const log = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return [...texts, ...log].flatMap(unfolded);
}

function unfolded(text: string): readonly string[] {
  const inner = [...text.matchAll(/"payload":"([A-Za-z0-9+/=]+)"/g)].map(([, payload = '']) =>
    Buffer.from(payload, 'base64').toString('utf8'),
  );
  return [text, ...inner.flatMap(unfolded)];
}

/** Every blob, and every base64 text of some length. */
export function storedBytes(node: Home): readonly Buffer[] {
  const blobs = rowsOf(node).flatMap((row) => row.filter((value) => Buffer.isBuffer(value)));
  const encoded = storedTexts(node).flatMap((text) =>
    [...text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].map(([base64]) => Buffer.from(base64, 'base64')),
  );
  return [...blobs, ...encoded];
}

/**
 * What holds this number: texts with it as a number, and bytes with it as an element of Field128.
 */
export function holdersOf(node: Home, figure: number): readonly string[] {
  const token = new RegExp(`(?<![0-9A-Za-z+/])${figure}(?![0-9A-Za-z+/=])`);
  const element = elementOf(figure);
  return [
    ...storedTexts(node).filter((text) => token.test(text)),
    ...storedBytes(node)
      .filter((bytes) => bytes.includes(element))
      .map((bytes) => bytes.toString('hex')),
  ];
}

/** Whether raw bytes hold this number as an element of Field128, or as a value of JSON. */
export function bytesHold(bytes: Buffer, figure: number): boolean {
  // Four digits alone would be in random bytes now and then.
  return bytes.includes(elementOf(figure)) || new RegExp(`[[:,]${figure}[\\],}]`).test(bytes.toString('latin1'));
}

/** Paths of the files of a home, journals and keys among them, that hold this number as it is. */
export const filesHolding = ({ home }: Home, figure: number): readonly string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => bytesHold(readFileSync(file), figure));

function elementOf(figure: number): Buffer {
  const element = Buffer.alloc(16);
  element.writeUInt32LE(figure);
  return element;
}
