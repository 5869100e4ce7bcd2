import { makeCertificate } from '../../identity/certificate.ts';

export interface CertificateInput {
  readonly seed: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Self-signed X.509 certificate in PEM; in a thread, whose end frees the memory of the library. */
export const certificate = ({ seed, nowMs }: CertificateInput): Promise<string> =>
  makeCertificate({ seed: () => seed }, nowMs);
