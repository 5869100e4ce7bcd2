/**
 * Names on a relay (docs/protocol.md §13). A relay sees mailboxes, which are hashes of node ids,
 * and never a name that people have given.
 */

/** Begins the input of the hash. */
export const MAILBOX_CONTEXT = 'caro-relay-mailbox-v1';

/** The address of every recipient over a relay, in the ledger and in questions to the policy. */
export const RELAY_ADDRESS = 'relay';
/** Recipient of a question to all members. */
export const ALL = 'all';
/** Stream of the documents that officers publish, in the account of documents. */
export const ROSTER_STREAM = 'DOCS';
/** Consumer of an aggregator's stream. */
export const CONSUMER = 'in';

/** Where questions to all members are heard; written in the account of documents only. */
export const SAY = 'caro.say.all';

/**
 * Places that one node has in the stream of one aggregator. A request that is sent again takes the
 * place of its first copy, and no node can fill the stream.
 */
export const SLOTS: readonly string[] = Array.from({ length: 16 }, (_, slot) => slot.toString(16));

/** A request of `from`, kept for the aggregator `to`. */
export const requestSubject = (to: string, from: string, slot: string): string => `caro.in.${to}.${from}.${slot}`;
/** The answer of `from` to a question of `to`; not kept. */
export const answerSubject = (to: string, from: string): string => `caro.to.${to}.${from}`;
/** The reply of the aggregator `from` to one request of `to`, kept in the account of documents. */
export const replySubject = (to: string, from: string, request: string): string =>
  `caro.org.reply.${to}.${from}.${request}`;
/** Where a node reads the newest document on `subject` in `stream`. */
export const documentSubject = (stream: string, subject: string): string => `caro.doc.${stream}.${subject}`;
/** Where answers of the server to this node's own requests arrive. */
export const inboxPrefix = (mailbox: string): string => `caro.box.${mailbox}`;

/** What the roles may publish and subscribe to. `{{name()}}` is the mailbox (NATS, scoped keys). */
const ME = '{{name()}}';
const NODE = {
  publish: [
    requestSubject('*', ME, '*'),
    answerSubject('*', ME),
    documentSubject(ROSTER_STREAM, 'caro.org.roster.>'),
    documentSubject('*', replySubject(ME, '*', '*')),
  ],
  subscribe: [SAY, replySubject(ME, '*', '*'), `${inboxPrefix(ME)}.>`],
} as const;

export const FLEET_ROLES = {
  node: NODE,
  /** An aggregator or analyst: also reads its stream, and hears answers. */
  aggregator: {
    publish: [
      ...NODE.publish,
      `$JS.API.STREAM.CREATE.${ME}`,
      `$JS.API.STREAM.INFO.${ME}`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${ME}.${CONSUMER}`,
      `$JS.API.CONSUMER.DELETE.${ME}.${CONSUMER}`,
      `$JS.API.CONSUMER.MSG.NEXT.${ME}.${CONSUMER}`,
      `$JS.ACK.${ME}.${CONSUMER}.>`,
    ],
    subscribe: [...NODE.subscribe, answerSubject(ME, '*')],
  },
} as const;

/** Roles in the account of documents, in which nodes have no credentials. */
export const DOCS_ROLES = {
  /** Asks all members, and keeps replies for them. */
  aggregator: {
    publish: [SAY, replySubject('*', ME, '*'), `$JS.API.STREAM.CREATE.${ME}`],
    subscribe: [`${inboxPrefix(ME)}.>`],
  },
  officer: {
    publish: ['caro.org.roster.>', `$JS.API.STREAM.CREATE.${ROSTER_STREAM}`],
    subscribe: [`${inboxPrefix(ME)}.>`],
  },
} as const;

export type FleetRole = keyof typeof FLEET_ROLES;
export type DocsRole = keyof typeof DOCS_ROLES;
