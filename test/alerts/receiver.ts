import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';

/** A certificate for 127.0.0.1 with the authority that signed it, in files of `folder`. */
export function makeCertificates(
  folder: string,
  name: string,
): { readonly ca: string; readonly cert: string; readonly key: string } {
  const at = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=ca',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=logs',
    '-keyout',
    at('key.pem'),
    '-out',
    at('csr.pem'),
  );
  writeFileSync(at('ext'), 'subjectAltName=IP:127.0.0.1,DNS:logs.internal\n');
  openssl(
    'x509',
    '-req',
    '-in',
    at('csr.pem'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('ext'),
    '-out',
    at('cert.pem'),
  );
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
}

export interface Receiver {
  readonly address: string;
  /** Everything that came, of all connections. */
  readonly received: () => Buffer;
  readonly connections: () => number;
  readonly close: () => void;
}

/** A syslog receiver over TLS. */
export async function openReceiver(
  files: { readonly cert: string; readonly key: string },
  port = 0,
): Promise<Receiver> {
  const chunks: Buffer[] = [];
  let connections = 0;
  const server: Server = createServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, (socket) => {
    connections += 1;
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => Buffer.concat(chunks),
    connections: () => connections,
    close: () => server.close(),
  };
}
