import type { Context } from '../context.ts';
import { loadedRules } from '../rules/custom-rules.ts';
import { bad, ok, type Verdict } from './verdict.ts';

/** Reasons that are printed; `caro rules list` has all of them. */
const SHOWN = 5;

/** Whether the rules of the organization can be used; nothing where there are none. */
export async function customRules(context: Context): Promise<Verdict | undefined> {
  const loaded = await loadedRules(context);
  if (!loaded) return undefined;
  const { folder, rules } = loaded.report;
  const aside = rules.filter(({ state }) => state === 'set-aside');
  const count = rules.length - aside.length;
  if (aside.length === 0) return ok(`${count} from ${folder}`);
  const reasons = aside.slice(0, SHOWN).map(({ file, reason }) => `${file}: ${reason ?? ''}`);
  const more = aside.length > SHOWN ? ['the others: caro rules list'] : [];
  return bad([`${count} can be used, ${aside.length} set aside in ${folder}`, ...reasons, ...more].join('\n'));
}
