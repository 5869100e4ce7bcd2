import type { Actor } from '../bus/actor.ts';
import type { Replies } from '../bus/messages.ts';
import type { ActorSpec } from '../bus/supervisor.ts';

/** What the command line asks of the service as a whole. */
export interface ServiceControlPorts {
  /** @throws CaroError `disk_full`, `worker_failed` */
  readonly backup: () => Promise<string>;
  readonly openDashboard: () => Promise<Replies['dashboard.link']>;
}

export type ServiceControlKinds = 'database.backup' | 'dashboard.link';

/** Takes the requests that concern the service as a whole rather than one of its actors. */
export function serviceControl({ backup, openDashboard }: ServiceControlPorts): ActorSpec {
  const actor: Actor<ServiceControlKinds> = {
    name: 'service control',
    // Each waits for others: a backup of minutes must not delay a login.
    concurrent: ['database.backup', 'dashboard.link'],
    handlers: {
      'database.backup': async () => ({ file: await backup() }),
      'dashboard.link': openDashboard,
    },
  };
  return { name: actor.name, capacity: 64, policy: 'refuse', create: () => actor };
}
