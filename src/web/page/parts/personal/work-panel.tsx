import { PARTIAL_WORK, type WorkReport } from '../../../../domain/events/work-report.ts';
import type { Week } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { count, duration, visible } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { TableHead } from '../common/table-head.tsx';

const MINUTE_MS = 60_000;

/**
 * Work by project, failures that repeat, and aliases worth having; it is read on this machine only.
 */
export function WorkPanel({ since, now, onLocked }: WorkPanelProps) {
  const minute = Math.floor(now.getTime() / MINUTE_MS);
  const { data, trouble } = useReading<Week>('/api/work', { since }, onLocked, minute);
  return (
    <Panel title="What you worked on" class="span-12" aside={<span class="quiet">stays on this machine</span>}>
      {data ? <Work report={data.work} /> : <p class="quiet">{trouble ?? 'Loading …'}</p>}
    </Panel>
  );
}

interface WorkPanelProps {
  readonly since: string;
  /**
   * When the other figures were loaded. This panel follows once a minute: it reads every command.
   */
  readonly now: Date;
  readonly onLocked: () => void;
}

function Work({ report: { projects, failing, aliases, isPartial } }: { readonly report: WorkReport }) {
  if (projects.length === 0) return <p class="quiet">No command in this time.</p>;
  return (
    <>
      {isPartial && <p class="quiet">{PARTIAL_WORK}</p>}
      <table class="figures work">
        <TableHead
          columns={[
            'Project',
            { number: 'Time' },
            { number: 'Commands' },
            { number: 'Failed' },
            { number: 'By agents' },
          ]}
        />
        <tbody class="nums">
          {projects.map((project) => (
            <tr key={project.project ?? ''}>
              <th scope="row">
                {project.project === null ? <span class="quiet">outside a project</span> : visible(project.project)}
              </th>
              <td class="right">{duration(project.activeMs)}</td>
              <td class="right">{count(project.commands)}</td>
              <td class="right">{count(project.failures)}</td>
              <td class="right">
                {count(project.agentCommands)}
                {project.agentFailures > 0 && <span class="quiet"> ({count(project.agentFailures)} failed)</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {failing.length > 0 && <h3>Failed more than once</h3>}
      <ul class="plain-rows">
        {failing.map((failure) => (
          <li key={failure.command}>
            <code>{visible(failure.command)}</code> <span class="quiet">{count(failure.count)} times</span>
            {failure.fix !== null && (
              <>
                , then worked: <code>{visible(failure.fix)}</code>
              </>
            )}
          </li>
        ))}
      </ul>
      {aliases.length > 0 && <h3>Aliases worth having</h3>}
      <ul class="plain-rows">
        {aliases.map((alias) => (
          <li key={alias.name}>
            <code>
              alias {alias.name}='{visible(alias.command)}'
            </code>{' '}
            <span class="quiet">typed {count(alias.count)} times</span>
          </li>
        ))}
      </ul>
    </>
  );
}
