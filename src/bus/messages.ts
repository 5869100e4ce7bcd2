import type { AdvisoryDraft, AdvisoryLine, AdvisoryResult, ReceivedAdvisory } from '../domain/advisories/advisory.ts';
import type { AlertReport } from '../domain/alerts/alert.ts';
import type { AnomalyReport } from '../domain/anomalies/anomaly.ts';
import type {
  PeerAnswer,
  QueryBody,
  QueryProgress,
  QueryResult,
  ResponseBody,
  VectorPreview,
} from '../domain/answers/query.ts';
import type { SavedAnswer, SavedAnswerFilter, SavedAnswerLine } from '../domain/answers/saved-answer.ts';
import type { AuditEntry, AuditRecord, AuditVerification } from '../domain/audit/audit-record.ts';
import type { EgressFilter, EgressLine, EgressMessage } from '../domain/audit/egress.ts';
import type { CheckpointBody, CosignatureBody, WitnessStatus } from '../domain/audit/tlog.ts';
import type { BlindReply, BlindRequest } from '../domain/blind/exchange.ts';
import type { BlindStatus, DayCells, RemadeReport, ReportedDay, TaskOffer } from '../domain/blind/participation.ts';
import type { Endorsement, RoleStatus, TaskTerms } from '../domain/blind/roles.ts';
import type { TotalAnswer, TotalQuestion, TotalSeries } from '../domain/blind/total-series.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { EventsDeleted } from '../domain/events/deleted.ts';
import type { EventFilter, Pattern, TerminalEvent } from '../domain/events/event.ts';
import type { RiskLevel } from '../domain/events/risk-level.ts';
import type { ShellKind } from '../domain/events/shell-kind.ts';
import type { LocalStatistics } from '../domain/events/statistics.ts';
import type { PeerReply, PeerRequest, Sent } from '../domain/exchange.ts';
import type { RollCall } from '../domain/fleet/roll-call.ts';
import type { AgentQuestion, GuardHint, GuardQuestion } from '../domain/guard/guard.ts';
import type { KeyChange } from '../domain/identity/key-state.ts';
import type { Envelope, KeyStatements } from '../domain/identity/signed-envelope.ts';
import type { JoinResult, OrgReply, OrgRequest } from '../domain/organisation/exchange.ts';
import type {
  ListedRequest,
  OrgJoin,
  OrgOffer,
  OrgParcel,
  OrgStatus,
  OrgTaken,
} from '../domain/organisation/membership.ts';
import type { Asker, Explanation, PolicyQuestion, TrustRules, TrustTestResult } from '../domain/policy/policy.ts';
import type { QueryType } from '../domain/policy/trust.ts';
import type { Carried } from '../domain/relay/carried.ts';
import type { ReplayResult, RulesReport, RulesStatus } from '../domain/rules/custom-rule.ts';
import type { SettingsChange } from '../domain/settings-change.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import type {
  MeshChange,
  MeshStatus,
  ObserveStatus,
  OpenInvite,
  PairedNode,
  RotationBegun,
  ServiceStatus,
  SharingStatus,
} from '../domain/status/status.ts';
import type { SummaryLine, SummaryPreview, SummaryResult } from '../domain/summaries/summary.ts';
import type { ReceivedSummary } from '../domain/summaries/summary-intake.ts';
import type { PeriodKind } from '../domain/time/period.ts';
import type { Mark } from '../domain/trends/mark.ts';
import type { TechniqueGuide } from '../domain/trends/technique-guide.ts';
import type { Analysis } from '../shell/model.ts';

/** Body of a message that carries nothing but its kind. */
export type Nothing = Readonly<Record<string, never>>;

export interface CommandText {
  readonly command: string;
  readonly shell: ShellKind;
}

/** The classifier's result for one command. `text` is the command with secrets masked. */
export interface Classification {
  readonly analysis: Analysis;
  readonly text: string;
  readonly redacted: boolean;
  readonly tools: readonly string[];
  readonly category: string;
  readonly pattern: Pattern;
}

export interface RiskQuestion {
  readonly analysis: Analysis;
  readonly cwd: string | null;
}

export interface RiskRating {
  readonly level: RiskLevel;
  readonly rules: readonly string[];
}

/**
 * Every message on the bus: kind → body. A kind that is in `Replies` too is a request, taken by
 * exactly one actor; the others are notices, for any number of actors. Bodies that come from
 * outside are checked against the table in `requests.ts` before they get here.
 */
