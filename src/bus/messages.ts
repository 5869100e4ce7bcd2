import type { AnomalyReport } from '../domain/anomalies/anomaly.ts';
import type { QueryBody, QueryProgress, QueryResult, ResponseBody } from '../domain/answers/query.ts';
import type { AuditEntry, AuditRecord, AuditVerification } from '../domain/audit/audit-record.ts';
import type { EgressFilter, EgressLine, EgressMessage } from '../domain/audit/egress.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { EventFilter, Pattern, TerminalEvent } from '../domain/events/event.ts';
import type { RiskLevel } from '../domain/events/risk-level.ts';
import type { ShellKind } from '../domain/events/shell-kind.ts';
import type { LocalStatistics } from '../domain/events/statistics.ts';
import type { KeyChange } from '../domain/identity/key-state.ts';
import type {
  Asker,
  Decision,
  Explanation,
  PolicyQuestion,
  TrustRules,
  TrustTestResult,
} from '../domain/policy/policy.ts';
import type { QueryType, SharingLevel, TrustLevel } from '../domain/policy/trust.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import type {
  MeshChange,
  MeshStatus,
  ObserveStatus,
  OpenInvite,
  PairedNode,
  RotationBegun,
  ServiceStatus,
} from '../domain/status/status.ts';
import type { SummaryLine, SummaryPreview } from '../domain/summaries/summary.ts';
import type { PeriodKind } from '../domain/time/period.ts';
import type { Analysis } from '../shell/model.ts';

/** Body of a request that says nothing but its kind. */
export type Nothing = Readonly<Record<string, never>>;

export interface CommandText {
  readonly command: string;
  readonly shell: ShellKind;
}

/** What the classifier found out about one command. `text` is the command with secrets masked. */
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
  'command.classify': readonly CommandText[];
  'command.assess': readonly RiskQuestion[];
  'events.recorded': { readonly events: readonly TerminalEvent[] };
  'observe.status': Nothing;
  'events.list': EventFilter;
  'stats.read': { readonly since?: string };
  'summary.preview': { readonly period: PeriodKind };
  /**
   * Whether the preview of this digest was handed out in the last hour, and still tells what would
   * leave.
   */
  'summary.shown': { readonly digest: string };
  /** Those of this node, or those received from another (`from`: its node id). */
  'summary.list': { readonly limit?: number; readonly from?: string };
  'anomalies.list': { readonly since?: string };
  'policy.sharing': Nothing;
  'policy.decide': PolicyQuestion;
  'policy.explain': PolicyQuestion;
  'policy.test': Nothing;
  'trust.list': Nothing;
  /**
   * These three change `managed.toml` and are in force when answered; the reload puts them on
   * record. To share more than before needs the digest of a preview that was shown.
   */
  'sharing.set': { readonly level: SharingLevel; readonly preview?: string };
  'trust.set': { readonly id: string; readonly level: TrustLevel };
  'trust.revoke': { readonly id: string };
  /** The owner says that a key which another one endorsed is right. */
  'trust.confirm': { readonly id: string };
  /** Keys of peers that took the place of others, or want to. */
  'trust.keys': Nothing;
  /** The standing of a peer's key has changed, by word or by time. */
  'keys.changed': Nothing;
  'identity.rotate': { readonly compromised?: boolean };
  /** The time has come for this node's next key. */
  'identity.due': Nothing;
  'mesh.status': Nothing;
  'mesh.changed': MeshChange;
  'peers.invite': { readonly host?: string };
  'peers.join': { readonly code: string };
  'summary.made': { readonly id: string };
  'egress.list': EgressFilter;
  'egress.show': { readonly seq: number };
  /** `query` (16 hex digits) is what its `query.partial` notices are to be known by. */
  'mesh.query': {
    readonly type: QueryType;
    readonly since?: string;
    readonly timeoutMs?: number;
    readonly query?: string;
  };
  'query.answer': { readonly asker: Asker; readonly query: QueryBody };
  'query.partial': QueryProgress;
  'audit.append': AuditEntry;
  'audit.list': { readonly limit?: number; readonly before?: number; readonly type?: string };
  'audit.verify': Nothing;
  'audit.status': Nothing;
  'service.status': Nothing;
  'service.metrics': Nothing;
  'config.verify': Configuration;
  'config.commit': Configuration;
  'config.reload': Nothing;
  'dashboard.link': Nothing;
  'database.backup': Nothing;
  /**
   * A quarter of an hour is over. Nothing is deleted by `nowMs`: `retentionMs` does not follow a
   * clock that leaps ahead.
   */
  'clock.quarter': { readonly nowMs: number; readonly retentionMs: number };
  /** The collector's note to itself: a slice of what has outlived its retention is due. */
  'retention.slice': { readonly nowMs: number };
}

/** Kind of request → reply. */
export interface Replies {
  'command.classify': readonly Classification[];
  'command.assess': readonly RiskRating[];
  'observe.status': ObserveStatus;
  'events.list': readonly TerminalEvent[];
  'stats.read': LocalStatistics;
  'summary.preview': SummaryPreview;
  'summary.shown': boolean;
  'summary.list': readonly SummaryLine[];
  'anomalies.list': AnomalyReport;
  'policy.sharing': { readonly level: SharingLevel; readonly denyTools: readonly string[] };
  'policy.decide': Decision;
  'policy.explain': Explanation;
  'policy.test': readonly TrustTestResult[];
  'trust.list': TrustRules;
  'sharing.set': null;
  'trust.set': null;
  'trust.revoke': null;
  'trust.confirm': null;
  'trust.keys': readonly KeyChange[];
  'identity.rotate': RotationBegun;
  'mesh.status': MeshStatus;
  'peers.invite': OpenInvite;
  'peers.join': PairedNode;
  'egress.list': readonly EgressLine[];
  'egress.show': EgressMessage;
  'mesh.query': QueryResult;
  'query.answer': ResponseBody;
  'audit.append': AuditRecord;
  'audit.list': readonly AuditRecord[];
  'audit.verify': AuditVerification;
  'audit.status': ServiceStatus['audit'];
  'service.status': ServiceStatus;
  'service.metrics': ServiceMetrics;
  'config.verify': null;
  'config.commit': null;
  /** Whether anything differed from the configuration in force. */
  'config.reload': { readonly changed: boolean };
  /** The file that logs its reader in once (docs/design.md §12), and the dashboard's address. */
  'dashboard.link': { readonly file: string; readonly url: string };
  /** The copy that was made. */
  'database.backup': { readonly file: string };
}

export type Kind = keyof Messages;
export type RequestKind = keyof Replies & Kind;
