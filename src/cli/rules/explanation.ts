/* Prints how a line was read (`caro assess --explain`). */
import { counted } from '../../domain/counted.ts';
import type { ExplainedCommand, ExplainedRule, Explanation } from '../../risk/explain.ts';
import type { Context } from '../context.ts';
import { harmless, paint, paintRisk, say } from '../output/output.ts';

export function sayExplanation(context: Context, explanation: Explanation): void {
  const { commands, line, level, complete, truncated } = explanation;
  say(context);
  say(context, paint(context, 'bold', `Read as ${counted(commands.length, 'command')}:`));
  for (const [index, command] of commands.entries()) sayCommand(context, command, index + 1);
  if (line.length > 0) {
    say(context, '   The line as a whole:');
    for (const finding of line)
      say(context, `     ${paintRisk(context, finding.level, finding.level)}  ${finding.rule}`);
  }
  if (!complete) say(context, 'A quote or a bracket is not closed; the line was read as far as possible.');
  if (truncated) say(context, 'The line is longer or nested more deeply than is read; the rest was not looked at.');
  const matches = commands.reduce((sum, { rules }) => sum + rules.length, line.length);
  say(
    context,
    matches === 0
      ? `${level}: no rule matches`
      : `${level}: the highest level of ${counted(matches, 'match').replace(/hs$/, 'hes')}`,
  );
}

function sayCommand(context: Context, command: ExplainedCommand, number: number): void {
  const facts = factsOf(command).join(', ');
  const words = harmless(command.words.join(' '));
  say(context, `${String(number).padStart(3)}  ${words}${facts === '' ? '' : paint(context, 'dim', `  (${facts})`)}`);
  for (const rule of command.rules) {
    say(context, `     ${paintRisk(context, rule.level, rule.level)}  ${rule.rule}: ${decision(rule)}`);
  }
}

function factsOf(command: ExplainedCommand): readonly string[] {
  const { wrapper, through, asRoot, remote, contained, directory, conditional, pipesTo, trial } = command;
  return [
    ...(wrapper ? ['starts the next command'] : []),
    ...(through.length > 0 ? [`through ${through.map(harmless).join(', ')}`] : []),
    ...(asRoot ? ['as root'] : []),
    ...(remote ? ['on another machine'] : []),
    ...(contained ? ['in a container'] : []),
    ...(directory === null ? [] : [`in ${harmless(directory)}`]),
    ...(conditional ? ['may not run'] : []),
    ...(pipesTo === null ? [] : [`output goes to ${harmless(pipesTo)}`]),
    ...(trial ? ['trial run or help: not rated'] : []),
  ];
}

function decision({ decidedBy }: ExplainedRule): string {
  if (decidedBy === null) return 'too many words to say which decided';
  return decidedBy.length === 0
    ? 'decided by the program, its input or its text'
    : `decided by ${harmless(decidedBy.join(' '))}`;
}
