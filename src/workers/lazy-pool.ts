import { join } from 'node:path';
import type { Pool } from './pool.ts';

/**
 * A pool whose code (Piscina) is loaded with the first task, so that an idle service does without.
 */
export function lazyPool(): Pool {
  let opened: Promise<Pool> | undefined;
  const open = (): Promise<Pool> => {
    opened ??= import('./pool.ts').then(({ openPool }) => openPool(join(__dirname, 'worker.js')));
    return opened;
  };
  return {
    run: (name, input, options) => open().then((pool) => pool.run(name, input, options)),
    close: async () => {
      if (opened) await (await opened).close();
    },
  };
}
