/**
 * A small fuzzer that keeps what reaches new blocks of the program and goes on from there. The same
 * seed tries the same inputs; `CARO_FUZZ_SECONDS` looks for so long at each target, `CARO_SEED`
 * begins elsewhere (docs/adr/0013).
 */
import { expect, test } from '@jest/globals';
import { randomFrom } from '../../rig/random.ts';
import { type Coverage, startCoverage } from './coverage.ts';
import { mutated, mutatedJson, type Random } from './mutation.ts';

export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs, where the search begins. */
  readonly seeds: readonly Buffer[];
  /** What the grammar is made of. */
  readonly words?: readonly string[];
  /**
   * The inputs are JSON: half of them are changed as values, so that more than the JSON parser is
   * reached.
   */
  readonly isJson?: true;
  /** Inputs of the short form; 2000 unless told. */
  readonly runs?: number;
  /** Throws where an invariant does not hold. */
  readonly run: (input: Buffer) => void;
}

/** For each target; 0 tries a number of inputs instead. */
export const SECONDS = Number(process.env['CARO_FUZZ_SECONDS'] ?? 0);
export const SEED =
  process.env['CARO_SEED'] === 'random' ? Date.now() % 2 ** 31 : Number(process.env['CARO_SEED'] ?? 20_261_123);
export const FUZZ_TIMEOUT_MS = (SECONDS + 90) * 1_000;
const BATCH = 64;
/**
 * So many inputs are kept together where one of them reached something new: to ask for coverage
 * takes longer than to try some more.
 */
const TOGETHER = SECONDS > 0 ? 1 : 4;
const RUNS = 2_000;

/** True until enough was tried: a number of inputs, or a time. */
export function budget(runs: number): (tried: number) => boolean {
  const untilMs = performance.now() + SECONDS * 1_000;
  return (tried) => (SECONDS > 0 ? performance.now() < untilMs : tried < runs);
}

export function report(name: string, facts: string): void {
  if (SECONDS > 0) process.stderr.write(`fuzz ${name}: ${facts} (seed ${SEED})\n`);
}

/** A test of its own for each target; what fails is shown as base64, with the seed. */
export function fuzzTest(target: FuzzTarget): void {
  test(
    target.name,
    () => {
      const { tried } = fuzz(target);
      expect(tried).toBeGreaterThanOrEqual(SECONDS > 0 ? BATCH : (target.runs ?? RUNS));
    },
    FUZZ_TIMEOUT_MS,
  );
}

function fuzz(target: FuzzTarget): { readonly tried: number } {
  const coverage = startCoverage();
  try {
    const search = new Search(target, coverage);
    const goesOn = budget(target.runs ?? RUNS);
    while (goesOn(search.tried)) search.next();
    report(target.name, `${search.tried} inputs tried, ${search.kept} kept, ${search.seen} blocks reached`);
    return search;
  } finally {
    coverage.stop();
  }
}

class Search {
  tried = 0;
  readonly #corpus: Buffer[];
  readonly #seen = new Set<string>();
  readonly #random: Random;

  constructor(
    private readonly target: FuzzTarget,
    private readonly coverage: Coverage,
  ) {
    this.#corpus = [...target.seeds];
    this.#random = randomFrom(SEED);
    for (const seed of target.seeds) this.#sort([seed]);
  }

  get kept(): number {
    return this.#corpus.length;
  }

  get seen(): number {
    return this.#seen.size;
  }

  next(): void {
    this.#sort(Array.from({ length: BATCH }, () => this.#make()));
    this.tried += BATCH;
  }

  #make(): Buffer {
    const bytes = mutated(this.#corpus, this.target.words ?? [], this.#random);
    if (this.target.isJson !== true || this.#random(2) === 0) return bytes;
    const base = this.#corpus[this.#random(this.#corpus.length)] ?? bytes;
    try {
      const value: unknown = JSON.parse(base.toString());
      return Buffer.from(JSON.stringify(mutatedJson(value, this.#random)));
    } catch {
      return bytes;
    }
  }

  /**
   * Runs inputs together, since asking for coverage is dear; halves them only where something new
   * was reached.
   */
  #sort(inputs: readonly Buffer[]): void {
    this.coverage.reset();
    for (const input of inputs) this.#try(input);
    const fresh = [...this.coverage.blocks()].filter((block) => !this.#seen.has(block));
    if (fresh.length === 0) return;
    if (inputs.length <= TOGETHER) this.#corpus.push(...inputs);
    else {
      this.#sort(inputs.slice(0, inputs.length / 2));
      this.#sort(inputs.slice(inputs.length / 2));
    }
    // V8 joins blocks that ran equally often, so some are seen only when several inputs ran: known
    // they are all the same.
    for (const block of fresh) this.#seen.add(block);
  }

  #try(input: Buffer): void {
    try {
      this.target.run(input);
    } catch (error) {
      const small = this.#smaller(input);
      const facts = `${this.target.name}, seed ${SEED}, ${small.length} bytes: ${JSON.stringify(small.toString('latin1').slice(0, 400))}`;
      throw new Error(`${facts}\nbase64: ${small.toString('base64')}`, { cause: error });
    }
  }

  /** Takes away what the failure does not need. */
  #smaller(input: Buffer): Buffer {
    let small = input;
    for (let size = Math.ceil(small.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < small.length; ) {
        const less = Buffer.concat([small.subarray(0, at), small.subarray(at + size)]);
        if (this.#fails(less)) small = less;
        else at += size;
      }
    }
    return small;
  }

  #fails(input: Buffer): boolean {
    try {
      this.target.run(input);
      return false;
    } catch {
      return true;
    }
  }
}
