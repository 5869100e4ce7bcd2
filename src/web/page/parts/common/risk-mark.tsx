import type { RiskLevel } from '../../../../domain/events/risk-level.ts';

/** A level is shown by shape, color and word, never by color alone. */
const SIGNS: Readonly<Record<RiskLevel, string>> = { safe: '·', moderate: '◇', high: '▲', critical: '◆' };

export function RiskMark({ level, quiet = false }: { readonly level: RiskLevel; readonly quiet?: boolean }) {
  return (
    <span class={`risk risk-${level}`} title={`Risk: ${level}`}>
      <span aria-hidden="true">{SIGNS[level]}</span> <span class={quiet ? 'unseen' : ''}>{level}</span>
    </span>
  );
}
