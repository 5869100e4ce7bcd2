import type { Command, Pipeline } from '../model.ts';
import { consume, countStep, type Reader, spanFrom } from './reader.ts';
import { skipBlanks, skipLines } from './trivia.ts';

/** The parts of a pipeline that depend on the dialect. Both patterns are sticky. */
export interface PipelineWords {
  readonly not: RegExp;
  readonly pipe: RegExp;
  readonly command: (reader: Reader) => Command;
}

/** Reads a pipeline. A newline may follow each pipe. */
export function readPipeline(reader: Reader, { not, pipe, command }: PipelineWords): Pipeline {
  const start = reader.pos;
  const commands: Command[] = [];
  let negated = false;
  while (consume(reader, not) !== null) {
    negated = !negated;
    skipBlanks(reader);
  }
  for (;;) {
    commands.push(command(reader));
    skipBlanks(reader);
    if (!countStep(reader) || consume(reader, pipe) === null) break;
    skipLines(reader);
    if (reader.pos >= reader.text.length) reader.state.complete = false;
  }
  return { commands, negated, ...spanFrom(reader, start) };
}
