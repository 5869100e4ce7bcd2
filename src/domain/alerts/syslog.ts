/** An alert as a message of RFC 5424, in the framing of RFC 5425 §4.3. Printable ASCII only. */
import { counted } from '../counted.ts';
import type { AlertCondition } from './alert.ts';

/** Facility "log audit" (13). */
const FACILITY = 13;
const SEVERITY = { alert: 4, test: 6 } as const;
/** The number that RFC 5612 reserves for examples: this program has none of its own. */
const SD_ID = 'caro@32473';

export interface SyslogAlert {
  readonly kind: keyof typeof SEVERITY;
  /** ISO 8601 UTC with milliseconds. */
  readonly time: string;
  /** The name of this node in its configuration. */
  readonly host: string;
  readonly rule: string;
  readonly measure: string;
  readonly condition: AlertCondition;
  readonly bound: number;
  readonly value: number | null;
  readonly before: number | null;
  readonly days: number;
  readonly until: string | null;
}

/** @throws RangeError for a member that is no word of its list, so that nothing else can leave */
export function syslogMessage(alert: SyslogAlert): string {
  const { kind, time, host, rule, measure, condition, bound, value, before, days, until } = alert;
  const words = { host, rule, measure, until: until ?? '-' };
  for (const [name, word] of Object.entries(words))
    if (!/^[A-Za-z0-9.-]{1,64}$/.test(word)) throw new RangeError(`expected ${name} to be a word, got something else`);
  const parameters = [
    ...[`rule="${rule}"`, `measure="${measure}"`, `condition="${condition}"`, `bound="${number(bound)}"`],
    ...(value === null ? [] : [`value="${number(value)}"`]),
    ...(before === null ? [] : [`before="${number(before)}"`]),
    ...[`days="${days}"`, `until="${words.until}"`],
  ];
  const text =
    kind === 'test'
      ? 'Test message of caro alerts test'
      : `Alert ${rule}: ${measure} is ${number(value ?? 0)}, ${condition} ${number(bound)}, over ${counted(days, 'day')}`;
  const head = `<${FACILITY * 8 + SEVERITY[kind]}>1 ${time} ${host} caro - ${kind.toUpperCase()}`;
  return `${head} [${SD_ID} ${parameters.join(' ')}] ${text}`;
}

const number = (value: number): string => String(Math.round(value * 1_000) / 1_000);

/** `MSG-LEN SP SYSLOG-MSG`; the length is in octets. */
export const syslogFrame = (message: string): string => `${Buffer.byteLength(message)} ${message}`;
