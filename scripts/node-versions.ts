/**
 * Runs test/release/offline-bundle.test.ts with one archive under several versions of Node.js. Each
 * run installs as another user, in a network namespace without a route. The interpreters, and the
 * binding that npm leaves out here, come from the registry. Needs root.
 *
 *   npm run test:node-versions               the current Node.js, 22, 24 and 26
 *   npm run test:node-versions -- 22 24.1    the current Node.js and these
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchNode } from './fetched-node.ts';

const ROOT = resolve(__dirname, '..');
const TESTS = 'test/release/offline-bundle';

function main(versions: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'caro-node-versions-'));
  chmodSync(folder, 0o755);
  try {
    const script = ['scripts/bundle/bundle-offline.ts', folder, '--every-node'];
    const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
    const said = execFileSync(tsx, script, { cwd: ROOT, encoding: 'utf8' });
    const { archive } = JSON.parse(said) as { readonly archive: string };
    for (const node of [process.execPath, ...versions.map((version) => fetchNode(version, folder))]) {
      const found = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
      const env = { ...process.env, CI: 'true', CARO_TEST_NODE: node, CARO_TEST_ARCHIVE: archive };
      const { status } = spawnSync('npx', ['jest', TESTS], { cwd: ROOT, env, stdio: 'inherit' });
      console.log(`Node.js ${found}: ${status === 0 ? 'passed' : 'FAILED'}`);
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const given = process.argv.slice(2);
main(given.length > 0 ? given : ['22', '24', '26']);
