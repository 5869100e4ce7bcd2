import type { LocalStatistics } from '../../data/contract.ts';
import { count } from '../../model/format.ts';
import { hoursByWeekday } from '../../model/ranges.ts';
import { Panel } from '../common/panel.tsx';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/**
 * When commands are typed: a table of hours and weekdays. The shade of a cell is the square root of
 * its count.
 */
export function HeatMap({ slots }: { readonly slots: LocalStatistics['slots'] | null }) {
  const grid = hoursByWeekday(slots ?? []);
  const most = Math.max(1, ...grid.flat());
  const step = (value: number): number => (value === 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(value / most) * 5)));
  return (
    <Panel title="Hours and weekdays" class="span-7" aside={<span class="quiet">last four weeks, local time</span>}>
      <table class="heat">
        <caption class="unseen">Number of commands per weekday and hour over the last four weeks</caption>
        <thead>
          <tr>
            <td />
            {HOURS.map((hour) => (
              <th key={hour} scope="col">
                <span class={hour % 6 === 0 ? '' : 'unseen'}>{hour}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.map((row, day) => (
            <tr key={DAYS[day]}>
              <th scope="row">{DAYS[day]}</th>
              {row.map((value, hour) => (
                <td
                  key={hour}
                  class={`h${step(value)}`}
                  title={`${DAYS[day]} ${hour}–${hour + 1} h: ${count(value)} commands`}
                >
                  <span class="unseen">{value}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="legend quiet">
        {busiest(grid)}
        <span class="scale" aria-hidden="true">
          fewer
          {[0, 1, 2, 3, 4, 5].map((level) => (
            <i key={level} class={`h${level}`} />
          ))}
          more
        </span>
      </p>
    </Panel>
  );
}

function busiest(grid: readonly (readonly number[])[]): string {
  const cells = grid.flatMap((row, day) => row.map((value, hour) => ({ day, hour, value })));
  const best = cells.reduce((most, cell) => (cell.value > most.value ? cell : most), { day: 0, hour: 0, value: 0 });
  return best.value === 0 ? 'No data yet.' : `Busiest: ${DAYS[best.day]} ${best.hour}–${best.hour + 1} h.`;
}
