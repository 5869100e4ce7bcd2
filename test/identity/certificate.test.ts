import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { certificateIsDue, makeCertificate, nodeIdOf, tlsMaterial } from '../../src/identity/certificate.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { codeOf } from '../rig/error-code.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400_000;
const TOLERANCE = 300_000;
const folder = lastingFolder();
let identity: Identity;
let pem: string;

/** A certificate made by OpenSSL's own command line. */
function foreign(...key: readonly string[]): X509Certificate {
  const [certificate, private_] = [join(folder, 'foreign.crt'), join(folder, 'foreign.key')];
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, '-nodes', '-keyout', private_, '-out', certificate, '-days', '1', '-subj', '/CN=x'],
    { stdio: 'ignore' },
  );
  return new X509Certificate(readFileSync(certificate));
}

beforeAll(async () => {
  identity = openIdentity(join(folder, 'identity.key'));
  pem = await makeCertificate(identity, NOW);
});

describe('the certificate of a node', () => {
  test('is self-signed with the key of its identity, and says nothing else', () => {
    const certificate = new X509Certificate(pem);
    expect(nodeIdOf(certificate, NOW, TOLERANCE)).toBe(identity.id);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect([certificate.subject, certificate.issuer, certificate.subjectAltName]).toEqual([
      'CN=caro',
      'CN=caro',
      undefined,
    ]);
    expect(certificate.checkPrivateKey(createPrivateKey(tlsMaterial(identity, pem).key))).toBe(true);
  });

  test('is read by OpenSSL', () => {
    const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem }).toString();
    expect(text).toMatch(/Public Key Algorithm: ED25519/i);
    expect(text).toMatch(/Signature Algorithm: ED25519/i);
  });

  test('is due when it is missing, damaged, of another key or about to end', () => {
    const other = openIdentity(join(folder, 'other.key'));
    expect(certificateIsDue(pem, identity, NOW)).toBe(false);
    expect(certificateIsDue(pem, identity, NOW + 334 * DAY)).toBe(false);
    expect(certificateIsDue(pem, identity, NOW + 336 * DAY)).toBe(true);
    expect(certificateIsDue(undefined, identity, NOW)).toBe(true);
    expect(certificateIsDue('-----BEGIN CERTIFICATE-----\n', identity, NOW)).toBe(true);
    expect(certificateIsDue(pem, other, NOW)).toBe(true);
  });

  test('is refused outside its time, give or take the tolerance', () => {
    const certificate = new X509Certificate(pem);
    const [from, to] = [NOW - DAY, NOW + 365 * DAY];
    for (const at of [from - TOLERANCE, from, to, to + TOLERANCE])
      expect(nodeIdOf(certificate, at, TOLERANCE)).toBe(identity.id);
    for (const at of [from - TOLERANCE - 1000, to + TOLERANCE + 1000]) {
      expect(codeOf(() => nodeIdOf(certificate, at, TOLERANCE))).toBe('certificate_expired');
    }
  });

  test('is refused when it is missing, has another kind of key, or is signed by another key', () => {
    expect(codeOf(() => nodeIdOf(undefined, NOW, TOLERANCE))).toBe('certificate_missing');
    expect(codeOf(() => nodeIdOf(foreign('-newkey', 'rsa:2048'), Date.now(), TOLERANCE))).toBe('certificate_kind');
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    expect(codeOf(() => nodeIdOf(foreign(...curve), Date.now(), TOLERANCE))).toBe('certificate_kind');
    expect(codeOf(() => nodeIdOf(foreign('-newkey', 'ed25519'), Date.now(), TOLERANCE))).toBe(undefined);
    expect(codeOf(() => nodeIdOf(tampered(), NOW, TOLERANCE))).toBe('certificate_kind');
  });
});

/** Our certificate with one bit of its signature turned. */
function tampered(): X509Certificate {
  const der = Buffer.from(new X509Certificate(pem).raw);
  der.writeUInt8((der.at(-1) ?? 0) ^ 1, der.length - 1);
  return new X509Certificate(der);
}
