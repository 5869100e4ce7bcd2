/**
 * Many nodes of bench/fleet.ts in one process. Each has keys and a credential of its own. argv:
 * folder with `fleet.json`, how many.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newNode } from '../../test/rig/programs/relay-broker.ts';
import { type FleetFile, openFleetNode } from './fleet-node.ts';

export type FromNodes =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** When each connection was opened, in ms since the epoch. */
  | { readonly kind: 'opened'; readonly atMs: readonly number[] };

/** How many handshakes are under way at once in the beginning. After a loss the nodes decide. */
const TOGETHER = 50;
const TELL_MS = 50;

async function main(folder: string, count: number): Promise<void> {
  const file = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')) as FleetFile;
  let opened: number[] = [];
  const keys = Array.from({ length: count }, newNode);
  process.send?.({ kind: 'ids', ids: keys.map(({ identity }) => identity.id) } satisfies FromNodes);
  setInterval(() => {
    if (opened.length === 0) return;
    process.send?.({ kind: 'opened', atMs: opened } satisfies FromNodes);
    opened = [];
  }, TELL_MS);
  const waiting = [...keys];
  const openNext = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const one = next;
      await new Promise<void>((resolve) => {
        const onOpen = (): void => {
          opened.push(Date.now());
          resolve();
        };
        openFleetNode(file, one, { role: 'node', onOpen });
      });
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, openNext));
}

const [folder = '', count] = process.argv.slice(2);
void main(folder, Number(count));
