import type { AnomalyReport } from '../../domain/anomalies/anomaly.ts';
import type { EventsDeleted } from '../../domain/events/deleted.ts';
import type { EventFilter, Pattern, TerminalEvent } from '../../domain/events/event.ts';
import type { RiskLevel } from '../../domain/events/risk-level.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import type { LocalStatistics } from '../../domain/events/statistics.ts';
import type { AgentQuestion, GuardHint, GuardQuestion } from '../../domain/guard/guard.ts';
import type { ReplayResult, RulesReport, RulesStatus } from '../../domain/rules/custom-rule.ts';
import type { ObserveStatus } from '../../domain/status/status.ts';
import type { Analysis } from '../../shell/model.ts';
import type { Nothing } from './empty-body.ts';

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

/** Messages about recorded commands: what is observed, rated, stored and read again. */
export interface ObservationMessages {
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
  'anomalies.list': { readonly since?: string };
  /** Whether a line, or what an agent's hook was given, certainly runs unasked; never stored. */
  'guard.check': GuardQuestion;
  'guard.agent': AgentQuestion;
  /** From the collector to itself: the next slice of expired events is due. */
  'retention.slice': { readonly nowMs: number };
}

export interface ObservationReplies {
  'command.classify': readonly Classification[];
  'command.assess': readonly RiskRating[];
  'rules.list': RulesReport;
  'rules.status': RulesStatus;
  'rules.replay': ReplayResult;
  'observe.status': ObserveStatus;
  'events.list': readonly TerminalEvent[];
  'events.delete': EventsDeleted;
  'stats.read': LocalStatistics;
  'anomalies.list': AnomalyReport;
  'guard.check': GuardHint;
  'guard.agent': GuardHint;
}
