import { isShut, type ShutState } from '../domain/identity/key-state.ts';
import type { RosterSource } from '../domain/organisation/roster-source.ts';
import type { Decision, PolicyAction, PolicyQuestion, PolicySettings } from '../domain/policy/policy.ts';
import type { GrantLevel, SharingLevel, TrustLevel } from '../domain/policy/trust.ts';
import { compileSubnets, type SubnetTable } from './subnets.ts';

/** The rule of the configuration that applies to a node. */
export interface TrustRule {
  readonly rule: string;
  readonly level: GrantLevel;
  readonly denied: boolean;
  /** In a roster. At level 1 its supervisors are asked as with `query_from`. */
  readonly isSupervisor?: boolean;
  /** The reason, where the rule is not part of the configuration. */
  readonly because?: string;
}

const SHUT_OUT: Readonly<Record<ShutState, string>> = {
  retired: 'another key has replaced this one',
  suspended: 'one key has two successors; none of the three is trusted until you confirm one',
  revoked: 'the owner of that node has revoked this key, or the one that endorsed it',
};

/** The table of docs/design.md §5. Numbers are levels: 1 is more detailed than 2. */
const GRANTS: Readonly<Record<GrantLevel, Readonly<Record<PolicyAction, 0 | 1 | 2 | 'yes'>>>> = {
  untrusted: { connect: 0, 'receive-summary': 0, query: 0, advise: 0 },
  share_to: { connect: 'yes', 'receive-summary': 1, query: 0, advise: 0 },
  query_from: { connect: 'yes', 'receive-summary': 0, query: 1, advise: 0 },
  peer: { connect: 'yes', 'receive-summary': 1, query: 1, advise: 0 },
  supervisor: { connect: 'yes', 'receive-summary': 0, query: 2, advise: 'yes' },
  contact: { connect: 'yes', 'receive-summary': 0, query: 0, advise: 0 },
};

const WANTED: Readonly<Record<PolicyAction, string>> = {
  connect: 'connect',
  'receive-summary': 'be sent summaries',
  query: 'query this node',
  advise: 'send advisories',
};

/**
 * Decides about another node (FR-701–705, docs/design.md §5). A deny (node or subnet) takes
 * precedence over a node, a node over the most specific subnet, that over the roster of the
 * organization, and that over the default. The
 * sharing level restricts further and never grants; denied tools are missing from every answer.
 * Pure.
 */
export function decide(settings: PolicySettings, question: PolicyQuestion): Decision {
  const trust = trustRuleFor(settings.trust, question);
  if (trust.denied) return deny(trust.rule, trust.because ?? `${trust.rule} denies this node`);
  const level = trust.isSupervisor === true && question.action === 'advise' ? 'supervisor' : trust.level;
  const granted = GRANTS[level][question.action];
  if (granted === 0)
    return deny(trust.rule, `${trust.rule} says ${trust.level}, which may not ${WANTED[question.action]}`);
  if (question.action === 'advise' && isForAnybody(trust.rule))
    return deny(trust.rule, `${trust.rule} names no node, and only a node that is named may send advisories`);
  if (granted === 'yes') return { allow: true, level: null, rule: trust.rule, reason: `${trust.rule} says ${level}` };
  if (granted === 2 && isBlind(settings)) return deny('sharing.live', ONLY_BLIND);
  return cut(settings.sharing.level, { ...trust, granted }, question);
}

/** A key costs nothing: whoever has an address of a subnet has as many of them as they like. */
const isForAnybody = (rule: string): boolean => rule === 'trust.default' || rule.startsWith('trust.subnets ');

const ONLY_BLIND =
  'this node takes part in blind totals: a supervisor gets no figures of it alone, unless sharing.live is true';

/**
 * Whether supervisors get figures of this node in blind totals only: in answers, their own program
 * could show them one by one.
 */
const isBlind = ({ blind, sharing }: PolicySettings): boolean => blind?.task !== undefined && !sharing.live;

