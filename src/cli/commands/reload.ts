import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import type { Context } from '../context.ts';
import { say, sayJson } from '../output/output.ts';

export function addReload(program: Command, context: Context): void {
  program
    .command('reload')
    .description('apply the current configuration to the running service')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const result = await callAdmin(context.places().socket, 'config.reload', {});
      if (options.json) sayJson(context, result);
      else say(context, result.changed ? 'The new configuration is in force.' : 'Nothing has changed.');
    });
}
