import type { PolicyQuestion } from '../domain/policy/policy.ts';
import { QUERY_TYPES, type QueryType } from '../domain/policy/trust.ts';

/** A message that is about to leave, as far as policy looks at it. */
export interface OutgoingMessage {
  readonly recipient: string;
  readonly address?: string;
  /** Message type of the protocol. */
  readonly type: string;
  readonly body: unknown;
}

/**
 * What the egress gate asks the policy about a message. Summaries are level 1; a response with
 * figures has the level it says; every other message carries none of our figures and may go to
 * whoever may connect.
 */
export function egressQuestion({ recipient, address, type, body }: OutgoingMessage): PolicyQuestion {
  const who = { id: recipient, ...(address === undefined ? {} : { address }) };
  if (type === 'summary') return { ...who, action: 'receive-summary', level: 1 };
  if (type !== 'response') return { ...who, action: 'connect' };
  const { result, level, type: queryType } = body as { result?: unknown; level?: unknown; type?: unknown };
  if (result !== 'answered') return { ...who, action: 'connect' };
  return {
    ...who,
    action: 'query',
    ...(isQueryType(queryType) ? { queryType } : {}),
    // What does not say that it is an aggregate is judged as the most detailed.
    level: level === 2 ? 2 : 1,
  };
}

const isQueryType = (value: unknown): value is QueryType => QUERY_TYPES.some((type) => type === value);
