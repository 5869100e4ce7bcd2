import type { PolicyQuestion } from '../domain/policy/policy.ts';
import { QUERY_TYPES, type QueryType } from '../domain/policy/trust.ts';

/** The part of an outgoing message that the policy depends on. */
export interface OutgoingMessage {
  readonly recipient: string;
  readonly address?: string;
  /** Message type of the protocol. */
  readonly type: string;
  readonly body: unknown;
}

/**
 * The question that the egress gate asks the policy about a message. A summary has level 1, a
 * response with figures the level in its body. `no_data` tells of one node that it counted nothing,
 * so it has level 1. Every other message contains no figures and may go to any node that may
 * connect.
 */
export function egressQuestion({ recipient, address, type, body }: OutgoingMessage): PolicyQuestion {
  const who = { id: recipient, ...(address === undefined ? {} : { address }) };
  if (type === 'summary') return { ...who, action: 'receive-summary', level: 1 };
  if (type !== 'response') return { ...who, action: 'connect' };
  const { result, level, type: queryType } = body as { result?: unknown; level?: unknown; type?: unknown };
  if (result !== 'answered' && result !== 'no_data') return { ...who, action: 'connect' };
  return {
    ...who,
    action: 'query',
    ...(isQueryType(queryType) ? { queryType } : {}),
    // Anything that is not marked as an aggregate counts as the most detailed level.
    level: level === 2 ? 2 : 1,
  };
}

const isQueryType = (value: unknown): value is QueryType => QUERY_TYPES.some((type) => type === value);
