import type { Json } from '../../../domain/encoding/canonical.ts';
import type { QueryType } from '../../../domain/policy/trust.ts';
import type { AuditRecord } from '../data/contract.ts';
import { counted, duration, fullTime } from './format.ts';
import { QUERY_NAMES } from './mesh-words.ts';

type NameOf = (id: string) => string;

/** Details of a record in words; each is a closed word, a number, an id or an address. */
export const detailText = ({ details }: Pick<AuditRecord, 'details'>, nameOf: NameOf): string =>
  Object.entries(details)
    .map(([name, value]) => PHRASES[name]?.(value) ?? `${inPlainWords(name)}: ${valueText(value, nameOf)}`)
    .join(' · ');

const DIRECTIONS: Readonly<Record<string, string>> = {
  inbound: 'it dialled this node',
  outbound: 'this node dialled it',
};

/** Members that read better than `name: value`; undefined for a value not of the usual kind. */
const PHRASES: Readonly<Record<string, (value: Json) => string | undefined>> = {
  query: (value) => QUERY_NAMES[value as QueryType] as string | undefined,
  spanHours: (value) => (typeof value === 'number' ? `over ${counted(value, 'hour')}` : undefined),
  targets: (value) => (typeof value === 'number' ? `${counted(value, 'node')} asked` : undefined),
  skewMs: (value) => (typeof value === 'number' ? `clocks differ by ${duration(Math.abs(value))}` : undefined),
  direction: (value) => DIRECTIONS[String(value)],
};

const NODE_ID = /^caro:ed25519:/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** A document or a digest: its beginning tells it apart; the export has all of it. */
const LONG_HEX = /^[0-9a-f]{32,}$/;

function valueText(value: Json, nameOf: NameOf): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return wordText(value, nameOf);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((one: Json) => valueText(one, nameOf)).join(', ') || 'none';
  const parts = Object.entries(value).map(([name, one]) =>
    NODE_ID.test(name)
      ? `${nameOf(name)} ${valueText(one, nameOf)}`
      : `${inPlainWords(name)} ${valueText(one, nameOf)}`,
  );
  return parts.join(', ') || 'none';
}

function wordText(value: string, nameOf: NameOf): string {
  if (NODE_ID.test(value)) return nameOf(value);
  if (ISO_TIME.test(value)) return fullTime(value);
  return LONG_HEX.test(value) ? `${value.slice(0, 8)}…` : value;
}

/** `spanHours` as `span hours`. */
const inPlainWords = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();
