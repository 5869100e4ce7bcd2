import type { Command } from 'commander';
import { loadConfiguration } from '../../config/loader.ts';
import { readIdentity } from '../../identity/identity.ts';
import type { Context } from '../context.ts';
import { localTime, sayJson } from '../output.ts';
import { sayFacts } from '../table.ts';

export function addIdentity(program: Command, context: Context): void {
  const identity = program.command('identity').description('who this node is');
  identity
    .command('show')
    .description('print node id and fingerprint')
    .option('--json', 'print one JSON object')
    .action((options: { readonly json?: true }) => {
      const places = context.places();
      const { id, fingerprint, createdAt } = readIdentity(places.identityKey);
      const { name } = loadConfiguration(places, context.hostname).configuration.node;
      if (options.json) sayJson(context, { id, fingerprint, name, createdAt });
      else
        sayFacts(context, [
          ['node id', id],
          ['fingerprint', fingerprint],
          ['name', name],
          ['created', localTime(createdAt)],
        ]);
    });
}
