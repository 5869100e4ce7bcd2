import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { coverageProblem } from '../../domain/status/agent-coverage.ts';
import { relayText } from '../../domain/status/relay-status.ts';
import type { MeshStatus, ServiceStatus, StorageStatus } from '../../domain/status/status.ts';
import { waitText } from '../../domain/status/waiting.ts';
import type { Context } from '../context.ts';
import { byteSize, duration, localTime, paint, say, sayJson } from '../output/output.ts';
import { sayPeers } from '../output/peer-rows.ts';
import { sayFacts } from '../output/table.ts';

export function addStatus(program: Command, context: Context): void {
  program
    .command('status')
    .description('print the current state of the service')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const status = await callAdmin(context.places().socket, 'service.status', {});
      if (options.json) sayJson(context, status);
      else await sayStatus(context, status);
    });
}

async function sayStatus(context: Context, status: ServiceStatus): Promise<void> {
  const { node, service, observe, mesh, audit, memory, storage } = status;
  sayFacts(context, [
    ['node', `${node.name} (${node.role})`],
    ['node id', node.id],
    ['fingerprint', node.fingerprint],
    ...(node.rotation
      ? [['next key', `${node.rotation.fingerprint}, used from ${localTime(node.rotation.switchesAt)}`] as const]
      : []),
    [
      'service',
      `version ${service.version}, process ${service.pid}, up for ${duration(service.uptimeSeconds * 1_000)}`,
    ],
    ['dashboard', dashboardLine(status.dashboard)],
    ...observationFacts(status),
    ['mesh', mesh === null ? silence(status, 'mesh gateway') : meshLine(mesh)],
    ['audit log', audit === null ? silence(status, 'auditor') : auditLine(audit)],
    ...rulesFacts(status),
    ['last backup', backupLine(storage)],
    ['memory', memory.rssBytes === null ? 'unknown' : byteSize(memory.rssBytes)],
  ]);
  const trouble = observe?.trouble ?? null;
  if (trouble !== null) say(context, paint(context, 'red', `Commands are not being stored: ${trouble}`));
  for (const line of storageLines(storage)) say(context, paint(context, 'red', line));
  for (const warning of status.sharing?.warnings ?? []) say(context, paint(context, 'yellow', `Warning: ${warning}`));
  const troubled = status.actors.filter((actor) => actor.state !== 'running');
  for (const actor of troubled)
    say(context, paint(context, 'red', `${actor.name} is ${actor.state}; see caro service logs`));
  if (mesh === null || mesh.peers.length === 0) return;
  say(context);
  await sayPeers(context, mesh.peers);
}

/** What is printed for figures whose part did not answer. They are unknown, not zero. */
function silence({ actors }: ServiceStatus, name: string): string {
  const state = actors.find((actor) => actor.name === name)?.state ?? 'running';
  return state === 'running' ? 'busy: no answer in time, try again' : `unknown: the ${name} is ${state}`;
}

function observationFacts(status: ServiceStatus): readonly (readonly [string, string])[] {
  const { observe } = status;
  if (observe === null) return [['commands', silence(status, 'collector')]];
  const { events, pending, dropped, setAside, pausedUntil, shells, agents } = observe;
  const aside = setAside === 0 ? '' : `, ${setAside} set aside without their text`;
  const seen = shells.map(({ shell, lastSeen }) => `${shell} (last ${localTime(lastSeen)})`);
  return [
    ['commands', `${events} stored, ${byteSize(pending)} waiting, ${dropped} dropped${aside}`],
    ['shells', seen.join(', ') || 'none yet: see caro init'],
    ...agentFacts(agents),
    ...(pausedUntil === null
      ? []
      : [['paused', `until ${localTime(pausedUntil)}; to record again: caro resume`] as const]),
  ];
}

/** Nothing where no agent was found. */
function agentFacts(agents: NonNullable<ServiceStatus['observe']>['agents']): readonly (readonly [string, string])[] {
  return agents.map((one, index) => {
    const bypass = one.bypass ? ', asks nobody' : '';
    const last = one.lastSeen === null ? 'nothing reported' : `last ${localTime(one.lastSeen)}`;
    const problem = coverageProblem(one) === null ? '' : ', see caro doctor';
    return [index === 0 ? 'agents' : '', `${one.agent} (${last}${problem}${bypass})`];
  });
}

const auditLine = ({ records, verified }: NonNullable<ServiceStatus['audit']>): string =>
  `${records} records, ${verified ? 'verified' : 'not verified since start: caro audit verify'}`;

/** Nothing where the owner has no rules. */
function rulesFacts(status: ServiceStatus): readonly (readonly [string, string])[] {
  const { rules } = status;
  if (rules === null) return [['custom rules', silence(status, 'risk assessor')]];
  const { inForce, setAside, trouble } = rules;
  if (trouble !== null) return [['custom rules', trouble]];
  if (inForce === 0 && setAside === 0) return [];
  const aside = setAside === 0 ? '' : `, ${setAside} set aside: caro rules list`;
  return [['custom rules', `${inForce} in force${aside}`]];
}

function meshLine(mesh: MeshStatus): string {
  if (!mesh.enabled) return 'off: nothing leaves this machine';
  const connected = mesh.peers.filter((peer) => peer.state === 'connected').length;
  const listens = mesh.listen === null ? 'on' : `on, listening on ${mesh.listen}`;
  const waits = mesh.waiting === null ? '' : `, ${waitText(mesh.waiting)}`;
  const relay = mesh.relay === null ? '' : `, relay: ${relayText(mesh.relay, localTime)}`;
  return `${listens}${waits}, ${connected} of ${mesh.peers.length} peers connected${relay}`;
}

const dashboardLine = ({ url, waiting }: ServiceStatus['dashboard']): string =>
  waiting === null ? url : waitText(waiting);

const backupLine = ({ backup }: StorageStatus): string =>
  backup.last === null ? 'none yet: caro db backup' : localTime(backup.last);

/** Problems with the disk or the database, one per line. */
function storageLines({ trouble, failures, setAside, backup, logLinesLost }: StorageStatus): readonly string[] {
  return [
    ...(trouble === null ? [] : [`Writing fails (${failures} attempts so far): ${trouble}`]),
    ...setAside.map((file) => `A damaged database was moved aside: ${file}; recover what can be read: caro db repair`),
    ...(backup.trouble === null ? [] : [`The last backup failed: ${backup.trouble}`]),
    ...(logLinesLost === 0 ? [] : [`${logLinesLost} log lines could not be written`]),
  ];
}
