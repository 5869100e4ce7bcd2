/** `bad` means that something does not work, `warn` that something is worth a look. */
export interface Outcome {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'bad';
  /** What was found and, unless all is well, what to do. */
  readonly text: string;
}
export type Verdict = Omit<Outcome, 'check'>;

export const ok = (text: string): Verdict => ({ state: 'ok', text });
export const warn = (text: string): Verdict => ({ state: 'warn', text });
export const bad = (text: string): Verdict => ({ state: 'bad', text });
