import type { RiskLevel } from '../../../../domain/events/risk-level.ts';

/** A level by shape, colour and word: never by colour alone. */
const SIGNS: Readonly<Record<RiskLevel, string>> = { safe: '·', moderate: '◇', high: '▲', critical: '◆' };

export function RiskMark({ level, quiet = false }: { readonly level: RiskLevel; readonly quiet?: boolean }) {
  return (
    <span class={`risk risk-${level}`} title={`Risk: ${level}`}>
      <span aria-hidden="true">{SIGNS[level]}</span> <span class={quiet ? 'unseen' : ''}>{level}</span>
    </span>
  );
}
