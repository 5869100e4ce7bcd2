import { RISK_LEVELS, type RiskLevel } from '../../../../domain/events/risk-level.ts';

/** A level is shown by shape, color and word, never by color alone. */
const SIGNS: Readonly<Record<RiskLevel, string>> = { safe: '·', moderate: '◇', high: '▲', critical: '◆' };

/** The order in which levels are listed everywhere. */
export const WORST_FIRST: readonly RiskLevel[] = [...RISK_LEVELS].reverse();

export function RiskMark({ level }: { readonly level: RiskLevel }) {
  return (
    <span class={`risk risk-${level}`} title={`Risk: ${level}`}>
      <span aria-hidden="true">{SIGNS[level]}</span> <span>{level}</span>
    </span>
  );
}
