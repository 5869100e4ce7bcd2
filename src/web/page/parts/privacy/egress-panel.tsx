import { useState } from 'preact/hooks';
import type { EgressLine, EgressMessage } from '../../../../domain/audit/egress.ts';
import type { EgressPage } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { bytes, fullTime } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';

interface EgressPanelProps {
  readonly nameOf: (id: string) => string;
  readonly onLocked: () => void;
}

/** Every message that left this node: recipient, rule, and on demand its bytes. */
export function EgressPanel({ nameOf, onLocked }: EgressPanelProps) {
  const [older, setOlder] = useState<readonly number[]>([]);
  const page = useReading<EgressPage>('/api/egress', { before: older.at(-1), limit: 12 }, onLocked);
  const next = page.data?.next;
  return (
    <Panel title="What left, message by message" class="span-12">
      {!page.data && <p class="quiet">{page.trouble ?? 'Loading …'}</p>}
      {page.data?.messages.length === 0 && <p class="quiet">Nothing has left this machine.</p>}
      <ul class="egress">
        {page.data?.messages.map((line) => (
          <Message key={line.seq} line={line} name={nameOf(line.recipient)} onLocked={onLocked} />
        ))}
      </ul>
      <div class="pager">
        {older.length > 0 && (
          <button type="button" onClick={() => setOlder(older.slice(0, -1))}>
            Newer messages
          </button>
        )}
        {next != null && (
          <button type="button" onClick={() => setOlder([...older, next])}>
            Older messages
          </button>
        )}
      </div>
    </Panel>
  );
}

const LEVELS = { 1: 'a summary (level 1)', 2: 'aggregates (level 2)' } as const;

interface MessageProps {
  readonly line: EgressLine;
  readonly name: string;
  readonly onLocked: () => void;
}

function Message({ line, name, onLocked }: MessageProps) {
  const [isOpen, setOpen] = useState(false);
  const { seq, time, type, level, rule, size, address, recipient } = line;
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <time class="nums quiet" dateTime={time}>
            {fullTime(time)}
          </time>
          <span>
            <strong>{type}</strong> to <strong title={`${recipient} at ${address}`}>{name}</strong>
          </span>
          <span>{level === null ? <span class="quiet">no figures</span> : LEVELS[level]}</span>
          <span class="mono quiet">{rule}</span>
          <span class="quiet nums size">{bytes(size)}</span>
        </summary>
        {isOpen && <Bytes seq={seq} onLocked={onLocked} />}
      </details>
    </li>
  );
}

function Bytes({ seq, onLocked }: { readonly seq: number; readonly onLocked: () => void }) {
  const { data, trouble } = useReading<EgressMessage>('/api/egress/message', { seq }, onLocked);
  if (!data) return <p class="quiet">{trouble ?? 'Loading …'}</p>;
  const payload = payloadOf(data.bytes);
  return (
    <div class="bytes">
      <p class="quiet">
        Message {seq}, byte for byte as sent{payload && ', and its decoded payload'}.
      </p>
      <pre>
        <code>{data.bytes}</code>
      </pre>
      {payload && (
        <pre>
          <code>{payload}</code>
        </pre>
      )}
    </div>
  );
}

/** The payload of a signed envelope; null if the bytes are not one. */
function payloadOf(text: string): string | null {
  try {
    const { payload } = JSON.parse(text) as { readonly payload?: unknown };
    if (typeof payload !== 'string') return null;
    return new TextDecoder().decode(Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0)));
  } catch {
    return null;
  }
}
