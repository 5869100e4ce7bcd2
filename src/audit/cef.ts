/**
 * Records and findings as lines of ArcSight's Common Event Format ("Implementing ArcSight CEF";
 * `CEF:0`).
 */
import { isIP } from 'node:net';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import type { ExportEvent, Exporter, Severity } from './export-event.ts';
import { type DetectionFinding, findingId } from './finding.ts';

/** Keys of the CEF dictionary, in the order in which they are written. */
type Extension = Readonly<Record<string, string | number>>;

const SEVERITIES: Readonly<Record<Severity, number>> = { informational: 2, low: 3, medium: 5, high: 8, critical: 10 };
/** What a custom string holds (`cs1` … `cs6`). */
const MAX_LENGTH = 4_000;

/** One audit record as one line; `cs2` is its hash, which leads back to it in the chain. */
export function cefEvent(event: ExportEvent, exporter: Exporter): string {
  const { record, title, severity, outcome, facts } = event;
  return line(exporter, record.type, title, severity, {
    rt: Date.parse(record.time),
    cat: event.kind,
    act: event.activity,
    outcome,
    externalId: record.seq,
    ...(typeof facts['code'] === 'string' ? { reason: facts['code'] } : {}),
    ...(typeof facts['count'] === 'number' ? { cnt: facts['count'] } : {}),
    ...address(facts['address'], facts['direction']),
    deviceExternalId: exporter.node,
    ...(record.peer === null ? {} : { cs1Label: 'peer', cs1: record.peer }),
    cs2Label: 'hash',
    cs2: record.hash,
    ...details(facts),
  });
}

/** One finding as one line; `cs2` is the same in every export. */
export function cefFinding(finding: DetectionFinding, exporter: Exporter): string {
  const { kind, name, title, severity, startMs, endMs, count, usual, family, technique, attack } = finding;
  return line(exporter, `finding.${kind}.${name}`, title, severity, {
    rt: endMs,
    start: startMs,
    end: endMs,
    cat: 'finding',
    ...(kind === 'risk' ? { cnt: count } : { cn1Label: 'observed', cn1: count }),
    ...(usual === null ? {} : { cfp1Label: 'usual', cfp1: usual }),
    deviceExternalId: exporter.node,
    cs2Label: 'findingId',
    cs2: findingId(exporter.node, finding),
    ...(family === null ? {} : { cs4Label: 'family', cs4: family }),
    ...(technique === null ? {} : { cs5Label: 'attackTechnique', cs5: technique }),
    ...(attack === null
      ? {}
      : {
          cs6Label: 'attackTechniqueName',
          cs6: attack.technique,
          flexString1Label: 'attackTactic',
          flexString1: attack.tactic,
        }),
  });
}

function line(
  { version }: Exporter,
  signature: string,
  name: string,
  severity: Severity,
  extension: Extension,
): string {
  const head = ['CEF:0', 'Caro', 'Caro mesh', version, signature, name, String(SEVERITIES[severity])];
  const pairs = Object.entries(extension).map(([key, value]) => `${key}=${extensionValue(String(value))}`);
  return `${head.map(headerField).join('|')}|${pairs.join(' ')}`;
}

/** A header has no form for a line break. */
const headerField = (text: string): string => text.replace(/[\r\n]+/g, ' ').replace(/[\\|]/g, '\\$&');

const extensionValue = (text: string): string =>
  text.replace(/[\\=]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n');

/** The other side is the source of what came in and the destination of what went out. */
function address(text: Json | undefined, direction: Json | undefined): Extension {
  if (typeof text !== 'string') return {};
  const { host, port } = parseEndpoint(text) ?? { host: text };
  const ip = host.split('%')[0] ?? '';
  // `src` and `dst` hold IPv4 only; an IPv6 address goes into a field of its own.
  const [v4, v4Port, v6, v6Label] =
    direction === 'inbound' ? ['src', 'spt', 'c6a2', 'Source'] : ['dst', 'dpt', 'c6a3', 'Destination'];
  const family = isIP(ip);
  if (family === 0) return {};
  return {
    ...(family === 4 ? { [v4]: ip } : { [`${v6}Label`]: `${v6Label} IPv6 Address`, [v6]: ip }),
    ...(port === undefined ? {} : { [v4Port]: port }),
  };
}

/** All facts as one JSON text. If it is too long, lists and objects are replaced by their size. */
function details(facts: ExportEvent['facts']): Extension {
  if (Object.keys(facts).length === 0) return {};
  const whole = canonical(facts);
  const text = whole.length <= MAX_LENGTH ? whole : canonical(Object.fromEntries(Object.entries(facts).map(sized)));
  return { cs3Label: 'details', cs3: text };
}

const sized = ([name, value]: readonly [string, Json]): readonly [string, Json] =>
  typeof value === 'object' && value !== null ? [name, Object.keys(value).length] : [name, value];
