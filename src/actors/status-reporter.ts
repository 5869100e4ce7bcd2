import type { Actor } from '../bus/actor.ts';
import type { BusClient } from '../bus/bus.ts';
import { CaroError } from '../domain/errors.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import type { ServiceStatus } from '../domain/status/status.ts';

export interface StatusPorts {
  readonly bus: BusClient;
  readonly facts: () => Omit<ServiceStatus, 'observe' | 'mesh' | 'sharing' | 'audit' | 'rules'>;
  readonly metrics: () => Omit<ServiceMetrics, 'status' | 'totals' | 'alerts'>;
  /** Null where this node has no totals. */
  readonly totals: () => Promise<ServiceMetrics['totals']>;
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
  totals,
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
      'service.metrics': async () => {
        const alerts = await bus.request('alerts.list', {}, DEADLINE_MS).catch(nullOrFault);
        const states = (alerts?.states ?? []).map(({ rule, isMet }) => ({ rule, isMet }));
        return { status: await status(), ...metrics(), totals: await totals(), alerts: states };
      },
    },
  };
}

/** A busy or degraded part must not hide the others: `actors` says which one it is. */
const nullOrFault = (error: unknown): null => {
  if (error instanceof CaroError) return null;
  throw error;
};
