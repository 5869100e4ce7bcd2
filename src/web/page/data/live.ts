import type { TerminalEvent } from '../../../domain/events/event.ts';
import { ApiError, stream } from './api.ts';

export type LiveState = 'connecting' | 'live' | 'lost' | 'locked';

/** A hidden page closes its stream, so that the dashboard process can end. */
const HIDDEN_MS = 30_000;
const SLOWEST_MS = 15_000;

interface Listener {
  readonly events: (events: readonly TerminalEvent[]) => void;
  /** `live` is reported again after each interruption; events in between must be loaded again. */
  readonly state: (state: LiveState) => void;
}

/**
 * Follows new events, reconnects with growing pauses, and pauses while the page is hidden. Returns
 * the function that stops it.
 */
export function followLive(listener: Listener): () => void {
  let run: AbortController | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  const start = (): void => {
    if (run) return;
    run = new AbortController();
    void keepFollowing(listener, run.signal);
  };
  const stop = (): void => {
    run?.abort();
    run = undefined;
  };
  const visibility = (): void => {
    clearTimeout(hiding);
    if (document.visibilityState === 'hidden') hiding = setTimeout(stop, HIDDEN_MS);
    else start();
  };
  document.addEventListener('visibilitychange', visibility);
  start();
  return () => {
    document.removeEventListener('visibilitychange', visibility);
    clearTimeout(hiding);
    stop();
  };
}

async function keepFollowing(listener: Listener, signal: AbortSignal): Promise<void> {
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, SLOWEST_MS)) {
    try {
      listener.state('connecting');
      const body = await stream('/api/live', signal);
      listener.state('live');
      pause = 250;
      for await (const events of messages(body)) listener.events(events);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_logged_in') {
        listener.state('locked');
        return;
      }
    }
    if (signal.aborted) return;
    listener.state('lost');
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * The data of each message of an event stream (HTML standard 9.2.6, as far as our server uses it).
 */
async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly TerminalEvent[]> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '));
      if (data) yield JSON.parse(data.slice(6)) as readonly TerminalEvent[];
    }
  }
}
