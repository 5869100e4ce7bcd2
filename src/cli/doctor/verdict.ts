/** `bad`: something does not work. `warn`: something may need attention. */
export interface Outcome {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'bad';
  /** What was found and, if something is wrong, what to do. */
  readonly text: string;
}
export type Verdict = Omit<Outcome, 'check'>;

export const ok = (text: string): Verdict => ({ state: 'ok', text });
export const warn = (text: string): Verdict => ({ state: 'warn', text });
export const bad = (text: string): Verdict => ({ state: 'bad', text });
