import { readFileSync, statSync } from 'node:fs';
import type { Kind } from '../bus/messages.ts';
import { CaroError } from '../domain/errors.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import { withPrivateFile } from '../platform/private-file.ts';

/** The part of the metrics that no status tells. */
export function metricsFacts(
  databaseFile: string,
  actors: readonly { readonly messages: () => readonly { readonly kind: Kind; readonly count: number }[] }[],
): Omit<ServiceMetrics, 'status'> {
  const counts = new Map<Kind, number>();
  for (const actor of actors)
    for (const { kind, count } of actor.messages()) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return {
    databaseBytes: sizeOf(databaseFile) + sizeOf(`${databaseFile}-wal`),
    messages: [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * The token that opens `/metrics`, or null where `caro metrics --token` has made none. Read for
 * each question: who removes the file closes the door.
 *
 * @throws CaroError `permissions_unsafe` for a file that others can read or that is none of ours
 */
export function readMetricsToken(file: string): string | null {
  try {
    return withPrivateFile(file, (descriptor) => readFileSync(descriptor, 'utf8').trim());
  } catch (error) {
    if (error instanceof CaroError) throw error;
    return null;
  }
}
