import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { prepareSpool } from '../../config/places.ts';
import { SHELLS, type ShellKind } from '../../domain/events/shell-kind.ts';
import type { Context } from '../context.ts';
import { packageRoot } from '../package-root.ts';
import { alwaysQuoted } from '../shell-setup/shell-quote.ts';

export function addShell(program: Command, context: Context): void {
  const shell = program.command('shell').description('code for your shell');
  shell
    .command('init')
    .description('print the hook that observes a shell, for eval in its start-up file')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((kind: ShellKind) => {
      const { spool } = prepared(context);
      context.stdout.write(hookCode(kind, spool));
    });
}

/**
 * Works before the service has ever run: a hook writes only to an existing private directory.
 */
function prepared(context: Context): { readonly spool: string } {
  const places = context.places();
  prepareSpool(places);
  return places;
}

/**
 * One line with the path of the spool, then the hook from `hooks/`. For sh, a line with the path of
 * `hooks/` is added: bash and zsh that run as sh read their own hooks from there (docs/hooks.md).
 */
function hookCode(shell: ShellKind, spool: string): string {
  const hooks = join(packageRoot(), 'hooks');
  const place = alwaysQuoted(shell, spool);
  const lines = [shell === 'fish' ? `set -g _caro_d ${place}` : `_caro_d=${place}`];
  if (shell === 'sh') lines.push(`_caro_hooks=${alwaysQuoted(shell, hooks)}`);
  return [...lines, readFileSync(join(hooks, `caro.${shell}`), 'utf8')].join('\n');
}
