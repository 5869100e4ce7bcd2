/**
 * A process without a relay, or with one connection.
 *
 * argv: folder with `fleet.json`, `bare|code|connected`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', what] = process.argv.slice(2);

async function main(): Promise<void> {
  if (what !== 'bare') {
    const { openFleetNode } = await import('./fleet-node.ts');
    const { newNode } = await import('../../test/rig/programs/relay-broker.ts');
    const file = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')) as Parameters<typeof openFleetNode>[0];
    if (what === 'connected')
      await new Promise<void>((onOpen) => void openFleetNode(file, newNode(), { role: 'node', onOpen }));
  }
  process.send?.('ready');
}

setInterval(() => undefined, 3_600_000);
void main();
