import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../config/places.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the places with the control socket that the service actually created. A login shell has
 * `XDG_RUNTIME_DIR`, `cron` and `su` do not, so service and client may look in different
 * directories. The newest socket of this user counts. With `CARO_HOME` there is only one place.
 */
export function withLiveSocket(places: Places, env: Env, uid: number | undefined): Places {
  const { CARO_HOME: own } = env;
  if (own !== undefined && own !== '') return places;
  const folders = [places.runtime, join(places.data, 'run'), ...(uid === undefined ? [] : [`/run/user/${uid}/caro`])];
  const found = folders
    .flatMap((runtime) => {
      const socket = join(runtime, 'admin.sock');
      const facts = lstatSync(socket, { throwIfNoEntry: false });
      const isOurs = facts?.isSocket() === true && facts.uid === (uid ?? facts.uid);
      return isOurs ? [{ runtime, socket, madeMs: facts.ctimeMs }] : [];
    })
    .sort((one, other) => other.madeMs - one.madeMs);
  const [newest] = found;
  return newest === undefined ? places : { ...places, runtime: newest.runtime, socket: newest.socket };
}
