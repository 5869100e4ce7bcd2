import type { Command, Pipeline } from '../model.ts';
import { type Reader, spanFrom, step, take } from './reader.ts';
import { skipBlanks, skipLines } from './trivia.ts';

/**
 * What a dialect writes before a pipeline to negate it, between its commands, and how it reads one
 * of those. Both patterns sticky.
 */
export interface PipelineWords {
  readonly not: RegExp;
  readonly pipe: RegExp;
  readonly command: (reader: Reader) => Command;
}

/** Commands that feed each other. A line may end behind each pipe. */
export function readPipeline(reader: Reader, { not, pipe, command }: PipelineWords): Pipeline {
  const start = reader.pos;
  const commands: Command[] = [];
  let negated = false;
  while (take(reader, not) !== null) {
    negated = !negated;
    skipBlanks(reader);
  }
  for (;;) {
    commands.push(command(reader));
    skipBlanks(reader);
    if (!step(reader) || take(reader, pipe) === null) break;
    skipLines(reader);
    if (reader.pos >= reader.text.length) reader.notes.complete = false;
  }
  return { commands, negated, ...spanFrom(reader, start) };
}
