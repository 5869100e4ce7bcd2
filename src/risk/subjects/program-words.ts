import type { Invocation, Word } from '../../shell/model.ts';

/** Sources and target of a program that copies, moves or links. */
export interface Transfer {
  readonly sources: readonly string[];
  readonly target: string | undefined;
}

/** What functions about the words of a program need of a `Step`, whose methods these are. */
export interface ProgramWords {
  readonly invocation: Invocation;
  readonly isWrapper: boolean;
  readonly tool: string;
  readonly words: readonly Word[];
  readonly args: readonly string[];
  readonly operands: readonly string[];
  readonly reads: readonly string[];
  readonly transfer: Transfer;
  sub(...path: readonly string[]): boolean;
  after(count: number): readonly string[];
  flag(...names: readonly string[]): boolean;
  value(...names: readonly string[]): string | undefined;
  some(pattern: RegExp): boolean;
  located(path: string): string;
}
