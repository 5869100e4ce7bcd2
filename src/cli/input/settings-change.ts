import { callAdmin } from '../../admin/client.ts';
import { changeManaged, type LoadedConfiguration, loadConfiguration } from '../../config/loader.ts';
import { editFor } from '../../config/managed/managed-changes.ts';
import { preparePlaces } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { SettingsChange } from '../../domain/settings-change.ts';
import { assertOtherNode } from '../../policy/own-id.ts';
import { verifyBeforeWriting } from '../../policy/trust-test.ts';
import type { Context } from '../context.ts';
import { say } from '../output/output.ts';
import { ownId } from './own-id.ts';

/**
 * Makes a change of settings: through the service where it runs, else in `managed.toml` itself.
 * `revoked`: the node ids that a revocation denies, where no service runs that knows them.
 *
 * A revocation MUST be written, whatever keeps the service from making it.
 *
 * @throws CaroError `config_invalid`, also where one of the owner's trust tests would fail; what
 *   the service answers; `usage` for a change that names this node itself
 */
export async function changeSettings(
  context: Context,
  change: SettingsChange,
  revoked: readonly string[] = [],
): Promise<{ readonly loaded: LoadedConfiguration; readonly isInForce: boolean }> {
  const places = context.places();
  preparePlaces(places);
  assertOtherNode(change, ownId(places));
  // Before the service is asked: a revocation MUST be in the file even if the service hangs.
  const written = change.set === 'revoked' ? await write(context, change, revoked) : undefined;
  try {
    await callAdmin(places.socket, 'settings.change', change, SERVICE_MS);
    return { loaded: loadConfiguration(places, context.hostname), isInForce: true };
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    if (error.code === 'not_running')
      return { loaded: written ?? (await write(context, change, revoked)), isInForce: false };
    // The actor says itself that it has written, where it came that far.
    if (written === undefined || error.message.startsWith('written')) throw error;
    const why = error.code === 'deadline_exceeded' ? 'does not answer' : 'refused it';
    const what = `written, but the service ${why}, so it is not in force yet; run: caro reload, or: caro service restart`;
    throw new CaroError(error.code, `${what}\n${error.message}`, { cause: error });
  }
}

/** The mesh may have to be opened again. */
const SERVICE_MS = 30_000;

/** The service reads the file when it starts, and records the change in the audit log then. */
async function write(
  context: Context,
  change: SettingsChange,
  revoked: readonly string[],
): Promise<LoadedConfiguration> {
  const places = context.places();
  // Loaded here, because other commands do not need SQLite.
  const { withFileLock } = await import('../../storage/instance-lock.ts');
  const verify = change.set === 'revoked' ? undefined : verifyBeforeWriting;
  return withFileLock(places.managedLock, () =>
    changeManaged(places, context.hostname, editFor(change, revoked), verify),
  );
}

export const sayForce = (context: Context, isInForce: boolean): void =>
  say(context, isInForce ? 'in force' : 'in force when the service starts');
