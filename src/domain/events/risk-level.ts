/** How dangerous a command is, lowest first (FR-404). */
export const RISK_LEVELS = ['safe', 'moderate', 'high', 'critical'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** Position in `RISK_LEVELS`, for comparing: 0 safe … 3 critical. */
export const riskRank = (level: RiskLevel): number => RISK_LEVELS.indexOf(level);
