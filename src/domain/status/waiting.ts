import type { ErrorCode } from '../errors.ts';

/** A part of the service that cannot listen yet. It tries again by itself. */
export interface Waiting {
  /** `IP:port`, or `interface:NAME:port`. */
  readonly for: string;
  readonly code: ErrorCode;
  /** Why it cannot listen, as part of a sentence. */
  readonly reason: string;
}

/** The same sentence in the status, on the page, in `caro doctor` and in the log. */
export const waitingText = (part: 'mesh' | 'dashboard', waiting: Waiting): string => `${part} ${waitText(waiting)}`;

/** The same where the part is named already. */
export const waitText = ({ for: place, reason }: Waiting): string => `waits for ${place}: ${reason}`;
