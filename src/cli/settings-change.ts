import { callAdmin } from '../admin/client.ts';
import { changeManaged, type LoadedConfiguration } from '../config/loader.ts';
import type { ManagedSettings } from '../config/managed-settings.ts';
import { preparePlaces } from '../config/places.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import { verifyTrustTests } from '../policy/trust-test.ts';
import type { Context } from './context.ts';
import { say } from './output.ts';

/**
 * Changes `managed.toml` and lets a running service take it at once. What the service would refuse is not written.
 * @throws CaroError as `changeManaged`; `config_invalid` also where one of the owner's trust tests would fail
 */
export async function changeSettings(
  context: Context,
  change: (settings: ManagedSettings) => ManagedSettings,
): Promise<{ readonly loaded: LoadedConfiguration; readonly isInForce: boolean }> {
  const places = context.places();
  preparePlaces(places);
  const loaded = changeManaged(places, context.hostname, change, passesTests);
  return { loaded, isInForce: await reloaded(places.socket) };
}

/** Says first that nothing has changed: whoever revokes trust MUST NOT take it for done. */
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
