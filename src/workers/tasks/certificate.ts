import { makeCertificate } from '../../identity/certificate.ts';

export interface CertificateInput {
  readonly seed: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Self-signed X.509 certificate in PEM; in a thread, since the library that makes it would stay in
 * memory.
 */
export const certificate = ({ seed, nowMs }: CertificateInput): Promise<string> =>
  makeCertificate({ seed: () => seed }, nowMs);
