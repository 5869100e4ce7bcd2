import { bounds } from '../model/ranges.ts';
import { read } from './api.ts';
import type { Overview } from './contract.ts';

interface Asked {
  readonly at: Date;
  readonly overview: Promise<Overview>;
}

/**
 * The first figures are requested before the page is rendered.
 */
let asked: Asked | undefined = /^(#\/?(today)?)?$/.test(location.hash) ? ask() : undefined;

function ask(): Asked {
  const at = new Date();
  const overview = read<Overview>('/api/overview', bounds('today', at));
  // Its reader handles the failure.
  overview.catch(() => undefined);
  return { at, overview };
}

/** Today's figures, once. */
export function takeEarly(): Asked | undefined {
  const taken = asked;
  asked = undefined;
  return taken;
}
