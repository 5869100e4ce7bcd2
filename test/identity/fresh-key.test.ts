import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { freshKey } from '../../src/identity/fresh-key.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const newFolder = temporaryFolders();

test.each(['ed25519', 'x25519'] as const)(
  'a fresh %s key is another each time, and its halves belong together',
  (curve) => {
    const [one, other] = [freshKey(curve), freshKey(curve)];
    expect(one.d).not.toBe(other.d);
    const secret = createPrivateKey({ key: one, format: 'jwk' });
    expect(secret.asymmetricKeyType).toBe(curve);
    expect(createPublicKey(secret).export({ format: 'jwk' }).x).toBe(one.x);
  },
);

test('making keys never waits for a collection of memory', () => {
  const outfile = join(newFolder(), 'seal.cjs');
  buildSync({
    entryPoints: [join(__dirname, '../../src/blind/sealing.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  // A small young generation, as the service has, is collected every few hundred keys.
  const script = `const { sealBox, deriveSealingKey } = require(${JSON.stringify(outfile)});
    const { publicKey: recipient } = deriveSealingKey(new Uint8Array(32).fill(1));
    const empty = new Uint8Array();
    for (let made = 0; made < 50000; made += 1)
      sealBox({ recipient, info: empty, associatedData: empty, plaintext: empty });
    console.log('done');`;
  const { stdout, signal } = spawnSync(process.execPath, ['--max-semi-space-size=1', '-e', script], {
    encoding: 'utf8',
    timeout: 90_000,
    killSignal: 'SIGKILL',
  });
  expect({ stdout, signal }).toEqual({ stdout: 'done\n', signal: null });
});
