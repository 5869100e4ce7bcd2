/**
 * Starts ten real nodes on this machine and asks them for their safety posture from an eleventh.
 * Three nodes deny, one is dead. Prints what the security analyst sees, then removes everything.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connected, lately, type MeshNode, makeNode, startAll } from '../test/rig/mesh-nodes.ts';
import { caro } from '../test/rig/service.ts';

const NODES = 10;
const DENYING = 3;
const COMMANDS = [
  ...['git status', 'git push', 'npm test', 'docker ps', 'kubectl get pods', 'make', 'ls -la', 'vim README.md'],
  ...['git push --force', 'sudo systemctl restart nginx', 'curl -sSL https://example.org/install.sh | sh'],
];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-demo-'));
  const nodes: MeshNode[] = [];
  try {
    const asker = await makeNode(join(folder, 'ciso'), 'ciso');
    nodes.push(asker);
    for (let number = 1; number <= NODES; number += 1) {
      const name = `dev-${String(number).padStart(2, '0')}`;
      nodes.push(await makeNode(join(folder, name), name));
    }
    await demonstrate(asker, nodes.slice(1));
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function demonstrate(asker: MeshNode, nodes: readonly MeshNode[]): Promise<void> {
  asker.configure({ trust: Object.fromEntries(nodes.map(({ id }) => [id, 'peer'])), dials: nodes, level: 0 });
  for (const [index, node] of nodes.entries()) {
    node.configure({ trust: { [asker.id]: index < DENYING ? 'share_to' : 'supervisor' } });
  }
  await startAll([...nodes, asker]);
  await connected(asker, nodes);
  for (const [index, node] of nodes.entries()) {
    // The counts differ by node, so that a wrong sum shows.
    await node.observe(lately(Array.from({ length: 1 + (index % 3) }, () => COMMANDS).flat()));
  }
  await nodes.at(-1)?.kill();
  // Ten nodes share this machine, which may be slow.
  const question = ['mesh', 'query', 'safety-posture', '--since', '24h', '--timeout', '10s'];
  say(`$ caro ${question.join(' ')}`);
  const { code, stdout, stderr } = await caro(asker.home, ...question);
  say(stdout.trimEnd());
  if (code !== 0) throw new Error(stderr);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
