import type { Command } from 'commander';
import { writeDefaultConfiguration } from '../../config/default-file.ts';
import { loadConfiguration, nodeName } from '../../config/loader.ts';
import { preparePlaces } from '../../config/places.ts';
import { openIdentity } from '../../identity/identity.ts';
import type { Context } from '../context.ts';
import { say, sayJson } from '../output/output.ts';
import { sayFacts } from '../output/table.ts';
import { refreshHookFiles } from '../shell-setup/hook-files.ts';
import { rcLine } from '../shell-setup/rc-line.ts';

interface Options {
  readonly json?: true;
  readonly quiet?: true;
}

export function addInit(program: Command, context: Context): void {
  program
    .command('init')
    .description('create identity and configuration; prints node id, fingerprint and the line for your shell')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'print nothing')
    .action((options: Options) => init(context, options));
}

/** Creates what is missing and keeps what exists, so it can be run at any time. */
function init(context: Context, options: Options): void {
  const places = context.places();
  preparePlaces(places);
  refreshHookFiles(places);
  const wroteConfiguration = writeDefaultConfiguration(places, { name: nodeName(context.hostname) });
  const { configuration } = loadConfiguration(places, context.hostname);
  const { id, fingerprint, isNew } = openIdentity(places.identityKey);
  if (options.quiet) return;
  const { file, line } = rcLine(context.env, places);
  if (options.json) {
    const { name } = configuration.node;
    sayJson(context, { id, fingerprint, name, config: places.config, rcFile: file, rcLine: line, isNew });
    return;
  }
  sayFacts(context, [
    ['node id', id],
    ['fingerprint', fingerprint],
    ['identity', `${places.identityKey}${isNew ? ' (new)' : ''}`],
    ['configuration', `${places.config}${wroteConfiguration ? ' (new)' : ''}`],
  ]);
  say(context);
  say(context, `Put this line at the end of ${file} and open a new shell:`);
  say(context);
  say(context, `  ${line}`);
  say(context);
  say(context, 'Then start the service: caro service install (at every login) or caro service run (in this terminal).');
}
