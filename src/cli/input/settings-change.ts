import { callAdmin } from '../../admin/client.ts';
import { changeManaged, type LoadedConfiguration } from '../../config/loader.ts';
import type { ManagedSettings } from '../../config/managed-settings.ts';
import { preparePlaces } from '../../config/places.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { verifyTrustTests } from '../../policy/trust-test.ts';
import type { Context } from '../context.ts';
import { say } from '../output/output.ts';

/**
 * Changes `managed.toml` and lets a running service take it at once. What the service would refuse
 * is not written; `unconditionally` it is, as long as the files can be read: a revocation MUST
 * stand, and what keeps it from being in force is said.
 * @throws CaroError as `changeManaged`; `config_invalid` also where one of the owner's trust tests
 *   would fail
 */
export async function changeSettings(
  context: Context,
  change: (settings: ManagedSettings) => ManagedSettings,
  how: 'if the tests pass' | 'unconditionally' = 'if the tests pass',
): Promise<{ readonly loaded: LoadedConfiguration; readonly isInForce: boolean }> {
  const places = context.places();
  preparePlaces(places);
  const isUnconditional = how === 'unconditionally';
  // Read here, since other commands do without SQLite.
  const { withFileLock } = await import('../../storage/instance-lock.ts');
  const loaded = await withFileLock(places.managedLock, () =>
    changeManaged(places, context.hostname, change, isUnconditional ? undefined : passesTests),
  );
  return { loaded, isInForce: await (isUnconditional ? surely(reloaded(places.socket)) : reloaded(places.socket)) };
}

/** Says that the change stands in the file, where the service did not take it. */
async function surely(taken: Promise<boolean>): Promise<boolean> {
  try {
    return await taken;
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    // What fails later than at the check leaves the service with its former settings and the new
    // denials.
    const isRefused = error.code === 'config_invalid';
    throw new CaroError(
      error.code,
      `written, ${isRefused ? 'but NOT in force' : 'and denials are in force'}; the service did not take the configuration as a whole; mend it, then: caro reload\n${error.message}`,
    );
  }
}

/** Says first that nothing has changed. */
function passesTests(configuration: Configuration): void {
  try {
    verifyTrustTests(configuration);
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    throw new CaroError(error.code, `nothing has changed, since a trust test of yours would fail:\n${error.message}`);
  }
}

/** False where no service runs: it reads the file when it starts, and audits the change then. */
async function reloaded(socket: string): Promise<boolean> {
  try {
    await callAdmin(socket, 'config.reload', {});
    return true;
  } catch (error) {
    if (error instanceof CaroError && error.code === 'not_running') return false;
    throw error;
  }
}

export const sayForce = (context: Context, isInForce: boolean): void =>
  say(context, isInForce ? 'in force' : 'in force when the service starts');
