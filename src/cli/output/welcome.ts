import type { Places } from '../../config/places.ts';
import { rcLine } from '../shell-setup/rc-line.ts';

export interface Welcome {
  readonly id: string;
  readonly fingerprint: string;
  /** The dashboard's address. */
  readonly dashboard: string;
}

/**
 * The text of `npm start` once the service listens: the identity of this node and the next step.
 */
export function welcomeText(
  { id, fingerprint, dashboard }: Welcome,
  places: Pick<Places, 'hooks'>,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const { shell, file, line, program } = rcLine(env, places);
  return `
Caro mesh observes this machine.

  node id      ${id}
  fingerprint  ${fingerprint}
  dashboard    ${dashboard}

To observe ${shell}, put this line at the end of ${file} and open a new shell:

  ${line}

To open the dashboard, logged in: ${program} dashboard
To see what was observed:         ${program} events
Press Ctrl-C to stop this service; ${program} service install starts it at every login.

`;
}
