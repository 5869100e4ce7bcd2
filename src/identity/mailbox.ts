import { createHash } from 'node:crypto';
import { MAILBOX_CONTEXT } from '../domain/relay/subjects.ts';

const DIGITS = 32;

/** The name under which a relay knows a node. */
export const mailboxOf = (nodeId: string): string =>
  createHash('sha256').update(`${MAILBOX_CONTEXT}${nodeId}`).digest('hex').slice(0, DIGITS);
