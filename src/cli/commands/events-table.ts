import { HUMAN } from '../../domain/events/author.ts';
import type { TerminalEvent } from '../../domain/events/event.ts';
import type { Context } from '../context.ts';
import { duration, localTime, paint, paintRisk } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

const BY = { title: 'BY', text: ({ author }: TerminalEvent) => (author === HUMAN ? 'you' : author) };

/** Prints commands as a table, in the order given. */
export async function sayEvents(context: Context, events: readonly TerminalEvent[]): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'TIME', text: (event) => localTime(event.time) },
      { title: 'SHELL', text: (event) => event.shell },
      {
        title: 'EXIT',
        align: 'right',
        text: (event) => String(event.exitCode ?? '-'),
        paint: (event, text) => (event.exitCode === 0 || event.exitCode === null ? text : paint(context, 'red', text)),
      },
      {
        title: 'TOOK',
        align: 'right',
        text: (event) => (event.durationMs === null ? '-' : duration(event.durationMs)),
      },
      ...(events.some(({ author }) => author !== HUMAN) ? [BY] : []),
      { title: 'RISK', text: (event) => event.risk, paint: (event, text) => paintRisk(context, event.risk, text) },
      { title: 'COMMAND', text: (event) => event.command },
    ],
    events,
  );
}
