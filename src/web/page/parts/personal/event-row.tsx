import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { HUMAN } from '../../../../domain/events/author.ts';
import type { EventsDeleted } from '../../../../domain/events/deleted.ts';
import type { RuleText, TerminalEvent } from '../../data/contract.ts';
import { duration, fullTime, placeName, timeWithSeconds, visible } from '../../model/format.ts';
import { RiskMark } from '../common/risk-mark.tsx';
import { DeleteCommand, deletedText } from './delete-command.tsx';

interface EventRowProps {
  readonly event: TerminalEvent;
  readonly rules: readonly RuleText[];
  readonly isNew: boolean;
  /** Written above the row where a new day begins. */
  readonly day: string | null;
}

/**
 * One command per line; when open, everything that is stored about it. Its text is inserted as
 * text, never as markup.
 */
export function EventRow({ event, rules, isNew, day }: EventRowProps) {
  const [open, setOpen] = useState(false);
  const [gone, setGone] = useState<EventsDeleted | null>(null);
  if (gone)
    return (
      <li class="event quiet" role="status">
        {deletedText(gone)}
      </li>
    );
  return (
    <>
      {day && <li class="day">{day}</li>}
      <li class={`event at-${event.risk} ${isNew ? 'arrived' : ''}`} data-event={event.id}>
        <button type="button" class="event-line" aria-expanded={open} onClick={() => setOpen(!open)}>
          <time class="nums quiet" dateTime={event.time}>
            {timeWithSeconds(event.time)}
          </time>
          <code class="command clip">
            {event.author !== HUMAN && <span class="author">{event.author}</span>}
            {visible(event.command)}
          </code>
          <span class="mono quiet clip place">{event.cwd !== null && visible(placeName(event.cwd))}</span>
          <Outcome event={event} />
        </button>
        {open && (
          <Details event={event} rules={rules}>
            <DeleteCommand id={event.id} onDeleted={setGone} />
          </Details>
        )}
      </li>
    </>
  );
}

function Outcome({ event: { risk, running, exitCode, durationMs } }: { readonly event: TerminalEvent }) {
  const failed = exitCode !== null && exitCode !== 0;
  return (
    <span class="outcome nums">
      {risk === 'safe' ? <span class="unseen">safe</span> : <RiskMark level={risk} />}
      {failed && <span class="fail">failed {exitCode}</span>}
      <span class="quiet took">{durationMs === null ? <Unended isRunning={running} /> : duration(durationMs)}</span>
    </span>
  );
}

/** No word for it: shells that cannot see the end of a command would fill the list with it. */
const Unended = ({ isRunning }: { readonly isRunning: boolean }) => (
  <span class="unseen">{isRunning ? 'no end is known yet' : 'not known'}</span>
);

/** A command of an agent that reported its start only is unfinished. */
const unknown = ({ running, author, durationMs }: TerminalEvent): string => {
  if (running) return 'still running';
  return author !== HUMAN && durationMs === null ? 'not known (unfinished)' : 'not known';
};

interface DetailsProps {
  readonly event: TerminalEvent;
  readonly rules: readonly RuleText[];
  readonly children: ComponentChildren;
}

function Details({ event, rules, children }: DetailsProps) {
  const matched = event.rules.map((id) => rules.find((rule) => rule.id === id) ?? id);
  return (
    <div class="details">
      <pre>
        <code class="command">{visible(event.command)}</code>
      </pre>
      {matched.map((rule) =>
        typeof rule === 'string' ? (
          <p key={rule} class="reason">
            <span class="mono">{rule}</span>
          </p>
        ) : (
          <p key={rule.id} class="reason">
            <RiskMark level={rule.level} /> {rule.reason} <span class="safer">{rule.safer}</span>{' '}
            <span class="quiet mono">
              {rule.id}
              {rule.technique === null ? '' : ` · ATT&CK ${rule.technique}`}
            </span>
          </p>
        ),
      )}
      <dl class="facts">
        <Fact name="Started" value={fullTime(event.time)} />
        <Fact name="In" value={event.cwd === null ? 'not known' : visible(event.cwd)} mono />
        {event.project !== null && <Fact name="Project" value={visible(event.project)} />}
        {event.author === HUMAN ? (
          <Fact name="Shell" value={`${event.shell} on ${event.host}`} />
        ) : (
          <Fact name="Run by" value={`${event.author} on ${event.host}, approval: ${event.approval ?? 'unknown'}`} />
        )}
        <Fact name="Tools" value={`${event.tools.join(' · ') || 'none'} (${event.category})`} />
        <Fact name="Status" value={event.exitCode === null ? unknown(event) : String(event.exitCode)} />
        <Fact name="Took" value={event.durationMs === null ? unknown(event) : duration(event.durationMs)} />
      </dl>
      {children}
    </div>
  );
}

function Fact({
  name,
  value,
  mono = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly mono?: boolean;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={mono ? 'mono' : ''}>{value}</dd>
    </div>
  );
}
