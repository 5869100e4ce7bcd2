/** OpenSSL's names of one reason, by version. Real handshakes: hostile-connections.test.ts. */
import { expect, test } from '@jest/globals';
import { handshakeError } from '../../../src/mesh/transport/tls-settings.ts';

const codeFor = (code: string): string => handshakeError(Object.assign(new Error('x'), { code })).code;

test.each(['SSLV3', 'SSL/TLS'])('an alert with the prefix %s names another kind of key', (prefix) => {
  expect(codeFor(`ERR_SSL_${prefix}_ALERT_HANDSHAKE_FAILURE`)).toBe('certificate_kind');
});

test.each(['TLSV1', 'SSL/TLS'])('an alert with the prefix %s names an old version of TLS', (prefix) => {
  expect(codeFor(`ERR_SSL_${prefix}_ALERT_PROTOCOL_VERSION`)).toBe('tls_version');
});

test('any other reason is a failed handshake', () => {
  expect(codeFor('ERR_SSL_SSL/TLS_ALERT_INTERNAL_ERROR')).toBe('tls_handshake');
});
