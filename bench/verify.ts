/**
 * Measures how many signatures a second the worker pool verifies, in batches of the size of mesh
 * answers. The baseline is node:crypto in this thread. Prints JSON.
 *
 *   npx tsx bench/verify.ts
 */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openIdentity } from '../src/identity/identity.ts';
import { openPool } from '../src/workers/pool.ts';
import { report, round, summary } from './parts/figures.ts';

const BATCHES = [1, 10, 100, 1_000] as const;
const ROUNDS = 30;
const MESSAGE_BYTES = 1_200;
/** The bytes before the key in a SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const pool = openPool(resolve('dist/worker.js'));
  try {
    const signers = Array.from({ length: 10 }, (_, number) => openIdentity(join(folder, `${number}.key`)));
    const items = Array.from({ length: 1_000 }, (_, number) => {
      const signer = signers[number % signers.length];
      if (!signer) throw new Error('expected a signer');
      const message = new Uint8Array(randomBytes(MESSAGE_BYTES));
      return { publicKey: signer.publicKey, message, signature: signer.sign(message) };
    });
    const results: unknown[] = [];
    for (const size of BATCHES) {
      const batch = items.slice(0, size);
      const inPool = await times(async () => {
        const verdicts = await pool.run('verifyBatch', batch);
        if (!verdicts.every(Boolean)) throw new Error('expected good signatures');
      });
      const here = await times(() => {
        for (const item of batch) check(item);
      });
      results.push(
        {
          name: 'pool',
          batch: size,
          unit: 'ms',
          ...inPool,
          signaturesPerSecond: round((1_000 * size) / inPool.median),
        },
        {
          name: 'node:crypto here',
          batch: size,
          unit: 'ms',
          ...here,
          signaturesPerSecond: round((1_000 * size) / here.median),
        },
      );
    }
    report('verify', results);
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true });
  }
}

function check({ publicKey, message, signature }: Record<'publicKey' | 'message' | 'signature', Uint8Array>): void {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  if (!verify(null, message, key, signature)) throw new Error('expected a good signature');
}

/** Leaves out the first run, which starts a thread and compiles code. */
async function times(act: () => Promise<void> | void): Promise<ReturnType<typeof summary>> {
  const values: number[] = [];
  for (let number = 0; number <= ROUNDS; number += 1) {
    const begun = performance.now();
    await act();
    if (number > 0) values.push(performance.now() - begun);
  }
  return summary(values);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
