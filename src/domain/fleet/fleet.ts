/** The members of a fleet, what is known of each, and how much of it is covered. */
import { ERRORS, type ErrorCode } from '../errors.ts';
import { naturalOrder } from '../natural-order.ts';
import type { TargetState } from '../policy/trust.ts';
import { NODE_REASONS } from '../status/node-reasons.ts';
import type { MeshStatus, NodeState } from '../status/status.ts';
import { DAY_MS } from '../time/period.ts';

/**
 * Problems first. `refused`: something is wrong with its key, its clock, its trust or its report.
 * `silent`: it reported before. `declined`: its owner lets this node have nothing. `waiting`: it
 * has not reported yet.
 */
export const FLEET_STATES = ['refused', 'silent', 'waiting', 'declined', 'reporting'] as const;
export type FleetState = (typeof FLEET_STATES)[number];

export const FLEET_STATE_MEANS: Readonly<Record<FleetState, string>> = {
  refused: 'the connection or the report is refused',
  silent: 'reported before, but not in the last days',
  waiting: 'no report yet',
  declined: 'the owner lets this node have no figures',
  reporting: 'figures are in the totals',
};

/** A report of blind totals, as a leader or a trustee received it. */
export interface ReportSeen {
  /** The node that signed it, and the account that stands for all keys of that node. */
  readonly node: string;
  readonly account: string;
  /** The newest day; null where it reported before, and the reports are removed. */
  readonly day: string | null;
  /** When that report came, ISO 8601 UTC; null where it is removed. */
  readonly receivedAt: string | null;
  /** Why it was refused, if so. */
  readonly code: string | null;
}

/** How a node ended in the newest saved answer that names it. */
export interface AnswerSeen {
  readonly node: string;
  readonly state: TargetState;
  /** ISO 8601 UTC. */
  readonly time: string;
}

/** A member of the organization, as the list of its roster has it. */
export interface RosterEntry {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
}

export interface FleetFacts {
  readonly peers: MeshStatus['peers'];
  /** Empty where this node has no list. */
  readonly roster: readonly RosterEntry[];
  /** This node, which the list has, too. */
  readonly self: { readonly id: string; readonly version: string };
  readonly reports: readonly ReportSeen[];
  readonly answers: readonly AnswerSeen[];
  readonly nowMs: number;
}

export interface FleetMember {
  readonly id: string;
  readonly name: string | null;
  /** In the roster; null without one. */
  readonly unit: string | null;
  readonly state: FleetState;
  /**
   * A word of `NODE_REASONS`, of `TARGET_STATES`, of `FLEET_REASONS`, or the code of a refused
   * report; null if it reports.
   */
  readonly reason: string | null;
  /** What the reason means, where it has a sentence of its own. */
  readonly advice: string | null;
  readonly connection: NodeState;
  /** When anything came from it: over a connection, or a report. ISO 8601 UTC. */
  readonly lastSeen: string | null;
  readonly version: string | null;
  /** Newest day that it reported for blind totals, `YYYY-MM-DD`. */
  readonly lastReport: string | null;
  /** When it last answered a live question with figures. */
  readonly lastAnswer: string | null;
}

/** A day is over for a while before its report comes; later than this, something is wrong. */
const REPORTED_WITHIN_DAYS = 4;

/** Reasons where nothing else is known. */
const FLEET_REASONS = {
  never_reported: 'it has sent no report yet; its owner sees the state with: caro blind status',
  report_late: 'its newest report is older than four days; its owner sees why with: caro blind status',
  access_denied: 'its owner lets this node ask nothing, or shares nothing; ask them to run: caro trust explain',
  no_response: 'it was not connected or too slow when it was asked last',
  error: 'its last answer could not be used; compare the versions',
  never_answered: 'no saved answer names it; ask the mesh, or set analyst.daily',
} as const;

