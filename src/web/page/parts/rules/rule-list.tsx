import type { CustomRuleLine, RulesReport } from '../../data/contract.ts';
import { visible } from '../../model/format.ts';
import { RiskMark } from '../common/risk-mark.tsx';

interface RuleListProps {
  readonly report: RulesReport;
  readonly isBusy: boolean;
  readonly onReplay: (file: string) => void;
}

/** All rules of the folder; those that are set aside come first, with the reason. */
export function RuleList({ report: { folder, rules }, isBusy, onReplay }: RuleListProps) {
  if (rules.length === 0)
    return (
      <p class="quiet">
        None in <span class="mono">{visible(folder)}</span>. Sigma rules are added with <code>caro rules add FILE</code>
        .
      </p>
    );
  return (
    <ul class="rules">
      {rules.map((rule, index) => (
        <Rule key={rule.id ?? `${index} ${rule.file}`} rule={rule} isBusy={isBusy} onReplay={onReplay} />
      ))}
    </ul>
  );
}

interface RuleProps {
  readonly rule: CustomRuleLine;
  readonly isBusy: boolean;
  readonly onReplay: (file: string) => void;
}

function Rule({ rule, isBusy, onReplay }: RuleProps) {
  const { file, title, level, techniques, state, reason, notes } = rule;
  return (
    <li>
      <div>
        {level === null ? <span class="fail">set aside</span> : <RiskMark level={level} />}{' '}
        <strong>{visible(title ?? file)}</strong>{' '}
        <span class="mono quiet">
          {visible(file)}
          {techniques.length > 0 && ` · ${techniques.join(' ')}`}
        </span>
        {reason !== null && <p class="reason">{visible(reason)}</p>}
        {state === 'other-system' && <p class="quiet">For another system: it sees commands on other machines only.</p>}
        {notes.map((note) => (
          <p key={note} class="quiet">
            {visible(note)}
          </p>
        ))}
      </div>
      {level !== null && (
        <button type="button" disabled={isBusy} aria-label={`Replay ${title ?? file}`} onClick={() => onReplay(file)}>
          Replay
        </button>
      )}
    </li>
  );
}
