/**
 * Changes that break what parsers rely on: lengths, terminators, nesting, encodings, numbers at
 * their limits.
 */
export type Random = (below: number) => number;

export const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

const MAX_BYTES = 4 * 1024;
const NUMBERS = [
  '0',
  '-1',
  '1e400',
  '9007199254740993',
  '4294967296',
  '2147483648',
  '65536',
  '255',
  '0.1',
  '00',
  'NaN',
];
const BYTES = [
  0x00, 0x01, 0x09, 0x0a, 0x0d, 0x1b, 0x20, 0x22, 0x27, 0x5c, 0x7f, 0x80, 0x83, 0x9b, 0xc0, 0xef, 0xf5, 0xff,
];
const WORDS = [
  ...['{', '}', '[', ']', '"', "'", '\\', '\\u0000', '\\ud800', '__proto__', 'constructor', 'null', 'true', '\u202e'],
  ...['\0', '\0\0', '\r\n', '\n\n', ' ', '\t', '%00', '../../', '\ufeff', '😀', '\u2028'],
];

type Change = (input: Buffer, random: Random, others: readonly Buffer[], words: readonly string[]) => Buffer;

const splice = (input: Buffer, at: number, remove: number, insert: Buffer): Buffer =>
  Buffer.concat([input.subarray(0, at), insert, input.subarray(at + remove)]);
const stretch = (input: Buffer, random: Random): readonly [at: number, size: number] => {
  const at = random(input.length + 1);
  return [at, random(Math.min(input.length - at, 1 << random(9)) + 1)];
};

const CHANGES: readonly Change[] = [
  (input, random) => {
    const copy = Buffer.from(input);
    const at = random(copy.length);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
    return copy;
  },
  (input, random) => splice(input, random(input.length + 1), random(2), Buffer.from([pick(random, BYTES)])),
  (input, random) => splice(input, ...stretch(input, random), Buffer.alloc(0)),
  (input, random, _others, words) =>
    splice(input, random(input.length + 1), 0, Buffer.from(pick(random, words.length > 0 ? words : WORDS))),
  (input, random) => splice(input, random(input.length + 1), 0, Buffer.from(pick(random, WORDS))),
  // A stretch again, once or many times.
  (input, random) => {
    const [at, size] = stretch(input, random);
    const times = random(4) === 0 ? 1 + random(200) : 1;
    return splice(input, at, 0, Buffer.concat(Array<Buffer>(times).fill(input.subarray(at, at + size))));
  },
  // A part of another input.
  (input, random, others) => {
    const other = pick(random, others);
    const [from, size] = stretch(other, random);
    return splice(input, ...stretch(input, random), other.subarray(from, from + size));
  },
  (input, random) => input.subarray(0, random(input.length + 1)),
  // Another number in place of one: lengths, counts and times lie.
  (input, random) => {
    const text = input.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    const found = numbers.length > 0 ? pick(random, numbers) : undefined;
    return found ? splice(input, found.index, found[0].length, Buffer.from(pick(random, NUMBERS))) : input;
  },
];

/** One to six changes of an input of the corpus. */
export function mutated(corpus: readonly Buffer[], words: readonly string[], random: Random): Buffer {
  let input = pick(random, corpus);
  for (let left = 1 + random(6); left > 0; left -= 1)
    input = pick(random, CHANGES)(input, random, corpus, words).subarray(0, MAX_BYTES);
  return input;
}

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER, '', 'x', '\u0000', '\ud800', [], {}],
  ...[[[]], 'a'.repeat(300), '2026-99-99T99:99:99.999Z', `caro:ed25519:${'A'.repeat(43)}=`],
];

/** A JSON value with one member replaced, removed, doubled or put elsewhere. */
export function mutatedJson(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random(8) === 0) return pick(random, VALUES);
  const entries: [string, unknown][] = Object.entries(value);
  const at = random(entries.length + 1);
  const [key, member] = entries[at] ?? [pick(random, ['__proto__', 'x', 'length', 'toJSON']), pick(random, VALUES)];
  const isList = Array.isArray(value);
  const change = random(5);
  if (change === 0 && at < entries.length) entries.splice(at, 1);
  else if (change === 1) entries.splice(at, 0, [isList ? key : `${key}x`, member]);
  else if (change === 2) entries[at] = [key, (entries[random(entries.length)] ?? [key, member])[1]];
  else entries[at] = [key, mutatedJson(member, random)];
  return isList ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