export interface Messages {
  'spool.changed': { readonly files: readonly string[] | 'all' };
  'spool.backlog': Nothing;
  'command.classify': readonly CommandText[];
  'command.assess': readonly RiskQuestion[];
  /** Custom rules, those that are set aside first. */
  'rules.list': Nothing;
  'rules.status': Nothing;
  /** What a file of the rule folder, or a text, would have changed in the last `days` days. */
  'rules.replay': { readonly file?: string; readonly text?: string; readonly days: number };
  'events.recorded': { readonly events: readonly TerminalEvent[] };
  'observe.status': Nothing;
  'events.list': EventFilter;
  'events.delete': { readonly ids: readonly number[] };
  'stats.read': { readonly since?: string };
  'summary.preview': { readonly period: PeriodKind };
  /**
   * Whether the preview of this digest was shown in the last hour, and still shows what would
   * leave.
   */
  'summary.shown': { readonly digest: string };
  /** What a supervisor would be answered now, for the longest span. */
  'aggregates.preview': Nothing;
  /** As `summary.shown`, of the vectors. */
  'aggregates.shown': { readonly digest: string };
  /** Those of this node, or those received from the node `from`. */
  'summary.list': { readonly limit?: number; readonly from?: string };
  'anomalies.list': { readonly since?: string };
  'policy.sharing': Nothing;
  'policy.explain': PolicyQuestion;
  'policy.test': Nothing;
  'trust.list': Nothing;
  /** In force, and in the audit log, when answered. */
  'settings.change': SettingsChange;
  /** Reads the configuration files again. */
  'config.reload': Nothing;
  /** Stores name and address of a node after pairing. */
  'peer.paired': PairedNode;
  /** The owner confirms the new key of a rotation. */
  'trust.confirm': { readonly id: string };
  /** Rotations that peers have announced. */
  'trust.keys': Nothing;
  /** A peer delivered statements about its own keys. */
  'keys.heard': KeyStatements & { readonly peer: string };
  /** A rotation of a peer may have reached the end of its grace. */
  'keys.due': Nothing;
  /** The status of a peer's key has changed. */
  'keys.changed': Nothing;
  'identity.rotate': { readonly compromised?: boolean };
  /** This node's next key is due. */
  'identity.due': Nothing;
  'mesh.status': Nothing;
  'mesh.changed': MeshChange;
  /** Opens the mesh again, with the current key. */
  'mesh.reopen': Nothing;
  /** Sends statements about this node's own keys to every connected peer. */
  'peers.announce': KeyStatements;
  /** Asks these peers at once. `deadlineMs` counts from now. */
  'peer.ask': { readonly peers: readonly string[]; readonly query: QueryBody; readonly deadlineMs: number };
  /** Sends one request that has one reply. `deadlineMs` counts from now. */
  'peer.exchange': { readonly peer: string; readonly request: PeerRequest; readonly deadlineMs: number };
  /** Sends a request to join to a node that does not know this one. */
  'peer.enrol': { readonly peer: string; readonly addresses: readonly string[]; readonly request: Envelope };
  /** Opens a visit of a folder that is carried, and takes its boxes. */
  'peer.carry': { readonly boxes: readonly string[] };
  /** Ends the visit. */
  'peer.carried': Nothing;
  /** A peer sent a request about the roster; `peer` is proven by its connection. */
  'org.request': { readonly peer: string; readonly request: OrgRequest };
  /** What joining with this head would mean. `document`: the text of its file. */
  'org.inspect': { readonly document: string };
  /** The owner has seen the answer to `org.inspect` and consents. */
  'org.join': OrgJoin;
  /** The owner agrees to the head that waits for them. */
  'org.agree': { readonly hash: string };
  'org.leave': Nothing;
  'org.status': Nothing;
  /** Requests to join that this node has received. */
  'org.requests': Nothing;
  /** Heads, changes of the list and requests, as texts of files; from officers or a directory. */
  'org.import': OrgParcel;
  /** What `org.import` takes on another node. `from`: the list is sent as what changed after it. */
  'org.export': { readonly from?: number };
  /**
   * A visit of a folder: takes boxes of other nodes, does what is due, and answers with boxes for
   * them.
   */
  'org.carry': { readonly boxes: readonly string[] };
  /** From the roster to itself: it may be time to ask for news. */
  'org.due': Nothing;
  /** Makes and sends what is due. The owner has just confirmed the time of this node's clock. */
  'blind.report': Nothing;
  /** Leader and trustee do what is due, and exchange what they can. */
  'blind.work': Nothing;
  /** A peer sent a request about blind totals. */
  'blind.request': { readonly peer: string; readonly request: BlindRequest };
  /** A draft of a task, for its trustee. */
  'blind.draft': TaskTerms;
  /** What this node would sign in a draft or an offer; signs it if the owner has confirmed. */
  'blind.endorse': { readonly document: string; readonly isConfirmed: boolean };
  /** The tasks in which this node is an aggregator. */
  'blind.roles': Nothing;
  /** A peer delivered a summary; signature, author and schema have been checked. */
  'summary.received': ReceivedSummary;
  'peers.invite': { readonly host?: string };
  'peers.join': { readonly code: string };
  /** Asks one peer to cosign a head of a log of this node. */
  'peer.submit': { readonly peer: string; readonly checkpoint: CheckpointBody; readonly deadlineMs: number };
  /** Sends one advisory to one peer. */
  'peer.advise': { readonly peer: string; readonly document: Envelope; readonly deadlineMs: number };
  /** A peer delivered an advisory. */
  'advisory.received': ReceivedAdvisory;
  /** Sends an advisory to every peer, now or when it connects. */
  'advisories.send': AdvisoryDraft;
  /** Those that are not over, newest first. */
  'advisories.list': { readonly hidden?: boolean };
  'advisories.hide': { readonly id: string };
  'alerts.list': Nothing;
  /** Raises nothing; sends a test message where a receiver is set. */
  'alerts.test': Nothing;
  /** A peer asks this node to cosign a head of its log. */
  'checkpoint.received': { readonly peer: string; readonly checkpoint: CheckpointBody };
  'witness.status': Nothing;
  /** Asks all witnesses now. */
  'witness.ask': Nothing;
  /** Forgets what was cosigned of a node's logs, and what was found wrong with them. */
  'witness.forget': { readonly id: string };
  'summary.made': { readonly id: string };
  'egress.list': EgressFilter;
  'egress.show': { readonly seq: number };
  /** `query`: the id of its `query.partial` notices, 16 hex digits. */
  'mesh.query': {
    readonly type: QueryType;
    readonly since?: string;
    readonly timeoutMs?: number;
    readonly query?: string;
  };
  /** Sums that passed the floor, as they were stored. */
  'answers.list': SavedAnswerFilter;
  'answers.show': { readonly seq: number };
  /** Released totals of blind tasks (docs/queries.md "Released totals"). */
  /** Asks every member whether it is there. */
  'fleet.ask': { readonly timeoutMs: number };
  'totals.list': Nothing;
  'totals.read': TotalQuestion;
  /** Events on the time axis of trends. */
  'marks.add': Omit<Mark, 'id'>;
  'marks.remove': { readonly id: number };
  /** ATT&CK techniques that rules name; one of them with its rules. */
  'techniques.list': { readonly technique?: string };
  /** Whether a line, or what an agent's hook was given, certainly runs unasked; never stored. */
  'guard.check': GuardQuestion;
  'guard.agent': AgentQuestion;
  /** From the query router to itself: a daily question may be due. */
  'questions.ask': Nothing;
  'query.answer': { readonly asker: Asker; readonly query: QueryBody };
  /** As `query.answer` for a peer, but without a record and a limit: MUST NOT leave this node. */
  'query.rehearse': QueryBody;
  'query.partial': QueryProgress;
  /** `document`: the text of a task's file. */
  'blind.inspect': { readonly document: string };
  /** The owner has seen the answer to `blind.inspect` and consents. */
  'blind.join': { readonly document: string };
  'blind.status': Nothing;
  /** Every cell of the next report, as it would leave now. */
  'blind.preview': Nothing;
  /** The newest days, newest first. */
  'blind.list': { readonly limit?: number };
  /** Makes a report that has left once more, to compare it with the ledger. */
  'blind.remake': { readonly day: string; readonly role: 'leader' | 'trustee' };
  /** From the blind reporter to itself: a report may be due. */
  'blind.due': Nothing;
  'audit.append': AuditEntry;
  'audit.list': { readonly limit?: number; readonly before?: number; readonly type?: string };
  'audit.verify': Nothing;
  /** Signs the head of the log as it is now. */
  'audit.seal': Nothing;
  'audit.status': Nothing;
  'service.status': Nothing;
  'service.metrics': Nothing;
  'config.verify': Configuration;
  'config.commit': Configuration;
  'dashboard.link': Nothing;
  'database.backup': Nothing;
  /**
   * Sent every quarter of an hour. Deletions use `retentionMs`, which ignores a clock that leaps
   * ahead.
   */
  'clock.quarter': { readonly nowMs: number; readonly retentionMs: number };
  /** The idle service has collected its garbage, and the code that did not run lately. */
  'code.freed': Nothing;
  /** From the collector to itself: the next slice of expired events is due. */
  'retention.slice': { readonly nowMs: number };
}

