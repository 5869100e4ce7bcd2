import type { Actor } from '../../bus/actor.ts';
import type { AlertReport, AlertRule, AlertState, RaisedAlert } from '../../domain/alerts/alert.ts';
import type { SyslogAlert } from '../../domain/alerts/syslog.ts';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { AlertStore } from '../../storage/alert-store.ts';

export interface AlerterPorts {
  readonly store: AlertStore;
  /** The states of the rules by the newest figures. */
  readonly measure: (rules: readonly AlertRule[]) => Promise<readonly AlertState[]>;
  /**
   * Sends messages to the receiver. Calls `before` once it has proven itself, in one transaction
   * with the ledger, before any byte leaves.
   */
  readonly send: (syslog: Configuration['syslog'], alerts: readonly SyslogAlert[], before: () => void) => Promise<void>;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
  readonly now: () => number;
}

type Kinds = 'alerts.list' | 'alerts.test' | 'clock.quarter' | 'config.commit';

const SHOWN = 100;
/** An alert that could not be sent for so long is not news any more. */
const UNSENT_DAYS = 2;

/**
 * Alerts on totals (docs/analyst.md "Alerts"). Each is stored before it is sent and marked as sent
 * before its bytes leave, so that a rule has at most one a day, whenever the service is killed.
 */
export function createAlerter(ports: AlerterPorts, initial: Configuration): Actor<Kinds> {
  let configuration = initial;
  let sending: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    if (configuration.alerts.length > 0) await raise(ports, await ports.measure(configuration.alerts));
    // A receiver that is slow does not hold up the mailbox.
    sending ??= deliver(ports, configuration)
      .catch(ports.onFailure)
      .finally(() => {
        sending = undefined;
      });
  };
  return {
    name: 'alerter',
    // The receiver may take its time.
    concurrent: ['alerts.test'],
    start: () => void check().catch(ports.onFailure),
    stop: async () => {
      await sending;
    },
    handlers: {
      'alerts.list': () => reportOf(ports, configuration),
      'alerts.test': async () => {
        const { syslog, node, alerts } = configuration;
        const states = await ports.measure(alerts);
        if (syslog.address !== '') await ports.send(syslog, [testMessage(node.name, ports.now())], () => undefined);
        return { states, syslog: syslog.address === '' ? null : syslog.address };
      },
      'clock.quarter': async ({ retentionMs }) => {
        ports.store.prune(dayOf(retentionMs - configuration.retention.answers_days * DAY_MS));
        await check();
      },
      'config.commit': async (next) => {
        configuration = next;
        await check();
        return null;
      },
    },
  };
}

const dayOf = (ms: number): string => isoTime(Math.max(0, ms)).slice(0, 10);

const reportOf = async ({ store, measure }: AlerterPorts, { alerts, syslog }: Configuration): Promise<AlertReport> => ({
  states: await measure(alerts),
  raised: store.list(SHOWN),
  syslog: syslog.address === '' ? null : syslog.address,
});

async function raise({ store, audit, now }: AlerterPorts, states: readonly AlertState[]): Promise<void> {
  for (const state of states) {
    const { isMet, value, until, rule, measure, condition, bound } = state;
    if (!isMet || value === null || until === null || !store.raise({ ...state, value, until }, now())) continue;
    // Numbers of a record are whole.
    const details = { rule, measure, condition, bound: String(bound), value: value.toFixed(3), until };
    await audit({ type: 'alert.raised', details });
  }
}

async function deliver({ store, send, now }: AlerterPorts, { syslog, node }: Configuration): Promise<void> {
  if (syslog.address === '') return;
  const due = store.unsent(dayOf(now() - UNSENT_DAYS * DAY_MS));
  if (due.length === 0) return;
  const messages = due.map((alert) => messageOf(alert, node.name, now()));
  await send(syslog, messages, () => store.markSent(due, now()));
}

const messageOf = (alert: RaisedAlert, host: string, nowMs: number): SyslogAlert => {
  const { rule, measure, condition, bound, value, before, days, until } = alert;
  return {
    kind: 'alert',
    time: isoTime(nowMs),
    host,
    rule,
    measure,
    condition,
    bound,
    value,
    before,
    days,
    until,
  };
};

const testMessage = (host: string, nowMs: number): SyslogAlert => ({
  kind: 'test',
  time: isoTime(nowMs),
  host,
  rule: 'test',
  measure: 'risky',
  condition: 'above',
  bound: 0,
  value: null,
  before: null,
  days: 7,
  until: null,
});
