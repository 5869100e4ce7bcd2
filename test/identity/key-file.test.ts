import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CaroError } from '../../src/domain/errors.ts';
import { parseNodeId } from '../../src/domain/identity/node-id.ts';
import { openIdentity, readIdentity } from '../../src/identity/identity.ts';
import { verify } from '../../src/identity/signature.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'caro-identity-'));
  path = join(home, 'identity.key');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function failure(action: () => unknown): CaroError {
  try {
    action();
  } catch (error) {
    if (error instanceof CaroError) return error;
    throw error;
  }
  throw new Error('expected a CaroError, nothing was thrown');
}

describe('the identity key', () => {
  test('is created private at the first start and reused at the second (FR-101, FR-102)', () => {
    const first = openIdentity(path);
    const second = openIdentity(path);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second).toMatchObject({ id: first.id, fingerprint: first.fingerprint, createdAt: first.createdAt });
    expect(first.id).toMatch(/^caro:ed25519:[A-Za-z0-9+/]{43}=$/);
    expect(parseNodeId(first.id)).toEqual(first.publicKey);
    expect(first.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(readdirSync(home)).toEqual(['identity.key']);
  });

  test('is read by OpenSSL, which finds the same public key', () => {
    const { publicKey } = openIdentity(path);
    const der = execFileSync('openssl', ['pkey', '-in', path, '-pubout', '-outform', 'DER']);
    expect(new Uint8Array(der.subarray(-32))).toEqual(publicKey);
  });

  test('signs what its public key verifies, and gives the seed to the pool only', () => {
    const identity = openIdentity(path);
    const message = Buffer.from('a message');
    expect(verify(identity.publicKey, message, identity.sign(message))).toBe(true);
    expect(identity.seed()).toHaveLength(32);
    expect(JSON.stringify(identity)).not.toContain(Buffer.from(identity.seed()).toString('base64'));
  });

  test('is one key when four processes start at once', async () => {
    const program = `const {openIdentity}=require(${JSON.stringify(join(__dirname, '../../src/identity/identity.ts'))});console.log(openIdentity(${JSON.stringify(path)}).id)`;
    const { spawn } = await import('node:child_process');
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--import', 'tsx', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        for await (const chunk of child.stdout) text += String(chunk);
        return text.trim();
      }),
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toBe(readIdentity(path).id);
  });

  test('survives a crash during its creation: the draft is not used as a key and is removed', () => {
    writeFileSync(`${path}.0123456789ab.new`, '-----BEGIN PRIV', { mode: 0o600 });
    openIdentity(path);
    expect(readdirSync(home)).toEqual(['identity.key']);
  });

  test('is never replaced: a damaged one is an error that says what to do', () => {
    writeFileSync(path, 'not a key', { mode: 0o600 });
    const error = failure(() => openIdentity(path));
    expect(error.code).toBe('identity_damaged');
    expect(error.message).toContain(path);
    expect(error.message).toContain('put back your copy');
    expect(readFileSync(path, 'utf8')).toBe('not a key');
  });

  test.each([
    ['a key of another kind', ['genpkey', '-algorithm', 'X25519']],
    ['an encrypted key', ['genpkey', '-algorithm', 'ED25519', '-aes-128-cbc', '-pass', 'pass:secret']],
  ])('refuses %s', (_what, args) => {
    writeFileSync(path, execFileSync('openssl', args), { mode: 0o600 });
    expect(failure(() => openIdentity(path)).code).toBe('identity_damaged');
  });

  test('refuses every truncation of itself', () => {
    openIdentity(path);
    const pem = readFileSync(path);
    // The line feed at the end may go.
    for (let length = 0; length < pem.length - 1; length += 1) {
      writeFileSync(path, pem.subarray(0, length), { mode: 0o600 });
      expect([length, failure(() => openIdentity(path)).code]).toEqual([length, 'identity_damaged']);
    }
  });

  test.each([0o640, 0o604, 0o620, 0o666])('refuses mode %o and says how to fix it', (mode) => {
    openIdentity(path);
    chmodSync(path, mode);
    const error = failure(() => openIdentity(path));
    expect(error.code).toBe('permissions_unsafe');
    expect(error.message).toContain(`expected mode 0600, got 0${mode.toString(8)}`);
    execFileSync('sh', ['-c', error.message.split('to fix it: ')[1] ?? 'false']);
    expect(openIdentity(path).isNew).toBe(false);
  });

  test('refuses a symbolic link, a directory and a FIFO in its place', () => {
    // A good key of ours, so that nothing but the link is wrong.
    openIdentity(`${path}.elsewhere`);
    symlinkSync(`${path}.elsewhere`, path);
    expect(failure(() => openIdentity(path)).code).toBe('permissions_unsafe');
    rmSync(path);
    execFileSync('mkfifo', ['-m', '600', path]);
    expect(failure(() => openIdentity(path)).code).toBe('permissions_unsafe');
    rmSync(path);
    execFileSync('mkdir', ['-m', '700', path]);
    expect(failure(() => openIdentity(path)).code).toBe('permissions_unsafe');
  });

  test('is not created by reading: the error names caro init', () => {
    const error = failure(() => readIdentity(path));
    expect(error.code).toBe('not_found');
    expect(error.message).toContain('caro init');
    expect(readdirSync(home)).toEqual([]);
  });

  test('never shows its content in an error (NFR-202)', () => {
    const pem = execFileSync('openssl', ['genpkey', '-algorithm', 'ED25519'], { encoding: 'utf8' });
    const secret = pem.split('\n')[1] ?? '';
    writeFileSync(path, pem.replace('-----END PRIVATE KEY-----', ''), { mode: 0o600 });
    const error = failure(() => openIdentity(path));
    expect(`${error.stack ?? ''}${String(error.cause)}`).not.toContain(secret);
  });
});
