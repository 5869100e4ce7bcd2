import type { Command, Redirection, Script, SimpleCommand, Word, WordPart } from '../../../src/shell/model.ts';

/**
 * All simple commands of a syntax tree with at least one word, including substitutions, in source
 * order.
 */
export function simpleCommands(script: Script): SimpleCommand[] {
  const found: SimpleCommand[] = [];
  visitScript(script, found);
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

function visitScript(script: Script, found: SimpleCommand[]): void {
  for (const { pipeline } of script.items) for (const command of pipeline.commands) visitCommand(command, found);
}

function visitCommand(command: Command, found: SimpleCommand[]): void {
  visitWords(command.words, found);
  visitRedirections(command.redirections, found);
  if (command.kind !== 'simple') {
    for (const branch of command.branches) visitScript(branch.script, found);
    return;
  }
  if (command.words.length > 0) found.push(command);
  for (const { value, elements } of command.assignments) visitWords([...(value ? [value] : []), ...elements], found);
}

function visitRedirections(redirections: readonly Redirection[], found: SimpleCommand[]): void {
  for (const { target, body } of redirections) visitWords(body ? [target, body] : [target], found);
}

function visitWords(words: readonly Word[], found: SimpleCommand[]): void {
  for (const word of words) visitParts(word.parts, found);
}

function visitParts(parts: readonly WordPart[], found: SimpleCommand[]): void {
  for (const part of parts) {
    if (part.kind === 'command' || part.kind === 'process') visitScript(part.script, found);
    else if (part.kind === 'arithmetic') visitParts(part.parts, found);
    else if (part.kind === 'variable' && part.argument) visitWords([part.argument], found);
  }
}
