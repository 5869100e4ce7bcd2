import { loadConfiguration } from '../../config/loader.ts';
import { ownIdWarnings } from '../../policy/own-id.ts';
import { sharingWarnings } from '../../policy/sharing-warnings.ts';
import type { Context } from '../context.ts';
import { ownId } from '../input/own-id.ts';

/** What a valid configuration may do that its owner does not expect. */
export async function configurationWarnings(context: Context): Promise<readonly string[]> {
  const places = context.places();
  const { configuration } = loadConfiguration(places, context.hostname);
  return [
    ...ownIdWarnings(configuration, ownId(places)),
    ...(await sharingWarnings(configuration, async () => (await import('../../risk/vocabulary.ts')).vocabulary())),
  ];
}
