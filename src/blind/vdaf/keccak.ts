/*
 * The permutation Keccak-p[1600, 12] (FIPS 202, 3.3, and RFC 9861) in WebAssembly, which has the
 * 64-bit words that it works on. In JavaScript each word is two numbers, and a thread that makes
 * one report ends before its code is optimized: there the permutations took half of a report's
 * time.
 */

/** Bytes of the state that are input or output; the others stay inside. */
export const RATE = 168;
export const STATE_BYTES = 200;
const LANES = 25;
const ROUNDS = 12;
const LANE_BYTES = 8;
/** In the memory: the state, the constants of the rounds, a block of input. */
const CONSTANTS_AT = 256;
const BLOCK_AT = 512;

export interface Keccak {
  /** 200 bytes: 25 words, little endian. */
  readonly state: Uint8Array;
  /** The 168 bytes that `absorb` takes. */
  readonly block: Uint8Array;
  /** Adds the block to the state and permutes it. */
  readonly absorb: () => void;
  readonly permute: () => void;
}

/** What is used of it. TypeScript declares it for pages only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: Pick<Keccak, 'permute' | 'absorb'> & { readonly memory: { readonly buffer: ArrayBuffer } };
  };
}

let opened: Keccak | undefined;

/** One for each thread; whoever uses it MUST leave nothing in it from one step to the next. */
export function openKeccak(): Keccak {
  opened ??= open();
  return opened;
}

function open(): Keccak {
  const { Instance, Module } = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi;
  const { memory, permute, absorb } = new Instance(new Module(Uint8Array.from(assemble()))).exports;
  const constants = new DataView(memory.buffer, CONSTANTS_AT, ROUNDS * LANE_BYTES);
  for (const [round, constant] of roundConstants().entries())
    constants.setBigUint64(round * LANE_BYTES, constant, true);
  return {
    state: new Uint8Array(memory.buffer, 0, STATE_BYTES),
    block: new Uint8Array(memory.buffer, BLOCK_AT, RATE),
    absorb,
    permute,
  };
}

/** Those of the last 12 of 24 rounds (FIPS 202, 3.2.5). */
function roundConstants(): readonly bigint[] {
  let register = 1;
  const constants = Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let bit = 0; bit < 7; bit += 1) {
      if (register & 1) constant |= 1n << BigInt(2 ** bit - 1);
      register = (register << 1) ^ ((register >> 7) * 0x171);
    }
    return constant;
  });
  return constants.slice(-ROUNDS);
}

type Code = readonly number[];

// Opcodes of the WebAssembly Core Specification, 5.4.
const I64 = 0x7e;
const XOR = 0x85;
const AND = 0x83;
const MINUS_ONE: Code = [0x42, 0x7f];
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
/** Left by fewer than 64 bits. */
const rotated = (bits: number): Code => [0x42, ...signed(bits), 0x89];
const load = (at: number): Code => [0x29, 3, ...unsigned(at)];
const store = (at: number): Code => [0x37, 3, ...unsigned(at)];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const END = 0x0b;

// Locals of `permute`: the 25 lanes, the parities of the columns, and what is at hand.
const PARITY = LANES;
const HELD = PARITY + 5;
const ROUND_AT = HELD + 2;

const lanes = Array.from({ length: LANES }, (_, lane) => lane);
const columns = [0, 1, 2, 3, 4];

/** θ (FIPS 202, 3.2.1) */
const theta = (): Code => [
  ...columns.flatMap((x) => [
    ...get(x),
    ...[5, 10, 15, 20].flatMap((row) => [...get(x + row), XOR]),
    ...set(PARITY + x),
  ]),
  ...columns.flatMap((x) => [
    ...get(PARITY + ((x + 4) % 5)),
    ...get(PARITY + ((x + 1) % 5)),
    ...rotated(1),
    XOR,
    ...set(HELD),
    ...[0, 5, 10, 15, 20].flatMap((row) => [...get(x + row), ...get(HELD), XOR, ...set(x + row)]),
  ]),
];

/** ρ and π (FIPS 202, 3.2.2 and 3.2.3), along the one cycle of π. */
function rhoAndPi(): Code {
  const code: number[] = [...get(1), ...set(HELD)];
  let [x, y] = [1, 0];
  for (let step = 1; step < LANES; step += 1) {
    [x, y] = [y, (2 * x + 3 * y) % 5];
    const lane = x + 5 * y;
    code.push(...get(lane), ...set(HELD + 1));
    code.push(...get(HELD), ...rotated(((step * (step + 1)) / 2) % 64), ...set(lane));
    code.push(...get(HELD + 1), ...set(HELD));
  }
  return code;
}

/** χ (FIPS 202, 3.2.4); the parities hold the row as it was. */
const chi = (): Code =>
  [0, 5, 10, 15, 20].flatMap((row) => [
    ...columns.flatMap((x) => [...get(row + x), ...set(PARITY + x)]),
    ...columns.flatMap((x) => [
      ...get(PARITY + x),
      ...get(PARITY + ((x + 1) % 5)),
      ...MINUS_ONE,
      XOR,
      ...get(PARITY + ((x + 2) % 5)),
      AND,
      XOR,
      ...set(row + x),
    ]),
  ]);

const permuteBody = (): Code => [
  ...lanes.flatMap((lane) => [...i32(0), ...load(lane * LANE_BYTES), ...set(lane)]),
  ...[0x03, 0x40],
  ...theta(),
  ...rhoAndPi(),
  ...chi(),
  // ι: the first lane with the constant of the round.
  ...[...get(0), ...get(ROUND_AT), ...load(CONSTANTS_AT), XOR, ...set(0)],
  // On to the next constant, until the last: local.tee, i32.lt_u, br_if
  ...[...get(ROUND_AT), ...i32(LANE_BYTES), 0x6a, 0x22, ROUND_AT, ...i32(ROUNDS * LANE_BYTES), 0x49, 0x0d, 0, END],
  ...lanes.flatMap((lane) => [...i32(0), ...get(lane), ...store(lane * LANE_BYTES)]),
  END,
];

const absorbBody = (): Code => [
  ...lanes
    .slice(0, RATE / LANE_BYTES)
    .flatMap((lane) => [
      ...[...i32(0), ...i32(0), ...load(lane * LANE_BYTES)],
      ...[...i32(0), ...load(BLOCK_AT + lane * LANE_BYTES), XOR],
      ...store(lane * LANE_BYTES),
    ]),
  // Calls `permute`.
  ...[0x10, 0, END],
];

/** The module: two functions without parameters, and one page of memory. */
function assemble(): Code {
  const section = (id: number, content: Code): Code => [id, ...sized(content)];
  const exported = (name: string, kind: number, index: number): Code => [...sized([...Buffer.from(name)]), kind, index];
  const locals: Code = [2, ROUND_AT, I64, 1, 0x7f];
  return [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [2, 0, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [3, ...exported('permute', 0, 0), ...exported('absorb', 0, 1), ...exported('memory', 2, 0)]),
    ...section(10, [2, ...sized([...locals, ...permuteBody()]), ...sized([0, ...absorbBody()])]),
  ];
}

const sized = (content: Code): Code => [...unsigned(content.length), ...content];

/** LEB128 */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a number that is not negative: its last byte has the bit of the sign free. */
function signed(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
