import type { ErrorCode } from '../domain/errors.ts';
import type { Asker, Decision, PolicySettings } from '../domain/policy/policy.ts';
import { decide, trustRuleFor } from './decide.ts';

/** The decision about a connection. */
export interface ConnectionDecision extends Decision {
  /** Error code of a refusal; absent where the node may connect. */
  readonly code?: ErrorCode;
  /**
   * Whether it may pair while an invite is open: every node may that is not denied by name, subnet
   * or the status of its key.
   */
  readonly mayPair: boolean;
}

/** Decides about a connection, before a byte of it is parsed (FR-205). */
export function decideConnection(settings: PolicySettings, asker: Asker): ConnectionDecision {
  const question = { ...asker, action: 'connect' } as const;
  const decision = decide(settings, question);
  return {
    ...decision,
    ...(decision.allow ? {} : { code: refusalCode(decision.rule, asker.keyState) }),
    mayPair: !trustRuleFor(settings.trust, question).denied,
  };
}

/**
 * Whether an address loses the level of its subnet: a key that is denied by itself connected from
 * it, so that its owner could come back with a new one.
 */
export const losesSubnet = (settings: PolicySettings, { rule, allow }: Decision, { address }: Asker): boolean =>
  !allow &&
  ['key.revoked', 'trust.deny.nodes'].includes(rule) &&
  trustRuleFor(settings.trust, {
    id: '',
    action: 'connect',
    ...(address === undefined ? {} : { address }),
  }).rule.startsWith('trust.subnets');

/** A key that is refused for its status, or that does not count yet, has a code of its own. */
function refusalCode(rule: string, state: Asker['keyState']): ErrorCode {
  if (state === 'pending') return rule.startsWith('trust.deny') ? 'peer_untrusted' : 'key_pending';
  return state !== undefined && rule === `key.${state}` ? `key_${state}` : 'peer_untrusted';
}
