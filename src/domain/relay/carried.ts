import { replySubject, requestSubject } from './subjects.ts';

/** The address of every recipient over a folder, in the ledger and in questions to the policy. */
export const FOLDER_ADDRESS = 'folder';

const MAILBOX = '[0-9a-f]{32}';
const REQUEST = new RegExp(`^caro\\.in\\.(${MAILBOX})\\.(${MAILBOX})\\.([0-9a-f]{32})$`);
const REPLY = new RegExp(`^caro\\.org\\.reply\\.(${MAILBOX})\\.(${MAILBOX})\\.([0-9a-f]{32})$`);

/** To whom a box in a folder is, by the subject that it is sealed for. */
export interface CarriedTo {
  readonly kind: 'request' | 'reply';
  /** Mailboxes. */
  readonly to: string;
  readonly from: string;
  /** Of the request. */
  readonly id: string;
}

export const carriedSubject = ({ kind, to, from, id }: CarriedTo): string =>
  kind === 'request' ? requestSubject(to, from, id) : replySubject(to, from, id);

export function parseCarried(subject: string): CarriedTo | undefined {
  for (const [kind, pattern] of [['request', REQUEST] as const, ['reply', REPLY] as const]) {
    const [, to, from, id] = pattern.exec(subject) ?? [];
    if (to !== undefined && from !== undefined && id !== undefined) return { kind, to, from, id };
  }
  return undefined;
}

/** What became of one box that was read from a folder. */
export interface CarriedOutcome {
  /** `elsewhere`: it is for another node. */
  readonly what: 'request' | 'reply' | 'elsewhere' | 'refused';
  /** Why it was refused; null otherwise. */
  readonly code: string | null;
}

export interface Carried {
  /** In the order of the boxes. */
  readonly outcomes: readonly CarriedOutcome[];
  /** Texts of boxes for other nodes: requests of this one, and replies. */
  readonly boxes: readonly string[];
}
