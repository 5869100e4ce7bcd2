import type { WorkReport } from '../../../../domain/events/work-report.ts';
import type { Week } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { count, duration } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';

/** Work by project, failures that repeat, and aliases worth having; it is read on this machine only. */
export function WorkPanel({ since, onLocked }: WorkPanelProps) {
  const { data, trouble } = useReading<Week>('/api/work', { since }, onLocked);
  return (
    <Panel title="What you worked on" class="span-12" aside={<span class="quiet">stays on this machine</span>}>
      {data ? <Work report={data.work} /> : <p class="quiet">{trouble ?? 'Loading …'}</p>}
    </Panel>
  );
}

interface WorkPanelProps {
  readonly since: string;
  readonly onLocked: () => void;
}

function Work({ report: { projects, failing, aliases } }: { readonly report: WorkReport }) {
  if (projects.length === 0) return <p class="quiet">No command in this time.</p>;
  return (
    <>
      <table class="figures">
        <thead>
          <tr>
            <th>Project</th>
            <th class="num">Time</th>
            <th class="num">Commands</th>
            <th class="num">Agents</th>
            <th class="num">Failed</th>
          </tr>
        </thead>
        <tbody>
          {projects.map((project) => (
            <tr key={project.project ?? ''}>
              <td>{project.project ?? <span class="quiet">outside a project</span>}</td>
              <td class="num">{duration(project.activeMs)}</td>
              <td class="num">{count(project.commands)}</td>
              <td class="num">{count(project.agentCommands)}</td>
              <td class="num">{count(project.failures)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {failing.length > 0 && <h3>Failed more than once</h3>}
      <ul class="plain-rows">
        {failing.map((failure) => (
          <li key={failure.command}>
            <code>{failure.command}</code> <span class="quiet">{count(failure.count)} times</span>
            {failure.fix !== null && (
              <>
                , then worked: <code>{failure.fix}</code>
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
              alias {alias.name}='{alias.command}'
            </code>{' '}
            <span class="quiet">typed {count(alias.count)} times</span>
          </li>
        ))}
      </ul>
    </>
  );
}
