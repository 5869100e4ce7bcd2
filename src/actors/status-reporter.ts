import type { Actor } from '../bus/actor.ts';
import type { BusClient } from '../bus/bus.ts';
import { CaroError } from '../domain/errors.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import type { ObserveStatus, ServiceStatus } from '../domain/status/status.ts';

export interface StatusPorts {
  readonly bus: BusClient;
  readonly facts: () => Omit<ServiceStatus, 'observe' | 'mesh' | 'audit'>;
  readonly metrics: () => Omit<ServiceMetrics, 'status'>;
}

const DEADLINE_MS = 2_000;

/**
 * Assembles `caro status` from the reports of all parts. A part that does not answer has defaults.
 */
export function createStatusReporter({
  bus,
  facts,
  metrics,
}: StatusPorts): Actor<'service.status' | 'service.metrics'> {
  const status = async (): Promise<ServiceStatus> => {
    const [observe, mesh, audit] = await Promise.all([
      bus.request('observe.status', {}, DEADLINE_MS).catch(silentObservation),
      bus.request('mesh.status', {}, DEADLINE_MS).catch(orFault(SILENT_MESH)),
      bus.request('audit.status', {}, DEADLINE_MS).catch(orFault(SILENT_AUDIT)),
    ]);
    return { ...facts(), observe, mesh, audit };
  };
  return {
    name: 'status reporter',
    handlers: {
      'service.status': status,
      'service.metrics': async () => ({ status: await status(), ...metrics() }),
    },
  };
}

const SILENT_MESH = { enabled: false, listen: null, peers: [] } as const;
const SILENT_AUDIT = { records: 0, verified: false } as const;

/** A degraded part must not hide the others: `actors` says which one it is. */
const orFault =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof CaroError) return instead;
    throw error;
  };

const silentObservation = (error: unknown): ObserveStatus =>
  orFault<ObserveStatus>({
    events: 0,
    pending: 0,
    dropped: 0,
    shells: [],
    trouble: error instanceof Error ? error.message : null,
  })(error);
