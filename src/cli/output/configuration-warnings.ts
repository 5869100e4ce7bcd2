import { existsSync } from 'node:fs';
import { loadConfiguration } from '../../config/loader.ts';
import { readIdentity } from '../../identity/identity.ts';
import { ownIdWarnings } from '../../policy/own-id.ts';
import { sharingWarnings } from '../../policy/sharing-warnings.ts';
import type { Context } from '../context.ts';

/** What a valid configuration may do that its owner does not expect. */
export async function configurationWarnings(context: Context): Promise<readonly string[]> {
  const { identityKey } = context.places();
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  return [
    ...(existsSync(identityKey) ? ownIdWarnings(configuration, readIdentity(identityKey).id) : []),
    ...(await sharingWarnings(configuration, async () => (await import('../../risk/vocabulary.ts')).vocabulary())),
  ];
}
