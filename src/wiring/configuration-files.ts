import { withPassingCode } from '../platform/passing-code.ts';

type Loader = typeof import('../config/loader.ts');

/**
 * Runs `use` with the code that reads and changes the configuration files. The service needs it at
 * its start and for changes, so it stays in memory only meanwhile (docs/adr/0002).
 */
export const withConfigurationFiles = <R>(use: (loader: Loader) => R): Promise<Awaited<R>> =>
  withPassingCode(() => import('../config/loader.ts'), use);
