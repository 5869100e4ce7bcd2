import type { TechniqueGuide } from '../domain/trends/technique-guide.ts';
import { RULES } from './rule-set.ts';
import { TACTICS, TECHNIQUES } from './techniques.ts';

/**
 * The techniques that rules name, by tactic in the order of the matrix; `wanted` comes with its
 * rules.
 */
export function techniqueGuides(wanted?: string): readonly TechniqueGuide[] {
  return Object.entries(TECHNIQUES)
    .map(([id, { name, tactic }]) => {
      const rules = RULES.filter(({ technique }) => technique === id);
      return {
        id,
        name,
        tactic,
        families: [...new Set(rules.map(({ family }) => family))],
        rules:
          id === wanted
            ? rules.map(({ id: rule, family, level, reason, safer }) => ({ id: rule, family, level, reason, safer }))
            : [],
      };
    })
    .sort((a, b) => TACTICS.indexOf(a.tactic) - TACTICS.indexOf(b.tactic) || (a.id < b.id ? -1 : 1));
}
