import { Prio3 } from '@divviup/prio3/dist/prio3.js';

import { CaroError } from '../../domain/errors.ts';
import { QuickField128, QuickXof } from './field-128.ts';
import { MixedSumVec } from './mixed-sum-vec.ts';
import { QuickFlp } from './quick-flp.ts';
import type { AggregatorRole, PrepareInput, Vdaf } from './vdaf.ts';

const SEED = 16;
const AGGREGATORS = 2;
const PROOFS = 1;
/** Algorithm id of Prio3SumVec (VDAF-08 §10). */
const SUM_VEC = 2;
/** What an expansion is for (VDAF-08 §7.2). */
const MEASUREMENT_SHARE = 1;
const PROOF_SHARE = 2;
const PLACE: Readonly<Record<AggregatorRole, number>> = { leader: 0, trustee: 1 };

export type SumVecPrio3 = Prio3<number[], number[]>;

export interface Prio3Options {
  /** Width of each cell in bits. */
  readonly widths: readonly number[];
  readonly chunkLength: number;
}

/**
 * Prio3SumVec of VDAF-08 for two aggregators, from `@divviup/prio3`, with a width for each cell.
 */
export function createPrio3({ widths, chunkLength }: Prio3Options): Vdaf {
  const field = new QuickField128();
  const prio3: SumVecPrio3 = new Prio3(
    QuickXof,
    new QuickFlp(new MixedSumVec(field, widths, chunkLength)),
    AGGREGATORS,
    PROOFS,
    SUM_VEC,
  );
  const aggregateBytes = widths.length * field.encodedSize;
  return {
    verifyKeyBytes: prio3.verifyKeySize,
    nonceBytes: prio3.nonceSize,
    randomBytes: prio3.randSize,
    aggregateBytes,
    shard: async (cells, nonce, random) => {
      if (nonce.length !== prio3.nonceSize || random.length !== prio3.randSize) {
        throw new RangeError(`expected a nonce of ${prio3.nonceSize} bytes and ${prio3.randSize} random bytes`);
      }
      const shares = await prio3.shardEncoded([...cells], Buffer.from(nonce), Buffer.from(random));
      const [leader, trustee] = shares.inputShares.map((share) => Uint8Array.from(share));
      if (!leader || !trustee) throw new RangeError('expected two shares');
      return { publicShare: Uint8Array.from(shares.publicShare), inputShares: { leader, trustee } };
    },
    prepare: (input) => refusing(() => prepare(prio3, field, input)),
    verify: (publicShare, { leader, trustee }) =>
      refusing(async () => {
        const parts = [leader, trustee].map((share) => decodePreparation(prio3, field, share));
        const hints = decodePublicShare(publicShare);
        // Both hints must be right. Otherwise a crafted report passes here and fails at the leader,
        // when the trustee's total already contains it.
        if (!parts.every(({ jointRandomnessPart }, place) => hints[place]?.equals(jointRandomnessPart))) {
          throw new RangeError('expected the joint randomness of both shares');
        }
        const { jointRand } = await prio3.unshardPreparationShares(null, parts);
        return Uint8Array.from(jointRand);
      }),
    finish: (state, message) => {
      if (state.length !== aggregateBytes + SEED || !Buffer.from(state.subarray(aggregateBytes)).equals(message)) {
        throw invalid();
      }
      return Uint8Array.from(state.subarray(0, aggregateBytes));
    },
    ...sumsOf(field, widths),
  };
}

/** Sums of shares, which are plain vectors of the field. */
function sumsOf(field: QuickField128, widths: readonly number[]): Pick<Vdaf, 'aggregate' | 'shift' | 'unshard'> {
  const encoded = (elements: bigint[]): Uint8Array => Uint8Array.from(field.encode(elements));
  const decoded = (bytes: Uint8Array): bigint[] => {
    try {
      return vector(field, bytes, widths.length);
    } catch {
      throw invalid();
    }
  };
  return {
    aggregate: (shares) => {
      let sum = widths.map(() => 0n);
      for (const share of shares) sum = add(field, sum, decoded(share));
      return encoded(sum);
    },
    shift: (share, integers) =>
      encoded(
        add(
          field,
          decoded(share),
          widths.map((_, place) => modulo(BigInt(integers[place] ?? 0), field.modulus)),
        ),
      ),
    unshard: ({ leader, trustee }) =>
      add(field, decoded(leader), decoded(trustee)).map((value) =>
        Number(value > field.modulus / 2n ? value - field.modulus : value),
      ),
  };
}

