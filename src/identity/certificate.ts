import { webcrypto, X509Certificate } from 'node:crypto';
import { CaroError } from '../domain/errors.ts';
import { encodeNodeId, parseNodeId } from '../domain/identity/node-id.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { Identity } from './identity.ts';

/** The same for every node, so that a certificate reveals only its key (docs/design.md §6). */
const SUBJECT = 'CN=caro';
const DAY_MS = 86_400_000;
const VALID_DAYS = 365;
const RENEW_DAYS = 30;
/** RFC 8410 §7: a PKCS#8 Ed25519 private key up to its seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface TlsMaterial {
  /** PKCS#8 in PEM. MUST stay in memory. */
  readonly key: string;
  /** X.509 in PEM. */
  readonly certificate: string;
}

/**
 * A self-signed X.509 certificate (PEM) with the node's own key, so that TLS 1.3's
 * CertificateVerify proves the Ed25519 identity (FR-202). Valid for a year by default, from a day
 * ago. Loads a library of 14 MiB that stays in memory: call it in a process or thread that ends, or
 * only when `certificateIsDue` returns true.
 *
 * @param nowMs milliseconds since the epoch
 */
export async function makeCertificate(
  identity: Pick<Identity, 'seed'>,
  nowMs: number,
  days = VALID_DAYS,
): Promise<string> {
  await import('reflect-metadata');
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: Math.floor(nowMs).toString(16).padStart(16, '0'),
      name: SUBJECT,
      notBefore: new Date(nowMs - DAY_MS),
      notAfter: new Date(nowMs + days * DAY_MS),
      keys: await webCryptoKeys(identity.seed()),
      signingAlgorithm: { name: 'Ed25519' },
    },
    webcrypto as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1],
  );
  return `${certificate.toString('pem')}\n`;
}

/**
 * Whether a new certificate must be made: there is none, it has another key, it cannot be read, or
 * it ends within 30 days.
 */
export function certificateIsDue(
  pem: string | undefined,
  identity: Pick<Identity, 'publicKey'>,
  nowMs: number,
): boolean {
  if (pem === undefined) return true;
  try {
    const certificate = new X509Certificate(pem);
    const isOurs = Buffer.from(publicKeyOf(certificate) ?? []).equals(identity.publicKey);
    return !isOurs || Date.parse(certificate.validTo) < nowMs + RENEW_DAYS * DAY_MS;
  } catch {
    return true;
  }
}

/** What a TLS socket needs: the certificate, and the node's key as OpenSSL reads it. */
export function tlsMaterial(identity: Pick<Identity, 'seed'>, certificate: string): TlsMaterial {
  const key = Buffer.concat([PKCS8_PREFIX, identity.seed()]).toString('base64');
  return { key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`, certificate };
}

/**
 * Node id of the key in a peer's certificate. TLS proves that the peer has the private key.
 *
 * @param toleranceMs how far the validity may be exceeded, since our own clock may be wrong, too
 * @throws CaroError `certificate_missing`, `certificate_kind`, `certificate_expired`
 */
export function nodeIdOf(certificate: X509Certificate | undefined, nowMs: number, toleranceMs: number): string {
  if (!certificate) {
    throw new CaroError(
      'certificate_missing',
      'expected a certificate with an Ed25519 key, got none; RSA and ECDSA keys are not accepted',
    );
  }
  const publicKey = publicKeyOf(certificate);
  if (!publicKey || !certificate.verify(certificate.publicKey)) {
    throw new CaroError('certificate_kind', 'expected a certificate self-signed with an Ed25519 key, got another kind');
  }
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (!(nowMs >= from - toleranceMs && nowMs <= to + toleranceMs)) {
    const validity = `${isoTime(from)} to ${isoTime(to)}`;
    throw new CaroError(
      'certificate_expired',
      `expected a certificate that is valid at ${isoTime(nowMs)}, got one for ${validity}; restart that node, which then makes a new one`,
    );
  }
  const id = encodeNodeId(publicKey);
  if (parseNodeId(id)) return id;
  throw new CaroError('certificate_kind', 'expected a strong Ed25519 key in the certificate, got one of small order');
}

function publicKeyOf(certificate: X509Certificate): Uint8Array | undefined {
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'ed25519') return undefined;
  return new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
}

async function webCryptoKeys(
  seed: Uint8Array,
): Promise<{ privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey }> {
  const { subtle } = webcrypto;
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { kty, crv, x } = await subtle.exportKey('jwk', privateKey);
  const publicKey = await subtle.importKey('jwk', { kty, crv, x } as webcrypto.JsonWebKey, 'Ed25519', true, ['verify']);
  return { privateKey, publicKey };
}