/** Peers and members of the roster, problems first, by name among equals. */
export function fleetOf({ peers, roster, self, reports, answers, nowMs }: FleetFacts): readonly FleetMember[] {
  const byNode = new Map(reports.flatMap((report) => [report.account, report.node].map((id) => [id, report] as const)));
  const answered = new Map(answers.map((answer) => [answer.node, answer]));
  const entries = new Map(roster.map((entry) => [entry.id, entry]));
  const known = new Set(peers.map(({ id }) => id));
  const isBlind = reports.length > 0;
  // This node sends reports like any other, but does not ask itself.
  const others = roster
    .filter(({ id }) => !known.has(id) && (isBlind || id !== self.id))
    .map((entry) => unconnected(entry, self));
  return [...peers, ...others]
    .map((peer): FleetMember => {
      const { id, version, state: connection } = peer;
      const report = byNode.get(id);
      const answer = answered.get(id);
      const state = stateOf(peer, report, isBlind ? undefined : answer?.state, nowMs);
      const reason = state === 'reporting' ? null : reasonOf(peer, report, answer, isBlind);
      return {
        id,
        name: peer.name ?? entries.get(id)?.name ?? null,
        unit: entries.get(id)?.unit ?? null,
        state,
        reason,
        advice: adviceOf(reason),
        connection,
        lastSeen: newestOf(peer.lastSeen, report?.receivedAt ?? null),
        version,
        lastReport: report?.day ?? null,
        lastAnswer: answer && HAS_FIGURES.includes(answer.state) ? answer.time : null,
      };
    })
    .sort(
      (a, b) =>
        FLEET_STATES.indexOf(a.state) - FLEET_STATES.indexOf(b.state) || naturalOrder(a.name ?? a.id, b.name ?? b.id),
    );
}

type Peer = Pick<MeshStatus['peers'][number], 'id' | 'name' | 'state' | 'reason' | 'lastSeen' | 'version'>;

/** A member that is no peer: this node, or one that the mesh does not know while it is closed. */
const unconnected = ({ id, name }: RosterEntry, self: FleetFacts['self']): Peer =>
  id === self.id
    ? { id, name, state: 'connected', reason: null, lastSeen: null, version: self.version }
    : { id, name, state: 'offline', reason: 'no_address', lastSeen: null, version: null };

const newestOf = (...times: readonly (string | null)[]): string | null =>
  times.reduce((newest, time) => (newest === null || (time !== null && time > newest) ? time : newest), null);

/** `suppressed`: it gave figures, which are too few to be shown. */
const HAS_FIGURES: readonly TargetState[] = ['answered', 'no_data', 'suppressed'];

function stateOf(
  { state }: Peer,
  report: ReportSeen | undefined,
  answer: TargetState | undefined,
  nowMs: number,
): FleetState {
  if (report?.code != null) return 'refused';
  const isRecent = report?.day != null && nowMs - Date.parse(report.day) <= (REPORTED_WITHIN_DAYS + 1) * DAY_MS;
  if (isRecent || (answer !== undefined && HAS_FIGURES.includes(answer))) return 'reporting';
  if (state === 'refused' || state === 'skewed') return 'refused';
  if (report) return 'silent';
  if (answer === 'access_denied') return 'declined';
  return answer === undefined ? 'waiting' : 'silent';
}

function reasonOf(
  peer: Peer,
  report: ReportSeen | undefined,
  answer: AnswerSeen | undefined,
  isBlind: boolean,
): string {
  // Who reports over a relay, or dials, needs no address.
  const known = report?.code ?? (isBlind && peer.reason === 'no_address' ? null : peer.reason);
  if (known !== null) return known;
  if (answer && !HAS_FIGURES.includes(answer.state)) return answer.state;
  if (report) return 'report_late';
  return isBlind ? 'never_reported' : 'never_answered';
}

const ADVICE: Readonly<Record<string, string>> = { ...NODE_REASONS, ...FLEET_REASONS };

function adviceOf(reason: string | null): string | null {
  if (reason === null) return null;
  if (Object.hasOwn(ADVICE, reason)) return ADVICE[reason] ?? null;
  return Object.hasOwn(ERRORS, reason) ? phrase(ERRORS[reason as ErrorCode].what) : null;
}

/** A sentence as part of another text. */
const phrase = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');

export interface Coverage {
  readonly members: number;
  readonly states: Readonly<Record<FleetState, number>>;
  /** Most nodes first; null: unknown. */
  readonly versions: readonly { readonly version: string | null; readonly nodes: number }[];
}

export function coverageOf(fleet: readonly FleetMember[]): Coverage {
  const versions = new Map<string | null, number>();
  for (const { version } of fleet) versions.set(version, (versions.get(version) ?? 0) + 1);
  const inState = (state: FleetState): number => fleet.filter((member) => member.state === state).length;
  return {
    members: fleet.length,
    states: Object.fromEntries(FLEET_STATES.map((state) => [state, inState(state)])) as Record<FleetState, number>,
    versions: [...versions].map(([version, nodes]) => ({ version, nodes })).sort((a, b) => b.nodes - a.nodes),
  };
}
