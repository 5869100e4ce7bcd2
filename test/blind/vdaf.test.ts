/**
 * Prio3SumVec against the published vectors of VDAF-08, and shares of others against the port.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Prio3 } from '@divviup/prio3';
import { FlpGeneric } from '@divviup/prio3/dist/genericFlp.js';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { QuickField128, QuickXof } from '../../src/blind/vdaf/field-128.ts';
import { MixedSumVec } from '../../src/blind/vdaf/mixed-sum-vec.ts';
import { createPrio3 } from '../../src/blind/vdaf/prio3.ts';
import { QuickFlp } from '../../src/blind/vdaf/quick-flp.ts';
import type { AggregatorRole, Vdaf } from '../../src/blind/vdaf/vdaf.ts';
import { codeOf, codeOfPromise } from '../rig/error-code.ts';

interface Vector {
  readonly length: number;
  readonly bits: number;
  readonly chunk_length: number;
  readonly verify_key: string;
  readonly agg_shares: readonly string[];
  readonly agg_result: readonly number[];
  readonly prep: readonly {
    readonly measurement: readonly number[];
    readonly nonce: string;
    readonly rand: string;
    readonly public_share: string;
    readonly prep_messages: readonly string[];
    readonly input_shares: readonly string[];
    readonly prep_shares: readonly (readonly string[])[];
    readonly out_shares: readonly (readonly string[])[];
  }[];
}

const vectorIn = (file: string): Vector =>
  JSON.parse(readFileSync(join(__dirname, '../vectors/vdaf-08', file), 'utf8')) as Vector;
const vector = vectorIn('Prio3SumVec_0.json');
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (some: Uint8Array): string => Buffer.from(some).toString('hex');
const VERIFY_KEY = bytes(vector.verify_key);

/** One report through all steps of both aggregators. */
async function run(vdaf: Vdaf, cells: readonly number[], nonce: Uint8Array, random: Uint8Array, key = VERIFY_KEY) {
  const { publicShare, inputShares } = await vdaf.shard(cells, nonce, random);
  const prepare = (role: AggregatorRole) =>
    vdaf.prepare({ verifyKey: key, role, nonce, publicShare, inputShare: inputShares[role] });
  const leader = await prepare('leader');
  const trustee = await prepare('trustee');
  const message = await vdaf.verify(publicShare, {
    leader: leader.preparationShare,
    trustee: trustee.preparationShare,
  });
  return {
    publicShare,
    inputShares,
    leader,
    trustee,
    message,
    output: { leader: vdaf.finish(leader.state, message), trustee: vdaf.finish(trustee.state, message) },
  };
}

const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe('the published vectors of VDAF-08', () => {
  const vdaf = createPrio3({
    widths: Array.from({ length: vector.length }, () => vector.bits),
    chunkLength: vector.chunk_length,
  });

  test('gives the same bytes at every step', async () => {
    const sums: Record<AggregatorRole, Uint8Array[]> = { leader: [], trustee: [] };
    for (const report of vector.prep) {
      const made = await run(vdaf, report.measurement, bytes(report.nonce), bytes(report.rand));
      expect(hex(made.publicShare)).toBe(report.public_share);
      expect(hex(made.message)).toBe(report.prep_messages[0]);
      sums.leader.push(made.output.leader);
      sums.trustee.push(made.output.trustee);
      expect([hex(made.inputShares.leader), hex(made.inputShares.trustee)]).toEqual(report.input_shares);
      expect([hex(made.leader.preparationShare), hex(made.trustee.preparationShare)]).toEqual(report.prep_shares[0]);
      expect([hex(made.output.leader), hex(made.output.trustee)]).toEqual(
        report.out_shares.map((elements) => elements.join('')),
      );
    }
    const total = { leader: vdaf.aggregate(sums.leader), trustee: vdaf.aggregate(sums.trustee) };
    expect([hex(total.leader), hex(total.trustee)]).toEqual(vector.agg_shares);
    expect(vdaf.unshard(total)).toEqual(vector.agg_result);
  });

  test('gives the same bytes for three aggregators, with our circuit, field and expansion', async () => {
    const three = vectorIn('Prio3SumVec_1.json');
    const widths = Array.from({ length: three.length }, () => three.bits);
    const circuit = new MixedSumVec(new QuickField128(), widths, three.chunk_length);
    const made = await new Prio3(QuickXof, new FlpGeneric(circuit), 3, 1, 2).run({
      aggregationParameter: null,
      measurements: three.prep.map(({ measurement }) => [...measurement]),
      verifyKey: Buffer.from(three.verify_key, 'hex'),
      nonces: three.prep.map(({ nonce }) => Buffer.from(nonce, 'hex')),
      rands: three.prep.map(({ rand }) => Buffer.from(rand, 'hex')),
    });
    expect(made).toMatchObject({ agg_shares: three.agg_shares, agg_result: three.agg_result });
    expect(made.prep).toEqual(three.prep);
  });
});

