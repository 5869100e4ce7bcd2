import type { Actor } from '../bus/actor.ts';
import type { Speaker } from '../bus/bus.ts';
import type { ServiceStatus } from '../domain/status.ts';

export interface StatusPorts {
  readonly bus: Speaker;
  readonly facts: () => Omit<ServiceStatus, 'observe' | 'mesh' | 'audit'>;
}

const DEADLINE_MS = 2_000;

/** Puts `caro status` together from what every part says of itself. */
export const createStatusReporter = ({ bus, facts }: StatusPorts): Actor<'service.status'> => ({
  name: 'status reporter',
  handlers: {
    'service.status': async () => {
      const [observe, mesh, audit] = await Promise.all([
        bus.request('observe.status', {}, DEADLINE_MS),
        bus.request('mesh.status', {}, DEADLINE_MS),
        bus.request('audit.status', {}, DEADLINE_MS),
      ]);
      return { ...facts(), observe, mesh, audit };
    },
  },
});
