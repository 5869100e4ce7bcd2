/** Alerts in words, for page and commands. What is not known is a dash, never a zero. */
import { rateText } from '../trends/figure-text.ts';
import type { AlertState } from './alert.ts';

type Rule = Pick<AlertState, 'measure' | 'condition' | 'bound'>;

const unitOf = (measure: string): string =>
  measure === 'contributors'
    ? 'nodes'
    : /^(?:techniques|anomalies)\./.test(measure)
      ? 'per 1,000 nodes and day'
      : 'per 1,000 commands';

const percent = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });

/** `7.3 per 1,000 commands`, `+25%`, `480 nodes`. */
export function alertValue({ measure, condition }: Pick<Rule, 'measure' | 'condition'>, value: number | null): string {
  if (value === null) return '–';
  if (condition === 'change') return `${value > 0 ? '+' : value < 0 ? '−' : '±'}${percent(Math.abs(value))}%`;
  return `${measure === 'contributors' ? value.toLocaleString('en') : rateText(value)} ${unitOf(measure)}`;
}

/** `above 7`, `a rise of at least 25%`. */
export const alertCondition = ({ condition, bound }: Pick<Rule, 'condition' | 'bound'>): string =>
  condition === 'change'
    ? `a ${bound < 0 ? 'fall' : 'rise'} of at least ${percent(Math.abs(bound))}%`
    : `${condition} ${bound.toLocaleString('en', { maximumFractionDigits: 6 })}`;
