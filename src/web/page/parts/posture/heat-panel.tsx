import { useState } from 'preact/hooks';
import type { TechniqueMeasure } from '../../../../domain/trends/heat-map.ts';
import { navigatorLayer } from '../../../../domain/trends/navigator-layer.ts';
import type { TechniqueGuide } from '../../../../domain/trends/technique-guide.ts';
import type { HeatMapAnswer } from '../../../../domain/trends/trend-answers.ts';
import type { TechniqueGuides } from '../../data/contract.ts';
import { type TrendParameters, useReading } from '../../data/use-reading.ts';
import { count, counted, inWords } from '../../model/format.ts';
import { saveText } from '../../model/save.ts';
import { perThousand } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';
import { RiskMark } from '../common/risk-mark.tsx';
import { Change } from './change.tsx';

interface HeatProps {
  readonly parameters: TrendParameters;
  readonly onLocked: () => void;
}

interface Cell extends TechniqueMeasure {
  readonly guide: TechniqueGuide;
}

/** Tactics × techniques of ATT&CK v19. A technique that no node matched is left out. */
export function HeatPanel({ parameters, onLocked }: HeatProps) {
  const { data, trouble } = useReading<HeatMapAnswer>('/api/posture/techniques', { ...parameters }, onLocked);
  const guides = useReading<TechniqueGuides>('/api/techniques', {}, onLocked);
  const [opened, setOpened] = useState<string | null>(null);
  const cells = data && guides.data ? cellsOf(data.techniques, guides.data.techniques) : null;
  return (
    <Panel
      title="ATT&CK techniques"
      class="span-12"
      folds
      aside={
        data &&
        data.techniques.length > 0 && (
          <button type="button" class="plain" onClick={() => saveLayer(data)}>
            Save as Navigator layer
          </button>
        )
      }
    >
      {!cells && <p class="quiet">{trouble ?? guides.trouble ?? 'Loading …'}</p>}
      {cells && cells.length === 0 && (
        <p class="quiet">
          {data?.source.source === 'answers'
            ? 'Saved answers have no techniques; blind totals have.'
            : 'No technique was matched, as far as is known.'}
        </p>
      )}
      {cells && cells.length > 0 && <Matrix cells={cells} opened={opened} onOpen={setOpened} />}
      {cells && opened !== null && (
        <Opened cell={cells.find((cell) => cell.technique === opened)} onLocked={onLocked} />
      )}
    </Panel>
  );
}

const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 });
const compact = (value: number | null): string => (value === null ? '–' : short.format(value));

const cellsOf = (techniques: readonly TechniqueMeasure[], guides: readonly TechniqueGuide[]): readonly Cell[] =>
  guides.flatMap((guide) => {
    const found = techniques.find(({ technique }) => technique === guide.id);
    return found && found.nodeDays !== 0 ? [{ ...found, guide }] : [];
  });

interface MatrixProps {
  readonly cells: readonly Cell[];
  readonly opened: string | null;
  readonly onOpen: (technique: string | null) => void;
}

function Matrix({ cells, opened, onOpen }: MatrixProps) {
  const tactics = [...new Set(cells.map(({ guide }) => guide.tactic))];
  const most = Math.max(1, ...cells.map(({ rate }) => rate ?? 0));
  return (
    <>
      <div class="attack">
        {tactics.map((tactic) => (
          <section key={tactic} aria-label={tactic}>
            <h3>{tactic}</h3>
            <ul>
              {cells
                .filter(({ guide }) => guide.tactic === tactic)
                .sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1))
                .map((cell) => (
                  <li key={cell.technique}>
                    <button
                      type="button"
                      class={`technique h${heatOf(cell.rate, most)}`}
                      aria-expanded={cell.technique === opened}
                      onClick={() => onOpen(cell.technique === opened ? null : cell.technique)}
                    >
                      <span>{cell.guide.name}</span> <Change change={cell.change} />{' '}
                      <span class="nums">
                        {cell.nodes === null
                          ? 'withheld'
                          : `${count(cell.nodes)} nodes, ${compact(cell.nodeDays)} node-days`}
                      </span>
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
      <p class="quiet small">
        Most nodes that matched a technique on one day, the sum of those nodes over all days, and the change of the
        mean. The shade is the share of nodes on a day. A technique that is withheld has no shade.
      </p>
    </>
  );
}

/** From 0, withheld, to 5. Shares differ by powers of ten, so that the scale is one of roots. */
const heatOf = (rate: number | null, most: number): number =>
  rate === null ? 0 : Math.max(1, Math.ceil(5 * Math.sqrt(rate / most)));

function Opened({ cell, onLocked }: { readonly cell: Cell | undefined; readonly onLocked: () => void }) {
  const technique = cell?.technique ?? '';
  const { data, trouble } = useReading<TechniqueGuides>('/api/techniques', { technique }, onLocked);
  if (!cell) return null;
  const rules = data?.techniques.find(({ id }) => id === technique)?.rules ?? [];
  const { guide, nodeDays, nodes, rate, days, change } = cell;
  return (
    <section class="technique-told" aria-label={guide.name}>
      <h3>
        {guide.name} <span class="mono quiet">{technique}</span>
      </h3>
      <p class="nums">
        {guide.tactic}.{' '}
        {nodeDays === null
          ? 'Withheld.'
          : `${count(nodeDays)} node-days, at most ${nodes === null ? 'an unknown number of nodes' : counted(nodes, 'node')} on one day, ${perThousand(rate)} of 1,000 nodes on a day.`}{' '}
        Change {change === null ? 'unknown' : <Change change={change} />}. Known on {counted(days, 'day')}. Families of
        rules: {inWords(guide.families)}.
      </p>
      {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
      <ul class="plain-rows">
        {rules.map(({ id, level, reason, safer }) => (
          <li key={id}>
            <RiskMark level={level} /> <span class="mono">{id}</span> {reason} <span class="quiet">Safer: {safer}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function saveLayer(answer: HeatMapAnswer): void {
  saveText(
    `caro-attack-${answer.until}.json`,
    `${JSON.stringify(navigatorLayer(answer), null, 2)}\n`,
    'application/json',
  );
}
