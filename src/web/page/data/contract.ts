import type { QueryProgress, QueryResult, VectorPreview } from '../../../domain/answers/query.ts';
import type { SavedAnswerLine } from '../../../domain/answers/saved-answer.ts';
import type { AuditRecord, AuditVerification } from '../../../domain/audit/audit-record.ts';
import type { EgressLine } from '../../../domain/audit/egress.ts';
import type { ReportedDay } from '../../../domain/blind/participation.ts';
import type { EventPage as Found, TerminalEvent } from '../../../domain/events/event.ts';
import type { LocalStatistics } from '../../../domain/events/statistics.ts';
import type { WorkReport } from '../../../domain/events/work-report.ts';
import type { Coverage, FleetMember } from '../../../domain/fleet/fleet.ts';
import type { JoinRequestLine } from '../../../domain/fleet/join-requests.ts';
import type { KeyChange } from '../../../domain/identity/key-state.ts';
import type { OrgStatus } from '../../../domain/organisation/membership.ts';
import type { CustomRuleLine, ReplayResult, RulesReport } from '../../../domain/rules/custom-rule.ts';
import type { ActorStatus, ServiceStatus } from '../../../domain/status/status.ts';
import type { DigestFigures } from '../../../domain/status/weekly-digest.ts';
import type { SummaryLine } from '../../../domain/summaries/summary.ts';
import type { TechniqueGuide } from '../../../domain/trends/technique-guide.ts';
import type { RuleText } from '../../ipc-protocol.ts';

/** Types of the API's answers. The schemas of the server ensure them. */
export type Status = Omit<ServiceStatus, 'actors' | 'dashboard'> & {
  readonly actors: readonly Pick<ActorStatus, 'name' | 'state'>[];
};

export interface Overview {
  readonly statistics: LocalStatistics;
  readonly risky: readonly TerminalEvent[];
  readonly recent: readonly TerminalEvent[];
  readonly rules: readonly RuleText[];
  readonly status: Status | null;
}

/** What the owner worked on, and what happened with other nodes. */
export interface Week {
  readonly work: WorkReport;
  readonly digest: DigestFigures;
}

export interface EventPage extends Found {
  readonly rules: readonly RuleText[];
}

export interface Activity {
  readonly slots: LocalStatistics['slots'];
}

export interface Preview {
  readonly envelope: string;
  readonly payload: string;
  readonly bytes: number;
  readonly closed: boolean;
  readonly digest: string;
}

export interface Aggregates {
  readonly vectors: readonly VectorPreview[];
  readonly digest: string;
}

export interface Summaries {
  readonly summaries: readonly SummaryLine[];
}

export interface ReportedDays {
  readonly days: readonly ReportedDay[];
}

export interface Organization {
  readonly organization: Omit<OrgStatus, 'request'> | null;
}

export interface ChangedKeys {
  readonly changes: readonly KeyChange[];
}

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  readonly next: number | null;
}

export interface EgressPage {
  readonly messages: readonly EgressLine[];
  readonly next: number | null;
}

export interface SavedAnswers {
  readonly answers: readonly SavedAnswerLine[];
  readonly next: number | null;
}

export interface FleetPage {
  readonly coverage: Coverage;
  /** Members that fit the question, of which the first are listed. */
  readonly found: number;
  readonly members: readonly FleetMember[];
}

export interface JoinRequests {
  readonly requests: readonly JoinRequestLine[];
}

export interface TechniqueGuides {
  readonly techniques: readonly TechniqueGuide[];
}

/** One line of the answer to a mesh query. */
export interface QueryLine {
  readonly progress?: QueryProgress;
  readonly result?: QueryResult;
  readonly error?: { readonly code: string; readonly message: string };
}

export type {
  AuditRecord,
  AuditVerification,
  CustomRuleLine,
  LocalStatistics,
  ReplayResult,
  RulesReport,
  RuleText,
  TerminalEvent,
};
