import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { bounds, midnight, type Range } from '../model/ranges.ts';
import { ApiError, read } from './api.ts';
import type { Activity, LocalStatistics, Overview, Status, TerminalEvent } from './contract.ts';
import { takeToday } from './early.ts';
import { followLive, type LiveState } from './live.ts';

/** Events come in bursts (a script, a pasted block). Figures are loaded once per burst. */
const BURST_MS = 250;
/** Interval for what changes without a command: the mesh, the hooks, the day. */
const REFRESH_MS = 15_000;
const HEAT_DAYS = 28;

export interface Personal {
  readonly overview: Overview | null;
  /** Quarter hours of four weeks; null until loaded. */
  readonly slots: LocalStatistics['slots'] | null;
  readonly live: LiveState;
  /** The latest batch of live events. */
  readonly fresh: readonly TerminalEvent[];
  readonly trouble: string | null;
  /** When the figures were loaded. */
  readonly now: Date;
}

interface Callbacks {
  readonly onStatus: (status: Status) => void;
  readonly onLocked: () => void;
}

/** The data of the personal view, updated while it is visible. */
export function usePersonal(range: Range, { onStatus, onLocked }: Callbacks): Personal {
  const [overview, setOverview] = useState<Overview | null>(null);
  const [slots, setSlots] = useState<LocalStatistics['slots'] | null>(null);
  const [live, setLive] = useState<LiveState>('connecting');
  const [fresh, setFresh] = useState<readonly TerminalEvent[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [now, setNow] = useState(() => new Date());
  const run = useRef<AbortController | undefined>(undefined);

  const load = useCallback(async () => {
    run.current?.abort();
    const current = new AbortController();
    run.current = current;
    const { signal } = current;
    const { at, overview: reading } = (range === 'today' ? takeToday() : undefined) ?? ask(range, signal);
    try {
      const found = await reading;
      if (signal.aborted) return;
      setOverview(found);
      setNow(at);
      setTrouble(null);
      if (found.status) onStatus(found.status);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
      else setTrouble(error instanceof Error ? error.message : 'The service does not answer.');
    }
  }, [range, onStatus, onLocked]);

  // Before the first paint, so that the figures load meanwhile.
  useLayoutEffect(() => {
    void load();
    const timer = setInterval(() => document.visibilityState === 'visible' && void load(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [load]);
  useLive(load, setLive, setFresh);
  const loaded = overview !== null;
  useEffect(() => {
    if (loaded) readSlots().then(setSlots, () => undefined);
  }, [loaded, midnight(now, 0).getTime()]);
  useEffect(() => {
    if (live === 'locked') onLocked();
  }, [live, onLocked]);
  return { overview, slots, live, fresh, trouble, now };
}

function ask(range: Range, signal: AbortSignal): { readonly at: Date; readonly overview: Promise<Overview> } {
  const at = new Date();
  return { at, overview: read<Overview>('/api/overview', bounds(range, at), signal) };
}

/** Four weeks for the heat map: not needed for the first paint. */
async function readSlots(): Promise<LocalStatistics['slots']> {
  const now = new Date();
  const range = { since: midnight(now, HEAT_DAYS - 1).toISOString(), until: midnight(now, -1).toISOString() };
  return (await read<Activity>('/api/activity', range)).slots;
}

function useLive(
  load: () => Promise<void>,
  setLive: (state: LiveState) => void,
  setFresh: (events: readonly TerminalEvent[]) => void,
): void {
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void latest.current();
      }, BURST_MS);
    };
    const end = followLive({
      events: (events) => {
        setFresh(events);
        soon();
      },
      state: (state) => {
        setLive(state);
        // Events from before the stream started are in the database.
        if (state === 'live') soon();
      },
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [setLive, setFresh]);
}
