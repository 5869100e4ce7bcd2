import { bounds } from '../model/ranges.ts';
import { read } from './api.ts';
import type { Overview } from './contract.ts';

interface Asked {
  readonly at: Date;
  readonly overview: Promise<Overview>;
}

/**
 * The first figures are asked for before the page is made: they come while the browser draws it.
 */
let asked: Asked | undefined = /^(#\/?(today)?)?$/.test(location.hash) ? ask() : undefined;

function ask(): Asked {
  const at = new Date();
  const overview = read<Overview>('/api/overview', bounds('today', at));
  // Whoever takes it looks at its failure.
  overview.catch(() => undefined);
  return { at, overview };
}

/** Today's figures, once. */
export function takeEarly(): Asked | undefined {
  const taken = asked;
  asked = undefined;
  return taken;
}
