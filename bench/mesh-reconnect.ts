/**
 * Measures how long after the restart of a hub all of its peers are connected again, and when the
 * hub itself was ready, both from the start of its process. Real services on this machine. The
 * peers dial the hub, and the hub dials them where their hellos told that they listen. Prints JSON.
 *
 *   npx tsx bench/mesh-reconnect.ts [peers, default 60] [seconds without the hub, default 0 ...]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MeshNode, makeNode, startAll } from '../test/rig/mesh-nodes.ts';
import { until } from '../test/rig/until.ts';
import { report, round, summary } from './parts/figures.ts';
import { cpuTimeOf } from './parts/process-memory.ts';

const [PEERS = 60, ...AWAY] = process.argv.slice(2).map(Number);
/** Longer than the longest wait between two attempts. */
const PATIENCE_MS = 120_000;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const nodes: MeshNode[] = [];
  try {
    for (let number = 0; number <= PEERS; number += 1)
      nodes.push(await makeNode(join(folder, `${number}`), `node-${number}`));
    const [hub, ...peers] = nodes;
    if (!hub) throw new Error('expected a hub');
    hub.configure({ trust: Object.fromEntries(peers.map(({ id }) => [id, 'peer'])), level: 0 });
    for (const peer of peers) peer.configure({ trust: { [hub.id]: 'supervisor' }, dials: [hub] });
    await startAll([...peers, hub]);
    await connectionTimes(hub, peers);
    const runs = [];
    for (const seconds of AWAY.length === 0 ? [0] : AWAY) runs.push(await restart(hub, peers, seconds));
    report('mesh-reconnect', runs);
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function restart(hub: MeshNode, peers: readonly MeshNode[], awaySeconds: number): Promise<object> {
  await hub.stop();
  await new Promise((resolve) => setTimeout(resolve, awaySeconds * 1_000));
  const begun = performance.now();
  const service = await hub.start();
  const readyMs = round(performance.now() - begun);
  const times = await connectionTimes(hub, peers, begun);
  const cpuMs = cpuTimeOf(service.process.pid ?? 0);
  const figures = { readyMs, connectedAgainMs: summary(times), hubCpuMs: cpuMs };
  const run = { peers: peers.length, awaySeconds, ...figures, load: loadavg()[0] };
  console.error(JSON.stringify(run));
  return run;
}

/**
 * When each peer was connected, in ms since `begun`. Peers are looked for every 5 ms,
 * from when the hub answers.
 */
async function connectionTimes(
  hub: MeshNode,
  peers: readonly MeshNode[],
  begun = performance.now(),
): Promise<readonly number[]> {
  const times = new Map<string, number>();
  const look = async (): Promise<number> => {
    const { peers: rows } = await hub.call('mesh.status', {});
    for (const { id, state } of rows)
      if (state === 'connected' && !times.has(id)) times.set(id, round(performance.now() - begun));
    return times.size;
  };
  await until(look, (count) => count === peers.length, PATIENCE_MS);
  return [...times.values()];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
