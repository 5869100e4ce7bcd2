import { Argument, type Command } from 'commander';
import { type CompletionShell, completionScript } from '../completion/scripts.ts';
import { completionPoints } from '../completion/words.ts';
import type { Context } from '../context.ts';

export function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .description('print completions for the start-up file of a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: CompletionShell) => {
      context.stdout.write(completionScript[shell](completionPoints(program)));
    });
}