async function prepare(prio3: SumVecPrio3, field: QuickField128, input: PrepareInput): ReturnType<Vdaf['prepare']> {
  if (input.verifyKey.length !== SEED || input.nonce.length !== prio3.nonceSize) throw new RangeError('length');
  const { preparationState, preparationShare } = await prio3.prepareInit(
    Buffer.from(input.verifyKey),
    PLACE[input.role],
    null,
    Buffer.from(input.nonce),
    { jointRandParts: decodePublicShare(input.publicShare) },
    await decodeInputShare(prio3, field, input),
  );
  return {
    state: Uint8Array.from([...field.encode(preparationState.outputShare), ...preparationState.correctedJointRandSeed]),
    preparationShare: Uint8Array.from(prio3.encodePreparationShare(preparationShare)),
  };
}

/** Reads an input share as VDAF-08 §7.2.7 encodes it; the library has no decoder. */
async function decodeInputShare(
  prio3: SumVecPrio3,
  field: QuickField128,
  { role, inputShare }: PrepareInput,
): Promise<Parameters<SumVecPrio3['prepareInit']>[5]> {
  const { measurementLen, proofLen } = prio3.flp;
  const wire = { wireMeasurementShare: Buffer.alloc(0), wireProofShare: Buffer.alloc(0) };
  if (role === 'leader') {
    const proofAt = measurementLen * field.encodedSize;
    const blindAt = proofAt + proofLen * PROOFS * field.encodedSize;
    if (inputShare.length !== blindAt + SEED) throw new RangeError('length');
    return {
      ...wire,
      measurementShare: vector(field, inputShare.subarray(0, proofAt), measurementLen),
      proofsShare: vector(field, inputShare.subarray(proofAt, blindAt), proofLen * PROOFS),
      blind: Buffer.from(inputShare.subarray(blindAt)),
    };
  }
  const [measurementSeed, proofSeed, blind] = seeds(inputShare, 3);
  const expand = (usage: number, seed: Buffer | undefined, binder: number[], length: number): Promise<bigint[]> =>
    QuickXof.expandIntoVec(
      field,
      seed ?? Buffer.alloc(0),
      prio3.domainSeparationTag(usage),
      Uint8Array.from(binder),
      length,
    );
  return {
    ...wire,
    measurementShare: await expand(MEASUREMENT_SHARE, measurementSeed, [PLACE.trustee], measurementLen),
    proofsShare: await expand(PROOF_SHARE, proofSeed, [PROOFS, PLACE.trustee], proofLen * PROOFS),
    blind: blind ?? Buffer.alloc(0),
  };
}

const decodePublicShare = (bytes: Uint8Array): Buffer[] => seeds(bytes, AGGREGATORS);

function decodePreparation(
  prio3: SumVecPrio3,
  field: QuickField128,
  bytes: Uint8Array,
): { readonly verifiersShare: bigint[]; readonly jointRandomnessPart: Buffer } {
  const length = prio3.flp.verifierLen * PROOFS;
  const seedAt = length * field.encodedSize;
  if (bytes.length !== seedAt + SEED) throw new RangeError('length');
  return {
    verifiersShare: vector(field, bytes.subarray(0, seedAt), length),
    jointRandomnessPart: Buffer.from(bytes.subarray(seedAt)),
  };
}

function seeds(bytes: Uint8Array, count: number): Buffer[] {
  if (bytes.length !== count * SEED) throw new RangeError('length');
  return Array.from({ length: count }, (_, index) => Buffer.from(bytes.subarray(index * SEED, (index + 1) * SEED)));
}

function vector(field: QuickField128, bytes: Uint8Array, length: number): bigint[] {
  if (bytes.length !== length * field.encodedSize) throw new RangeError('length');
  return field.decode(bytes);
}

function add(field: QuickField128, one: readonly bigint[], other: readonly bigint[]): bigint[] {
  return one.map((value, place) => (value + (other[place] ?? 0n)) % field.modulus);
}

const modulo = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/**
 * Runs a step on bytes of others. Whatever fails in it, the report is refused: an error text of the
 * library could hold a figure.
 */
async function refusing<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch {
    throw invalid();
  }
}

const invalid = (): CaroError =>
  new CaroError('blind_share_invalid', 'expected shares of this layout with a proof that verifies, got others');
