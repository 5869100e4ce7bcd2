import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import type { AlertState } from '../../domain/alerts/alert.ts';
import { alertCondition, alertValue } from '../../domain/alerts/alert-text.ts';
import type { Context } from '../context.ts';
import { paint, say, sayJson } from '../output/output.ts';
import { type Column, sayTable } from '../output/table.ts';

interface Json {
  readonly json?: true;
}

export function addAlerts(program: Command, context: Context): void {
  const alerts = program.command('alerts').description('alerts on totals of all nodes, by the rules in [[alerts]]');
  alerts
    .command('list', { isDefault: true })
    .description('the state of each rule by the newest figures, and alerts that were raised')
    .option('--json', 'print one JSON object')
    .action((options: Json) => list(context, options));
  alerts
    .command('test')
    .description('show what the rules say, raise nothing, and send a test message to the syslog receiver')
    .option('--json', 'print one JSON object')
    .action((options: Json) => test(context, options));
}

const COLUMNS: readonly Column<AlertState>[] = [
  { title: 'RULE', text: ({ rule }) => rule },
  { title: 'MEASURE', text: ({ measure }) => measure },
  { title: 'VALUE', align: 'right', text: (state) => alertValue(state, state.value) },
  { title: 'ALERT IF', text: alertCondition },
  { title: 'DAYS', align: 'right', text: ({ days }) => String(days) },
  { title: 'UNTIL', text: ({ until }) => until ?? '-' },
  { title: 'STATE', text: ({ isMet, value }) => (isMet ? 'alert' : value === null ? 'not known' : 'ok') },
];

async function sayStates(context: Context, states: readonly AlertState[]): Promise<void> {
  if (states.length === 0) say(context, 'There are no rules. Add [[alerts]] to caro.toml, then: caro reload');
  else await sayTable(context, COLUMNS, states);
}

async function list(context: Context, { json }: Json): Promise<void> {
  const report = await callAdmin(context.places().socket, 'alerts.list', {});
  if (json) {
    sayJson(context, report);
    return;
  }
  await sayStates(context, report.states);
  if (report.raised.length === 0) return;
  say(context);
  say(context, paint(context, 'bold', 'Raised'));
  for (const raised of report.raised) {
    const { day, rule, measure, value, sentAt } = raised;
    const sent = sentAt === null ? '' : ', sent by syslog';
    say(
      context,
      `${day}  ${rule}: ${measure} ${alertValue(raised, value)} (alert if ${alertCondition(raised)})${sent}`,
    );
  }
}

async function test(context: Context, { json }: Json): Promise<void> {
  const { states, syslog } = await callAdmin(context.places().socket, 'alerts.test', {});
  if (json) {
    sayJson(context, { states, syslog });
    return;
  }
  await sayStates(context, states);
  say(context, syslog === null ? 'No syslog receiver is set.' : `A test message was sent to ${syslog}.`);
}
