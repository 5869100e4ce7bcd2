import { bounds } from '../model/ranges.ts';
import { FIRST_TREND } from '../model/trend-words.ts';
import { type Parameters, read } from './api.ts';
import type { Overview } from './contract.ts';

interface Asked {
  readonly at: Date;
  readonly overview: Promise<Overview>;
}

/**
 * The first figures of the view in the address are requested before the page is rendered, which
 * takes longer than the answer.
 */
const [, view = 'today'] = /^#\/?(\w+)/.exec(location.hash) ?? [];
let today: Asked | undefined = view === 'today' ? askToday() : undefined;
const readings = new Map<string, Promise<unknown>>();
if (view === 'posture') {
  keep('/api/posture', { ...FIRST_TREND });
  keep('/api/fleet', {});
  keep('/api/alerts', {});
}

function askToday(): Asked {
  const at = new Date();
  return { at, overview: handled(read<Overview>('/api/overview', bounds('today', at))) };
}

function keep(path: string, parameters: Parameters): void {
  readings.set(keyOf(path, parameters), handled(read(path, parameters)));
}

/** Its reader handles the failure. */
function handled<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}

function keyOf(path: string, parameters: Parameters): string {
  return path + JSON.stringify(parameters);
}

/** Today's figures, once. */
export function takeToday(): Asked | undefined {
  const taken = today;
  today = undefined;
  return taken;
}

/** What was requested early, once. */
export function takeEarly<T>(path: string, parameters: Parameters): Promise<T> | undefined {
  const key = keyOf(path, parameters);
  const taken = readings.get(key) as Promise<T> | undefined;
  readings.delete(key);
  return taken;
}