/** Kind of request → reply. */
export interface Replies {
  'command.classify': readonly Classification[];
  'command.assess': readonly RiskRating[];
  'rules.list': RulesReport;
  'rules.status': RulesStatus;
  'rules.replay': ReplayResult;
  'observe.status': ObserveStatus;
  'events.list': readonly TerminalEvent[];
  'events.delete': EventsDeleted;
  'stats.read': LocalStatistics;
  'summary.preview': SummaryPreview;
  'summary.shown': boolean;
  'aggregates.preview': { readonly vectors: readonly VectorPreview[]; readonly digest: string };
  'aggregates.shown': boolean;
  'summary.list': readonly SummaryLine[];
  'anomalies.list': AnomalyReport;
  'policy.sharing': SharingStatus;
  'policy.explain': Explanation;
  'policy.test': readonly TrustTestResult[];
  'trust.list': TrustRules;
  'settings.change': null;
  /** Whether the files differ from the configuration that was in force. */
  'config.reload': { readonly changed: boolean };
  'peer.paired': null;
  'trust.confirm': null;
  'trust.keys': readonly KeyChange[];
  'identity.rotate': RotationBegun;
  'mesh.status': MeshStatus;
  'mesh.reopen': null;
  /** Node ids of the peers that were told. */
  'peers.announce': readonly string[];
  /** One answer per peer, in the same order. None of them rejects. */
  'peer.ask': readonly Promise<PeerAnswer>[];
  /** Rejects while the peer is away. The reply fits the request, or is a refusal. */
  'peer.exchange': Sent<PeerReply>;
  'peer.enrol': { readonly result: JoinResult };
  'peer.carry': Carried['outcomes'];
  'peer.carried': Carried['boxes'];
  'org.request': OrgReply;
  'org.inspect': OrgOffer;
  'org.join': OrgStatus;
  'org.agree': OrgStatus;
  'org.leave': null;
  'org.status': OrgStatus | null;
  'org.requests': readonly ListedRequest[];
  'org.import': OrgTaken;
  'org.export': OrgParcel;
  'org.carry': Carried;
  'blind.report': null;
  'blind.work': null;
  'blind.request': BlindReply;
  /** The text of a file. */
  'blind.draft': { readonly document: string };
  'blind.endorse': Endorsement;
  'blind.roles': readonly RoleStatus[];
  'peer.submit': { readonly peer: string; readonly body: CosignatureBody };
  'peer.advise': AdvisoryResult;
  'advisory.received': AdvisoryResult;
  'advisories.send': { readonly id: string; readonly delivered: number };
  'advisories.list': readonly AdvisoryLine[];
  'advisories.hide': null;
  'alerts.list': AlertReport;
  'alerts.test': Pick<AlertReport, 'states' | 'syslog'>;
  'checkpoint.received': CosignatureBody;
  'witness.status': WitnessStatus;
  'witness.ask': WitnessStatus;
  'witness.forget': null;
  'summary.received': SummaryResult;
  'keys.heard': null;
  'peers.invite': OpenInvite;
  'peers.join': PairedNode;
  'egress.list': readonly EgressLine[];
  'egress.show': EgressMessage;
  'mesh.query': QueryResult;
  'answers.list': readonly SavedAnswerLine[];
  'answers.show': SavedAnswer;
  'fleet.ask': RollCall;
  'totals.list': readonly TotalSeries[];
  'totals.read': TotalAnswer;
  'marks.add': Mark;
  'marks.remove': null;
  'techniques.list': readonly TechniqueGuide[];
  'guard.check': GuardHint;
  'guard.agent': GuardHint;
  'questions.ask': null;
  'query.answer': ResponseBody;
  'query.rehearse': ResponseBody;
  'blind.inspect': TaskOffer;
  'blind.join': null;
  'blind.status': BlindStatus;
  'blind.preview': DayCells;
  'blind.list': readonly ReportedDay[];
  'blind.remake': RemadeReport;
  'audit.append': AuditRecord;
  'audit.list': readonly AuditRecord[];
  'audit.verify': AuditVerification;
  'audit.seal': null;
  'audit.status': ServiceStatus['audit'];
  'service.status': ServiceStatus;
  'service.metrics': ServiceMetrics;
  'config.verify': null;
  'config.commit': null;
  /** The file that logs its reader in once (docs/design.md §12), and the dashboard's address. */
  'dashboard.link': { readonly file: string; readonly url: string };
  'database.backup': { readonly file: string };
}

export type Kind = keyof Messages;
export type RequestKind = keyof Replies & Kind;
