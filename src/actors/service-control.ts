import type { Actor } from '../bus/actor.ts';
import type { Replies } from '../bus/messages.ts';

/** What the command line may have the service do to itself. */
export interface ServiceControlPorts {
  /** @throws CaroError where the new configuration is refused */
  readonly reload: () => Promise<boolean>;
  /** @throws CaroError `disk_full`, `worker_failed` */
  readonly backup: () => Promise<string>;
  readonly openDashboard: () => Promise<Replies['dashboard.link']>;
}

type Kinds = 'config.reload' | 'database.backup' | 'dashboard.link';

/** Takes the requests that concern the service as a whole rather than one of its actors. */
export function createServiceControl({ reload, backup, openDashboard }: ServiceControlPorts): Actor<Kinds> {
  return {
    name: 'service control',
    // Each waits for others: a backup of minutes must not delay a login.
    concurrent: ['config.reload', 'database.backup', 'dashboard.link'],
    handlers: {
      'config.reload': async () => ({ changed: await reload() }),
      'database.backup': async () => ({ file: await backup() }),
      'dashboard.link': openDashboard,
    },
  };
}
