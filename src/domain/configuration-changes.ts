import type { AuditEntry } from './audit/audit-record.ts';
import type { Configuration } from './configuration.ts';
import { canonical, type Json } from './encoding/canonical.ts';

const TYPES: Readonly<Partial<Record<keyof Configuration, AuditEntry['type']>>> = {
  trust: 'trust.changed',
  sharing: 'sharing.changed',
};

/**
 * The audit records of a change of configuration (FR-903): trust and sharing in full, other changes
 * by name.
 */
export function configurationChanges(before: Configuration | null, after: Configuration): readonly AuditEntry[] {
  const sections = Object.keys(after) as (keyof Configuration)[];
  const changed = sections.filter((section) => before === null || plain(before[section]) !== plain(after[section]));
  const detailed = changed.flatMap((section): AuditEntry[] => {
    const type = TYPES[section];
    return type === undefined
      ? []
      : [{ type, details: JSON.parse(JSON.stringify(after[section])) as Record<string, Json> }];
  });
  return changed.length === 0 ? [] : [{ type: 'config.changed', details: { sections: changed } }, ...detailed];
}

const plain = (section: unknown): string => canonical(JSON.parse(JSON.stringify(section)) as Json);
