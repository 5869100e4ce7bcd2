import type { KeyState } from '../domain/identity/key-state.ts';
import type { RosterSource } from '../domain/organisation/roster-source.ts';
import type { Decision, Explanation, PolicyAction, PolicyQuestion, PolicySettings } from '../domain/policy/policy.ts';
import { decide, trustRuleFor } from './decide.ts';

/** Explains a decision (`caro trust explain`) by calling `decide`, so that both agree. Pure. */
export function explain(settings: PolicySettings, question: PolicyQuestion): Explanation {
  const trust = trustRuleFor(settings.trust, question);
  const other = (action: PolicyAction): Partial<Record<PolicyAction, Decision>> =>
    action === question.action ? {} : { [action]: decide(settings, { ...question, action }) };
  return {
    decision: decide(settings, question),
    trust: trust.denied ? 'denied' : trust.level,
    steps: stepsTo(trust.rule, settings, question),
    others: { ...other('connect'), ...other('receive-summary'), ...other('query'), ...other('advise') },
    toolsKeptBack: settings.sharing.deny_tools,
  };
}

/** The words of `[[trust.tests]]`; `allow` where no level applies. */
export function outcomeOf({ allow, level }: Decision): 'allow' | 'allow L1' | 'allow L2' | 'deny' {
  if (!allow) return 'deny';
  return level === null ? 'allow' : `allow L${level}`;
}

const KEY_STATES: Readonly<Record<KeyState, string>> = {
  current: 'trust in a key before it has moved to it',
  pending: 'endorsed by a key before it, trust has not moved yet',
  retired: 'replaced by another key',
  suspended: 'one key has two successors',
  revoked: 'revoked by its own owner',
};

const LOST_SUBNET = ' (not for this address: a revoked or denied key connected from it)';

function stepsTo(rule: string, settings: PolicySettings, question: PolicyQuestion): readonly string[] {
  const { trust, sharing, blind } = settings;
  const { address, formerIds = [], keyState = 'current', hasLostSubnet = false } = question;
  const from = address ?? 'no address given';
  const isPlain = keyState === 'current' && formerIds.length === 0;
  const steps = [
    ...(isPlain ? [] : [[`key.${keyState}`, KEY_STATES[keyState]] as const]),
    [
      'trust.deny.nodes',
      `${trust.deny.nodes.length} denied nodes${asFormer(question, 'a denied one covers its successors')}`,
    ],
    ['trust.deny.subnets', `${trust.deny.subnets.length} denied subnets (${from})`],
    [
      'trust.nodes',
      `${Object.keys(trust.nodes).length} nodes with a level of their own${asFormer(question, formerTrust(question))}`,
    ],
    [
      'trust.subnets',
      `${Object.keys(trust.subnets).length} subnets with a level (${from})${hasLostSubnet ? LOST_SUBNET : ''}`,
    ],
    ...(trust.roster === undefined ? [] : [[`roster "${trust.roster.org}"`, rosterState(trust.roster)] as const]),
    ['trust.default', `the default, ${trust.default}`],
  ] as const satisfies readonly (readonly [string, string])[];
  const decisive = steps.findIndex(([name]) => rule === name || rule.startsWith(`${name} `));
  const looked = steps.slice(0, decisive + 1).map(([name, what], index) => {
    const verdict = index === decisive ? `matches: ${rule}` : 'no match';
    return `${name}: ${what}: ${verdict}`;
  });
  const live = blind?.task === undefined ? [] : [`sharing.live: ${sharing.live}, this node takes part in blind totals`];
  return [...looked, ...live, `sharing.level: ${sharing.level}`];
}

const rosterState = (roster: RosterSource): string => {
  const state = roster.isForked
    ? ', forked: it grants nothing'
    : roster.hasExpired()
      ? ', expired: it grants nothing'
      : '';
  return `version ${roster.version}${state}`;
};

const asFormer = ({ formerIds = [] }: PolicyQuestion, what: string): string =>
  formerIds.length === 0 ? '' : ` (former keys: ${formerIds.length}; ${what})`;

const formerTrust = ({ trustedAs }: PolicyQuestion): string =>
  trustedAs === undefined ? 'their trust does not count for this one' : 'their trust counts for this one';