describe('cells of different widths', () => {
  const widths = [1, 13, 1, 14, 17, 5, 1];
  const vdaf = createPrio3({ widths, chunkLength: 7 });
  const cells = fc.tuple(...widths.map((width) => fc.integer({ min: 0, max: 2 ** width - 1 })));
  const random = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

  test('add up to exact totals, whatever the reports and their randomness', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cells, random(16), random(vdaf.randomBytes)), { minLength: 1, maxLength: 4 }),
        random(16),
        async (reports, key) => {
          const outputs = [];
          for (const [values, nonce, rand] of reports) outputs.push((await run(vdaf, values, nonce, rand, key)).output);
          const total = vdaf.unshard({
            leader: vdaf.aggregate(outputs.map(({ leader }) => leader)),
            trustee: vdaf.aggregate(outputs.map(({ trustee }) => trustee)),
          });
          expect(total).toEqual(
            widths.map((_, place) => reports.reduce((sum, [values]) => sum + (values[place] ?? 0), 0)),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  test('noise may make a total negative', async () => {
    const { output } = await run(vdaf, [1, 2, 0, 3, 4, 5, 0], filled(16, 1), filled(vdaf.randomBytes, 2));
    const trustee = vdaf.shift(output.trustee, [-3, 0, 0, 7, 0, 0, -1]);
    expect(vdaf.unshard({ leader: output.leader, trustee })).toEqual([-2, 2, 0, 10, 4, 5, -1]);
  });

  test('a cell that is out of range, negative or no integer is not encoded', async () => {
    for (const bad of [2, -1, 0.5, Number.NaN, 2 ** 53]) {
      const report = vdaf.shard([bad, 0, 0, 0, 0, 0, 0], filled(16, 1), filled(vdaf.randomBytes, 2));
      await expect(report).rejects.toThrow(RangeError);
    }
    await expect(vdaf.shard([0], filled(16, 1), filled(vdaf.randomBytes, 2))).rejects.toThrow(
      'expected 7 cells, got 1',
    );
  });

  test('one share alone does not change with the cells', async () => {
    const [one, other] = await Promise.all(
      [0, 1].map((value) => vdaf.shard([value, 1, 1, 1, 1, 1, 1], filled(16, 1), filled(vdaf.randomBytes, 2))),
    );
    expect(hex(one?.inputShares.trustee ?? filled(0, 0))).toBe(hex(other?.inputShares.trustee ?? filled(1, 0)));
    expect(hex(one?.inputShares.leader ?? filled(0, 0))).not.toBe(hex(other?.inputShares.leader ?? filled(0, 0)));
  });
});

describe('a report of somebody who lies', () => {
  const vdaf = createPrio3({ widths: [1, 6, 6], chunkLength: 7 });
  const nonce = filled(16, 3);
  const honest = () => vdaf.shard([1, 40, 2], nonce, filled(vdaf.randomBytes, 4));
  const both = async (shares: Awaited<ReturnType<typeof honest>>) => {
    const prepare = (role: AggregatorRole) =>
      vdaf.prepare({
        verifyKey: VERIFY_KEY,
        role,
        nonce,
        publicShare: shares.publicShare,
        inputShare: shares.inputShares[role],
      });
    const [leader, trustee] = [await prepare('leader'), await prepare('trustee')];
    return vdaf.verify(shares.publicShare, {
      leader: leader.preparationShare,
      trustee: trustee.preparationShare,
    });
  };

  test('with a value of 1,000 in a cell of six bits is refused', async () => {
    const { publicShare, inputShares } = await honest();
    const leader = Uint8Array.from(inputShares.leader);
    const view = new DataView(leader.buffer);
    view.setBigUint64(16, BigInt.asUintN(64, view.getBigUint64(16, true) + 1_000n), true);
    expect(await codeOfPromise(both({ publicShare, inputShares: { ...inputShares, leader } }))).toBe(
      'blind_share_invalid',
    );
  });

  test('with a proof that was made for such a value is refused', async () => {
    const encode = jest.spyOn(MixedSumVec.prototype, 'encode').mockReturnValue([1_000n, ...Array<bigint>(12).fill(0n)]);
    // The fast prover knows only bits.
    const prove = jest.spyOn(QuickFlp.prototype, 'prove').mockImplementation(function (this: QuickFlp, ...input) {
      return FlpGeneric.prototype.prove.apply(this, input);
    });
    const shares = await honest();
    for (const changed of [encode, prove]) changed.mockRestore();
    expect(await codeOfPromise(both(shares))).toBe('blind_share_invalid');
  });

  test('with a wrong hint for either aggregator is refused by both', async () => {
    for (const place of [0, 16]) {
      const shares = await honest();
      const publicShare = Uint8Array.from(shares.publicShare);
      publicShare.set(filled(16, 9), place);
      expect(await codeOfPromise(both({ ...shares, publicShare }))).toBe('blind_share_invalid');
    }
  });

  test('with shares of another length, or elements outside the field, is refused', async () => {
    const shares = await honest();
    const { leader, trustee } = shares.inputShares;
    const outside = Uint8Array.from(leader);
    outside.fill(0xff, 0, 16);
    for (const inputShares of [
      { leader: leader.subarray(1), trustee },
      { leader: new Uint8Array(), trustee },
      { leader, trustee: trustee.subarray(16) },
      { leader: outside, trustee },
      { leader: trustee, trustee: leader },
    ]) {
      expect(await codeOfPromise(both({ ...shares, inputShares }))).toBe('blind_share_invalid');
    }
    expect(await codeOfPromise(both({ ...shares, publicShare: new Uint8Array(31) }))).toBe('blind_share_invalid');
  });

  test('any bytes in place of a share are refused with the same code', async () => {
    const shares = await honest();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('leader', 'trustee'),
        fc.nat({ max: 47 }),
        fc.integer({ min: 1, max: 255 }),
        async (role, place, mask) => {
          const changed = Uint8Array.from(shares.inputShares[role]);
          changed[place] = (changed[place] ?? 0) ^ mask;
          const inputShares = { ...shares.inputShares, [role]: changed };
          expect(await codeOfPromise(both({ ...shares, inputShares }))).toBe('blind_share_invalid');
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a preparation message of another report finishes none', async () => {
    const { publicShare, inputShares } = await honest();
    const { state } = await vdaf.prepare({
      verifyKey: VERIFY_KEY,
      role: 'leader',
      nonce,
      publicShare,
      inputShare: inputShares.leader,
    });
    expect(codeOf(() => vdaf.finish(state, filled(16, 1)))).toBe('blind_share_invalid');
  });
});