/**
 * Restricts a grant to the sharing level. A pushed summary exists at level 1 only; an answer can
 * fall back to aggregates.
 */
function cut(
  sharing: SharingLevel,
  { rule, level, granted }: TrustRule & { readonly granted: 1 | 2 },
  { action, level: wanted }: PolicyQuestion,
): Decision {
  if (sharing === 0) return deny('sharing.level', 'sharing.level is 0: nothing leaves this node');
  if (action === 'receive-summary' && sharing === 2)
    return deny('sharing.level', 'sharing.level is 2: aggregates only, and a summary is not one');
  const least = sharing > granted ? sharing : granted;
  const because = sharing > granted ? 'sharing.level' : rule;
  if (wanted !== undefined && wanted < least)
    return deny(because, `${because} allows level ${least} at most, not level ${wanted}`);
  const cutDown = sharing > granted ? ', cut down to aggregates by sharing.level' : '';
  return { allow: true, level: least, rule, reason: `${rule} says ${level}${cutDown}` };
}

const deny = (rule: string, reason: string): Decision => ({ allow: false, level: null, rule, reason });

/** The rule that applies to a node, before the sharing level restricts it. */
export function trustRuleFor(trust: PolicySettings['trust'], question: PolicyQuestion): TrustRule {
  const { id, address, formerIds = [], trustedAs, keyState, hasLostSubnet = false } = question;
  const tables = tablesOf(trust);
  if (keyState !== undefined && isShut(keyState))
    return { rule: `key.${keyState}`, level: 'untrusted', denied: true, because: SHUT_OUT[keyState] };
  const names = [id, ...formerIds, ...(trustedAs === undefined ? [] : [trustedAs])];
  if (names.some((name) => trust.deny.nodes.includes(name)))
    return { rule: 'trust.deny.nodes', level: 'untrusted', denied: true };
  const deniedSubnet = address === undefined ? undefined : tables.denied(address);
  if (deniedSubnet) return { rule: `trust.deny.subnets "${deniedSubnet.subnet}"`, level: 'untrusted', denied: true };
  const known = trustedAs === undefined ? [id] : [...names];
  const node = known.map((name) => ownEntry(trust.nodes, name)).find((level) => level !== undefined);
  if (node !== undefined) return { rule: 'trust.nodes', level: node, denied: false };
  const subnet = address === undefined || hasLostSubnet ? undefined : tables.granted(address);
  if (subnet) return { rule: `trust.subnets "${subnet.subnet}"`, level: subnet.level, denied: false };
  const { roster } = trust;
  const listed = roster && known.map(roster.levelOf).find((level) => level !== undefined);
  if (roster && listed !== undefined) {
    const isSupervisor = known.some(roster.isSupervisor);
    return { rule: rosterRule(roster), level: listed, denied: false, isSupervisor };
  }
  return { rule: 'trust.default', level: trust.default, denied: false };
}

/** `roster "example-gmbh" version 12` */
export const rosterRule = ({ org, version }: Pick<RosterSource, 'org' | 'version'>): string =>
  `roster "${org}" version ${version}`;

interface Tables {
  readonly denied: SubnetTable;
  readonly granted: SubnetTable;
}

/** Compiled once for each configuration; a changed configuration is another object. */
const compiled = new WeakMap<PolicySettings['trust'], Tables>();

function tablesOf(trust: PolicySettings['trust']): Tables {
  const known = compiled.get(trust);
  if (known) return known;
  const tables = {
    denied: compileSubnets(trust.deny.subnets.map((subnet) => ({ subnet, level: 'untrusted' }))),
    granted: compileSubnets(Object.entries(trust.subnets).map(([subnet, level]) => ({ subnet, level }))),
  };
  compiled.set(trust, tables);
  return tables;
}

/** Ignores inherited members such as `constructor`. */
const ownEntry = (table: Readonly<Record<string, TrustLevel>>, key: string): TrustLevel | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
