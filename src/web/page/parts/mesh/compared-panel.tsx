import { compareCells, type KeptResult } from '../../../../domain/answers/saved-answer.ts';
import { count, counted, fullTime, moment } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';

interface Props {
  readonly before: KeptResult;
  readonly after: KeptResult;
}

/** Two answers to the same question, cell by cell. */
export function ComparedPanel({ before, after }: Props) {
  const cells = compareCells(before, after);
  const shown = cells.filter((cell) => cell.before !== 0 || cell.after !== 0);
  return (
    <Panel title="Compared" class="span-12">
      <p class="quiet small">
        {count(before.contributors)} of {counted(before.targets.length, 'node')} before, {count(after.contributors)} of{' '}
        {count(after.targets.length)} after. A sum also changes with the nodes that are in it.
      </p>
      <div class="scroll">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Cell</th>
              {[before, after].map(({ until }) => (
                <th key={until} scope="col" class="right" title={fullTime(until)}>
                  {moment(until)}
                </th>
              ))}
              <th scope="col" class="right">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((cell) => (
              <tr key={cell.cell}>
                <th scope="row">
                  <span class="mono">{cell.cell}</span>
                </th>
                <td class="right">{figure(cell.before)}</td>
                <td class="right">{figure(cell.after)}</td>
                <td class="right">{changeText(cell.change)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < cells.length && (
        <p class="quiet small">{count(cells.length - shown.length)} more are 0 in both.</p>
      )}
    </Panel>
  );
}

const figure = (value: number | null): string => (value === null ? 'withheld' : count(value));

const changeText = (change: number | null): string =>
  change === null ? 'unknown' : `${change > 0 ? '+' : ''}${count(change)}`;
