/**
 * Makes the reports of a day for bench/blind.ts, in a process of its own, so that its work is not
 * counted: shards are computed for a few nodes, then sealed and signed anew for each node.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { dayLayout } from '../../src/blind/layout/day-1.ts';
import { makeReport } from '../../src/blind/report.ts';
import { drawRandomness } from '../../src/blind/report-bytes.ts';
import { createSealing } from '../../src/blind/sealing.ts';
import { decodeTask } from '../../src/blind/task.ts';
import { createPrio3 } from '../../src/blind/vdaf/prio3.ts';
import type { Shares } from '../../src/blind/vdaf/vdaf.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { fingerprint } from '../../src/identity/fingerprint.ts';
import type { Signer } from '../../src/identity/signed-document.ts';

/** Different cells and randomness; more would only take time. */
const KINDS = 40;

export interface MadeReports {
  /** Sum of each cell. */
  readonly sums: readonly number[];
  readonly nodes: readonly string[];
}

/** Writes `leader.ndjson`, `trustee.ndjson` and `made.json` into `folder`. */
async function make(folder: string, taskText: string, day: string, count: number): Promise<void> {
  const task = decodeTask(taskText);
  const layout = dayLayout(task.task.words);
  const vdaf = createPrio3(layout);
  const sealing = createSealing();
  const kinds: {
    readonly cells: readonly number[];
    readonly randomness: ReturnType<typeof drawRandomness>;
    readonly shares: Shares;
  }[] = [];
  for (let kind = 0; kind < Math.min(KINDS, count); kind += 1) {
    const cells = layout.widths.map((bits) => randomBytes(2).readUInt16LE() % 2 ** Math.min(bits, 16));
    const randomness = drawRandomness((size) => new Uint8Array(randomBytes(size)));
    kinds.push({ cells, randomness, shares: await vdaf.shard(cells, randomness.nonce, randomness.shares) });
  }
  const files = {
    leader: createWriteStream(join(folder, 'leader.ndjson')),
    trustee: createWriteStream(join(folder, 'trustee.ndjson')),
  };
  const nodes: string[] = [];
  const sums = layout.widths.map(() => 0);
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index % kinds.length];
    if (!kind) throw new Error('expected a kind of report');
    const signer = newSigner();
    nodes.push(signer.id);
    kind.cells.forEach((value, cell) => {
      sums[cell] = (sums[cell] ?? 0) + value;
    });
    const boxes = { leader: new Uint8Array(randomBytes(32)), trustee: new Uint8Array(randomBytes(32)) };
    const reports = await makeReport(
      { task, day, cells: kind.cells, randomness: { ...kind.randomness, boxes }, signer },
      { vdaf: { ...vdaf, shard: () => Promise.resolve(kind.shares) }, sealing },
    );
    for (const role of ['leader', 'trustee'] as const) {
      const line = `${JSON.stringify({ peer: signer.id, report: reports[role] })}\n`;
      if (!files[role].write(line)) await new Promise<void>((resolve) => files[role].once('drain', resolve));
    }
  }
  for (const file of Object.values(files)) {
    file.end();
    await finished(file);
  }
  writeFileSync(join(folder, 'made.json'), JSON.stringify({ sums, nodes } satisfies MadeReports));
}

function newSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
  const secret = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return { id: encodeNodeId(key), fingerprint: fingerprint(key), sign: (message) => sign(null, message, secret) };
}

if (process.send) {
  process.once('message', (input: { folder: string; task: string; day: string; count: number }) => {
    void make(input.folder, input.task, input.day, input.count).then(() =>
      process.send?.('made', () => process.exit(0)),
    );
  });
}
