import { useState } from 'preact/hooks';
import type { RulesReport } from '../data/contract.ts';
import { useReading } from '../data/use-reading.ts';
import { type Replayed, useReplay } from '../data/use-replay.ts';
import { Panel } from '../parts/common/panel.tsx';
import { Segments } from '../parts/common/segments.tsx';
import { DraftPanel } from '../parts/rules/draft-panel.tsx';
import { ReplayReading } from '../parts/rules/replay-reading.tsx';
import { RuleList } from '../parts/rules/rule-list.tsx';

const SPANS = ['7', '30', '90'] as const;
type Span = (typeof SPANS)[number];
const SPAN_NAMES: Readonly<Record<Span, string>> = { 7: '7 days', 30: '30 days', 90: '90 days' };

/** The organization's own rules, and what they would have changed in this node's history. */
export function RulesView({ onLocked }: { readonly onLocked: () => void }) {
  const [span, setSpan] = useState<Span>('30');
  const report = useReading<RulesReport>('/api/rules', {}, onLocked);
  const replay = useReplay(onLocked);
  const run = (what: Replayed): void => replay.run(what, Number(span));
  return (
    <>
      <div class="head">
        <h1>Rules of your organization</h1>
        <Segments label="Replay over" options={SPANS} names={SPAN_NAMES} chosen={span} onChoose={setSpan} />
      </div>
      <div class="grid">
        <Panel title="On this node" class="span-12">
          {report.data ? (
            <RuleList report={report.data} isBusy={replay.isRunning} onReplay={(file) => run({ file })} />
          ) : (
            <p class="quiet">{report.trouble ?? 'Loading …'}</p>
          )}
        </Panel>
        <DraftPanel isBusy={replay.isRunning} onReplay={(text) => run({ text })} />
        <Panel title="Replay" class="span-12">
          <ReplayReading replay={replay} />
        </Panel>
      </div>
    </>
  );
}
