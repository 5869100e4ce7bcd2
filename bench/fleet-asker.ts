/**
 * The analyst's node of bench/fleet.ts, in a process of its own.
 *
 * argv: folder with `fleet.json`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newNode } from '../test/rig/programs/relay-broker.ts';
import { type FleetFile, openFleetNode } from './fleet-node.ts';

export interface ToAsker {
  readonly ask: 'roll-call' | 'question';
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

const [folder = ''] = process.argv.slice(2);
const file = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')) as FleetFile;
const relay = openFleetNode(file, newNode(), {
  role: 'aggregator',
  onOpen: () => process.send?.('open'),
});

async function ask({ ask: what, members }: ToAsker): Promise<void> {
  const begun = performance.now();
  const found =
    what === 'roll-call'
      ? await relay.rollCall(members, DEADLINE_MS)
      : await relay.ask(members, { type: 'tool-usage', spanHours: 24 }, DEADLINE_MS);
  const ms = performance.now() - begun;
  const answered = [...found.values()].filter(({ ok }) => ok).length;
  process.send?.({ ms, answered, accountedFor: found.size } satisfies FromAsker);
}

process.on('message', (message) => void ask(message as ToAsker));
