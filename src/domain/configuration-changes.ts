import type { AuditEntry } from './audit/audit-record.ts';
import type { Configuration } from './configuration.ts';
import { canonical, type Json } from './encoding/canonical.ts';

const TYPES: Readonly<Partial<Record<keyof Configuration, AuditEntry['type']>>> = {
  trust: 'trust.changed',
  sharing: 'sharing.changed',
};

/**
 * The audit records of a change of configuration (FR-903): what changed in the trust, sharing in
 * full, other changes by name. A map of trust has one entry per node, so that the whole of it in
 * each record would fill the log.
 */
export function configurationChanges(before: Configuration | null, after: Configuration): readonly AuditEntry[] {
  const sections = Object.keys(after) as (keyof Configuration)[];
  const changed = sections.filter((section) => before === null || plain(before[section]) !== plain(after[section]));
  const detailed = changed.flatMap((section): AuditEntry[] => {
    const type = TYPES[section];
    if (type === undefined) return [];
    const now = jsonOf(after[section]);
    return [{ type, details: section === 'trust' ? changesOf(jsonOf(before?.[section] ?? {}), now) : now }];
  });
  return changed.length === 0 ? [] : [{ type: 'config.changed', details: { sections: changed } }, ...detailed];
}

type JsonObject = { readonly [key: string]: Json };

/** A section that an earlier version did not know is empty: its node could not start otherwise. */
const jsonOf = (section: unknown): JsonObject => JSON.parse(JSON.stringify(section ?? {})) as JsonObject;

const plain = (section: unknown): string => canonical(jsonOf(section));

/**
 * The members that differ: the new value, or null if it is gone. Of an object its own changes, of a
 * list what was added and removed.
 */
function changesOf(before: JsonObject, after: JsonObject): JsonObject {
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => canonical(before[name] ?? null) !== canonical(after[name] ?? null),
  );
  return Object.fromEntries(names.map((name) => [name, changeOf(before[name], after[name])]));
}

function changeOf(before: Json | undefined, after: Json | undefined): Json {
  if (Array.isArray(before) || Array.isArray(after)) {
    const [old, now] = [listOf(before), listOf(after)];
    const without = (list: readonly Json[], others: readonly Json[]): Json[] => {
      const known = new Set(others.map(canonical));
      return list.filter((item) => !known.has(canonical(item)));
    };
    const lists = { added: without(now, old), removed: without(old, now) };
    return Object.fromEntries(Object.entries(lists).filter(([, items]) => items.length > 0));
  }
  if (isObject(after)) return changesOf(isObject(before) ? before : {}, after);
  return after ?? null;
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null;
