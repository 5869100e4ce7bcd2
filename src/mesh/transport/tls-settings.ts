import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import type { TlsMaterial } from '../../identity/certificate.ts';
import { EXPORTER_LABEL, SESSION_BYTES } from '../protocol/messages.ts';

/**
 * TLS 1.3 with Ed25519 signatures only and without session tickets: a resumed session would skip
 * the proof of the key (RFC 8446 §2.2). `rejectUnauthorized` is off because certificates are
 * checked by `nodeIdOf` and the trust in their key, not by a certificate authority.
 */
export const tlsSettings = ({
  key,
  certificate,
}: TlsMaterial): SecureContextOptions & { readonly rejectUnauthorized: false } => ({
  key,
  cert: certificate,
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  sigalgs: 'ed25519',
  secureOptions: constants.SSL_OP_NO_TICKET,
  rejectUnauthorized: false,
});

const contexts = new WeakMap<TlsMaterial, SecureContext>();

/** One context for each key and certificate: parsing them for each peer costs time and memory. */
export function dialContext(material: TlsMaterial): SecureContext {
  const known = contexts.get(material);
  if (known) return known;
  const context = createSecureContext(tlsSettings(material));
  contexts.set(material, context);
  return context;
}

/**
 * The value that binds messages to this connection, in base64. Both sides export the same 32 bytes
 * (RFC 8446 §7.5).
 */
export const sessionOf = (socket: TLSSocket): string =>
  socket.exportKeyingMaterial(SESSION_BYTES, EXPORTER_LABEL, Buffer.alloc(0)).toString('base64');

/**
 * Error codes for OpenSSL's reasons of a failed handshake; the default is `tls_handshake`. Without
 * the prefixes of alerts, which differ between versions: `SSLV3` (OpenSSL 3.0), `SSL/TLS` (3.5).
 */
const REASONS: Readonly<Record<string, ErrorCode>> = {
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls_version',
  ERR_SSL_ALERT_PROTOCOL_VERSION: 'tls_version',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'tls_timeout',
  // The two sides share no signature algorithm: the other key is RSA or ECDSA.
  ERR_SSL_ALERT_HANDSHAKE_FAILURE: 'certificate_kind',
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: 'certificate_kind',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'certificate_kind',
  ERR_SSL_WRONG_SIGNATURE_TYPE: 'certificate_kind',
  ERR_SSL_UNKNOWN_CERTIFICATE_TYPE: 'certificate_kind',
};

const TEXTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  tls_version: 'expected TLS 1.3, the other side does not support it',
  tls_timeout: 'the TLS handshake timed out',
  certificate_kind: 'expected an Ed25519 key on both sides, the other side has another kind of key',
};

/** OpenSSL's own texts are dropped: they contain memory addresses and source files. */
export function handshakeError(error: NodeJS.ErrnoException): CaroError {
  const reason = error.code?.replace(/_(SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_/, '_ALERT_') ?? '';
  const code = REASONS[reason] ?? 'tls_handshake';
  return new CaroError(code, TEXTS[code] ?? 'the TLS 1.3 handshake failed');
}
