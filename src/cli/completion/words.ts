import type { Command } from 'commander';

/** What may follow some words of a command line. */
export interface CompletionPoint {
  /** Subcommands before the cursor, without `caro`. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
  /** Values that an argument may have. */
  readonly choices: readonly string[];
}

/**
 * The whole command line as data, derived from the commands, so that completions stay complete.
 */
export function completionPoints(command: Command, path: readonly string[] = []): readonly CompletionPoint[] {
  const commands = command.commands.map((child) => ({ name: child.name(), description: child.description() }));
  const options = command.options.map((option) => ({
    flag: option.long ?? option.flags,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  }));
  const help = { flag: '--help', description: 'display help', takesValue: false, choices: [] };
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  const here: CompletionPoint = { path, commands, options: [...options, help], choices };
  return [here, ...command.commands.flatMap((child) => completionPoints(child, [...path, child.name()]))];
}
