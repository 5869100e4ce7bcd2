import { within } from './supervisor.ts';

/** Ends what a step began. */
export type Stop = () => void | Promise<void>;

/**
 * Ordered start and mirrored stop: what began last ends first. Every step has a time limit, and the
 * error names the culprit. A step that fails to stop does not keep the others from stopping.
 */
export class Lifecycle {
  readonly #stops: { readonly name: string; readonly stop: Stop }[] = [];

  constructor(
    private readonly limits: { readonly startMs: number; readonly stopMs: number },
    private readonly onStopFailure: (name: string, error: unknown) => void,
  ) {}

  /** Runs a step; what it returns beside its value ends it again. */
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
