import type { Actor } from '../bus/actor.ts';
import type { BusClient } from '../bus/bus.ts';
import { CaroError } from '../domain/errors.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import type { ServiceStatus } from '../domain/status/status.ts';

export interface StatusPorts {
  readonly bus: BusClient;
  readonly facts: () => Omit<ServiceStatus, 'observe' | 'mesh' | 'sharing' | 'audit' | 'rules'>;
  readonly metrics: () => Omit<ServiceMetrics, 'status'>;
}

const DEADLINE_MS = 2_000;

/**
 * Assembles `caro status` from the reports of all parts. A part that does not answer is null: its
 * figures are unknown, not zero.
 */
export function createStatusReporter({
  bus,
  facts,
  metrics,
}: StatusPorts): Actor<'service.status' | 'service.metrics'> {
  const status = async (): Promise<ServiceStatus> => {
    const [observe, mesh, sharing, audit, rules] = await Promise.all([
      bus.request('observe.status', {}, DEADLINE_MS).catch(nullOrFault),
      bus.request('mesh.status', {}, DEADLINE_MS).catch(nullOrFault),
      bus.request('policy.sharing', {}, DEADLINE_MS).catch(nullOrFault),
      bus.request('audit.status', {}, DEADLINE_MS).catch(nullOrFault),
      bus.request('rules.status', {}, DEADLINE_MS).catch(nullOrFault),
    ]);
    return { ...facts(), observe, mesh, sharing, audit, rules };
  };
  return {
    name: 'status reporter',
    handlers: {
      'service.status': status,
      'service.metrics': async () => ({ status: await status(), ...metrics() }),
    },
  };
}

/** A busy or degraded part must not hide the others: `actors` says which one it is. */
const nullOrFault = (error: unknown): null => {
  if (error instanceof CaroError) return null;
  throw error;
};
