import { RISK_LEVELS, type RiskLevel } from '../../../../domain/events/risk-level.ts';

/** A level is shown by shape, color and word, never by color alone. */
const SIGNS: Readonly<Record<RiskLevel, string>> = { safe: '·', moderate: '◇', high: '▲', critical: '◆' };

/** The order in which levels are listed everywhere. */
export const WORST_FIRST: readonly RiskLevel[] = [...RISK_LEVELS].reverse();

export function RiskMark({ level, quiet = false }: { readonly level: RiskLevel; readonly quiet?: boolean }) {
  return (
    <span class={`risk risk-${level}`} title={`Risk: ${level}`}>
      <span aria-hidden="true">{SIGNS[level]}</span> <span class={quiet ? 'unseen' : ''}>{level}</span>
    </span>
  );
}
