import { within } from './deadline.ts';

/** Ends what a step of the start began. */
export type Stop = () => void | Promise<void>;

/**
 * Starts in order and stops in reverse order. Every step has a time limit, and the error names the
 * step. A step that fails to stop does not keep the others from stopping.
 */
export class Lifecycle {
  readonly #stops: { readonly name: string; readonly stop: Stop }[] = [];

  constructor(
    private readonly limits: { readonly startMs: number; readonly stopMs: number },
    private readonly onStopFailure: (name: string, error: unknown) => void,
  ) {}

  /** Runs a step, which returns its value and the function that ends it again. */
  async begin<T>(name: string, start: () => readonly [T, Stop] | Promise<readonly [T, Stop]>): Promise<T> {
    const [value, stop] = await within(this.limits.startMs, `${name} to start`, Promise.resolve(start()));
    this.#stops.push({ name, stop });
    return value;
  }

  async end(): Promise<void> {
    for (let step = this.#stops.pop(); step; step = this.#stops.pop()) {
      try {
        await within(this.limits.stopMs, `${step.name} to stop`, Promise.resolve(step.stop()));
      } catch (error) {
        this.onStopFailure(step.name, error);
      }
    }
  }
}
