import { termFacts } from '../../../../domain/organisation/consent-text.ts';
import type { OrgTerms } from '../../../../domain/organisation/membership.ts';
import { fullTime } from '../../model/format.ts';

interface TermsProps {
  readonly terms: OrgTerms;
  readonly more?: readonly (readonly [label: string, text: string])[];
}

/** The terms of one version of a roster, as `caro org status` prints them. */
export function Terms({ terms, more = [] }: TermsProps) {
  return (
    <dl class="facts">
      {[...termFacts(terms, fullTime), ...more].map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
