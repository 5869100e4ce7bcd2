import { loadConfiguration } from '../../config/loader.ts';
import { sharingWarnings } from '../../policy/sharing-warnings.ts';
import type { Context } from '../context.ts';

/** What a valid configuration may do that its owner does not expect. */
export const configurationWarnings = (context: Context): Promise<readonly string[]> =>
  sharingWarnings(loadConfiguration(context.places(), context.hostname).configuration, async () =>
    (await import('../../risk/vocabulary.ts')).vocabulary(),
  );
