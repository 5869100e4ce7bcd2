import { createStatusReporter } from '../actors/status-reporter.ts';
import { type ActorSpec, messageCounts, type Supervised } from '../bus/supervisor.ts';
import { shellSetups } from '../cli/shell-setup/rc-line.ts';
import type { ServiceMetrics } from '../domain/status/metrics.ts';
import type { ServiceStatus } from '../domain/status/status.ts';
import { databaseBytes } from '../storage/database.ts';
import type { StorageCare } from '../storage/maintenance/storage-care.ts';
import { VERSION } from '../version.ts';
import type { Dashboard } from '../web/daemon/dashboard-listener.ts';
import type { ServiceContext } from './service-context.ts';

/** What reports the state of the whole service. */
export function statusSpec(
  context: ServiceContext,
  actors: readonly Supervised[],
  dashboard: Pick<Dashboard, 'url' | 'waiting'>,
  care: StorageCare,
): ActorSpec {
  const setup = shellSetups(process.env, context.places);
  const facts = () => ({
    node: nodeFacts(context),
    service: { pid: process.pid, uptimeSeconds: Math.floor(process.uptime()), version: VERSION },
    dashboard: { url: dashboard.url, waiting: dashboard.waiting() },
    storage: care.status(),
    memory: { rssBytes: residentBytes() },
    setup,
    actors: actors.map((actor) => actor.status()),
  });
  const metrics = () => ({ databaseBytes: databaseBytes(context.places.database), messages: messageCounts(actors) });
  return {
    name: 'status reporter',
    capacity: 64,
    policy: 'refuse',
    create: () => createStatusReporter({ bus: context.bus, facts, metrics, totals: () => readTotals(context) }),
  };
}

/** Linux tells it in `/proc`, which a container may not have. */
function residentBytes(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}

const TOTAL_DAYS = 7;

/** The code of trends is loaded where there is something to read. */
export async function readTotals({ database }: Pick<ServiceContext, 'database'>): Promise<ServiceMetrics['totals']> {
  const hasTotals = database.prepare('SELECT 1 FROM total_day UNION ALL SELECT 1 FROM saved_answer LIMIT 1').get();
  if (hasTotals === undefined) return null;
  const { createTrendReader } = await import('../storage/trends/trend-reader.ts');
  const trends = createTrendReader(database);
  if (trends.sources().length === 0) return null;
  const { posture, until } = trends.posture({ days: TOTAL_DAYS });
  const { techniques } = trends.heatMap({ days: TOTAL_DAYS });
  return {
    day: until,
    contributors: posture.latest?.contributors ?? null,
    knownDays: TOTAL_DAYS - posture.gaps.days,
    risky: posture.risky.rate,
    levels: Object.fromEntries(posture.levels.map(({ level, rate }) => [level, rate])),
    families: Object.fromEntries(posture.kinds.map(({ family, rate }) => [family, rate])),
    techniques: Object.fromEntries(techniques.map(({ technique, nodeDays }) => [technique, nodeDays])),
  };
}

function nodeFacts({ configuration, identity, ownKeys }: ServiceContext): ServiceStatus['node'] {
  const rotation = ownKeys.rotation();
  const { id, fingerprint } = identity;
  return { id, fingerprint, ...configuration().node, ...(rotation === null ? {} : { rotation }) };
}
