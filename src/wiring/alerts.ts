import { readFileSync } from 'node:fs';
import type { AlerterPorts } from '../actors/alerter/alerter.ts';
import { type AlertState, measureNamed, stateOf } from '../domain/alerts/alert.ts';
import { CaroError } from '../domain/errors.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { createAlertStore } from '../storage/alert-store.ts';
import { createEgressStore } from '../storage/audit/egress-store.ts';
import type { ServiceContext } from './service-context.ts';

/** What the ledger has in place of a node id. */
const RECIPIENT = 'syslog';

/** Trends, syslog and TLS are loaded when there is a rule. */
export function alerterPorts({ bus, database, health, log }: ServiceContext): AlerterPorts {
  const store = createAlertStore(database);
  const ledger = createEgressStore(database);
  return {
    store: { ...store, raise: health.guard(store.raise) },
    measure: async (rules) => {
      if (rules.length === 0) return [];
      const { createTrendReader } = await import('../storage/trends/trend-reader.ts');
      const trends = createTrendReader(database);
      const hasFigures = trends.sources().length > 0;
      return rules.map((rule): AlertState => {
        if (!hasFigures) return stateOf(rule, undefined, null);
        const { days } = rule;
        const answer = trends.posture({ days });
        const techniques = rule.measure.startsWith('techniques.') ? trends.heatMap({ days }).techniques : [];
        return stateOf(rule, measureNamed(rule.measure, answer, techniques), answer.until);
      });
    },
    send: async (syslog, alerts, before) => {
      const [{ sendSyslog }, { syslogFrame, syslogMessage }] = await Promise.all([
        import('../mesh/egress/syslog-gate.ts'),
        import('../domain/alerts/syslog.ts'),
      ]);
      const endpoint = parseEndpoint(syslog.address);
      if (!endpoint) throw new CaroError('syslog_failed', 'expected an address and a port as syslog.address');
      const messages = alerts.map(syslogMessage);
      const entry = {
        recipient: RECIPIENT,
        address: syslog.address,
        type: 'alert',
        level: null,
        rule: 'syslog.address',
      };
      const write = database.transaction((time: string) => {
        ledger.record(messages.map((bytes) => ({ ...entry, time, bytes })));
        before();
      });
      const receiver = { ...endpoint, ca: readCertificates(syslog.ca), name: syslog.name };
      await sendSyslog(receiver, messages.map(syslogFrame).join(''), {
        record: () => write(isoTime(Date.now())),
      });
    },
    audit: (entry) => bus.request('audit.append', entry),
    onFailure: (error) => log.error({ err: error }, 'alerts not raised or not sent'),
    now: Date.now,
  };
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CaroError('syslog_failed', `${file}: expected certificates in PEM as syslog.ca, cannot read the file`, {
      cause,
    });
  }
}
