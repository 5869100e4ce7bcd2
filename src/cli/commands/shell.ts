import { Argument, type Command } from 'commander';
import { type Places, prepareSpool } from '../../config/places.ts';
import { SHELLS, type ShellKind } from '../../domain/events/shell-kind.ts';
import type { Context } from '../context.ts';
import { searchCode } from '../shell-setup/hook-code.ts';
import { codeOf, refreshHookFiles } from '../shell-setup/hook-files.ts';

export function addShell(program: Command, context: Context): void {
  const shell = program.command('shell').description('code for your shell');
  shell
    .command('init')
    .description('print the hook that observes a shell, for eval in its start-up file')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .option('--ctrl-r', 'also let Ctrl-R search the commands of this node (bash, zsh, fish)')
    .action((kind: ShellKind, { ctrlR }: { readonly ctrlR?: true }) => {
      const search = ctrlR === true ? searchCode(kind) : '';
      context.stdout.write(`${codeOf(kind, prepared(context))}${search}`);
    });
}

/**
 * Works before the service has ever run: a hook writes only to an existing private directory.
 */
function prepared(context: Context): Places {
  const places = context.places();
  prepareSpool(places);
  refreshHookFiles(places);
  return places;
}
