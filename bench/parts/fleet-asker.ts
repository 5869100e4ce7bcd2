/**
 * The analyst's node of bench/fleet.ts, in a process of its own.
 *
 * argv: folder with `fleet.json`, built `worker.js`, how many nonces to tell beforehand
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NONCE_BYTES } from '../../src/mesh/protocol/messages.ts';
import { openPool } from '../../src/workers/pool.ts';
import { newNode } from '../../test/rig/programs/relay-broker.ts';
import { until } from '../../test/rig/until.ts';
import { type FleetFile, openFleetNode } from './fleet-node.ts';
import type { AskerCard } from './fleet-ready.ts';

export interface ToAsker {
  /** `ready` is a roll-call with one of the nonces that were told. */
  readonly ask: 'roll-call' | 'question' | 'ready';
  readonly members: readonly string[];
}

export interface FromAsker {
  readonly ms: number;
  /** Members that answered. */
  readonly answered: number;
  /** Members that are in the result, with an answer or as away. */
  readonly accountedFor: number;
}

const DEADLINE_MS = 60_000;

const [folder = '', worker = '', told] = process.argv.slice(2);
const file = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')) as FleetFile;
const keys = newNode();
const pool = openPool(worker);
const nonces = Array.from({ length: Number(told) }, () => randomBytes(NONCE_BYTES));
const card: AskerCard = {
  id: keys.identity.id,
  box: Buffer.from(keys.box.publicKey).toString('base64'),
  nonces: nonces.map((nonce) => nonce.toString('base64')),
};
let isTold = false;
/** What is drawn next, before fresh bytes. */
const drawn: Uint8Array[] = [];
const relay = openFleetNode(file, keys, {
  role: 'aggregator',
  openMany: (arrived) => pool.run('openAnswers', { boxes: [keys.box], arrived }),
  random: (count) => (count === NONCE_BYTES ? drawn.shift() : undefined) ?? new Uint8Array(randomBytes(count)),
  onOpen: () => {
    if (isTold) return;
    isTold = true;
    process.send?.(card);
  },
});

async function ask({ ask: what, members }: ToAsker): Promise<void> {
  // The relay was killed before.
  await until(() => relay.isOpen());
  if (what === 'ready') drawn.push(...nonces.splice(0, 1));
  const begun = performance.now();
  const found =
    what === 'question'
      ? await relay.ask(members, { type: 'tool-usage', spanHours: 24 }, DEADLINE_MS)
      : await relay.rollCall(members, DEADLINE_MS);
  const ms = performance.now() - begun;
  const answered = [...found.values()].filter(({ ok }) => ok).length;
  process.send?.({ ms, answered, accountedFor: found.size } satisfies FromAsker);
}

process.on('message', (message) => void ask(message as ToAsker));
