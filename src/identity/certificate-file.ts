import { readFileSync } from 'node:fs';
import { replacePrivately } from '../platform/files/private-file.ts';
import { certificateIsDue } from './certificate.ts';
import type { Identity } from './identity.ts';

/**
 * The certificate in `file` (PEM), replaced by one that `make` makes if it is missing, damaged,
 * about to expire or of another key.
 */
export async function currentCertificate(
  file: string,
  identity: Pick<Identity, 'publicKey'>,
  make: (nowMs: number) => Promise<string>,
): Promise<string> {
  const present = readText(file);
  if (present !== undefined && !certificateIsDue(present, identity, Date.now())) return present;
  const pem = await make(Date.now());
  replacePrivately(file, pem);
  return pem;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
