import { Argument, type Command } from 'commander';
import { type LoadedConfiguration, loadConfiguration } from '../../config/loader.ts';
import { withoutDenial, withRevoked, withTrust } from '../../config/managed-changes.ts';
import { CaroError } from '../../domain/errors.ts';
import { TRUST_LEVELS, type TrustLevel } from '../../domain/trust.ts';
import { isConfirmed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { say, sayJson } from '../output.ts';
import { nodeIdOf } from '../peer-names.ts';
import { changeSettings, sayForce } from '../settings-change.ts';
import { sayTable } from '../table.ts';
import { addExplain, addTest } from './trust-explain.ts';

export function addTrust(program: Command, context: Context): void {
  const trust = program.command('trust').description('which nodes may connect, ask and be sent summaries');
  addList(trust, context);
  addSet(trust, context);
  trust
    .command('revoke')
    .description('end all trust in a node at once, for it and for every key that follows its present one')
    .argument('<id>', 'its node id or name')
    .action((text: string) => revoke(context, text));
  addExplain(trust, context);
  addTest(trust, context);
}

/** One line of what decides, in the order in which it does. */
interface TrustRow {
  readonly kind: 'deny-node' | 'deny-subnet' | 'node' | 'subnet' | 'default';
  /** Node id or subnet; null for the default. */
  readonly who: string | null;
  readonly name: string | null;
  readonly level: TrustLevel | 'denied';
  /** Which file says so. */
  readonly file: string;
}

function addList(trust: Command, context: Context): void {
  trust
    .command('list')
    .description('print what decides, the strongest first: denials, nodes, subnets, the default')
    .option('--json', 'print JSON lines')
    .action(({ json }: { readonly json?: true }) => {
      const rows = trustRows(context, loadConfiguration(context.places(), context.hostname));
      if (json) for (const row of rows) sayJson(context, row);
      else
        sayTable(
          context,
          [
            { title: 'LEVEL', text: (row) => row.level },
            { title: 'NAME', text: (row) => row.name ?? '-' },
            { title: 'DECIDED BY', text: (row) => row.file },
            { title: 'WHO', isWhole: true, text: (row) => row.who ?? 'everybody else' },
          ],
          rows,
        );
    });
}

function trustRows(context: Context, { configuration, managed }: LoadedConfiguration): readonly TrustRow[] {
  const { config, managed: managedFile } = context.places();
  const { nodes, subnets, deny, default: rest } = configuration.trust;
  const from = (isManaged: boolean): string => (isManaged ? managedFile : config);
  const name = (id: string): string | null => configuration.mesh.peers.find((peer) => peer.id === id)?.name ?? null;
  return [
    ...deny.nodes.map((who): TrustRow => {
      const file = from(managed.trust.deny.nodes.includes(who));
      return { kind: 'deny-node', who, name: name(who), level: 'denied', file };
    }),
    ...deny.subnets.map((who): TrustRow => {
      const file = from(managed.trust.deny.subnets.includes(who));
      return { kind: 'deny-subnet', who, name: null, level: 'denied', file };
    }),
    ...Object.entries(nodes).map(([who, level]): TrustRow => {
      return { kind: 'node', who, name: name(who), level, file: from(Object.hasOwn(managed.trust.nodes, who)) };
    }),
    ...Object.entries(subnets).map(([who, level]): TrustRow => {
      return { kind: 'subnet', who, name: null, level, file: from(Object.hasOwn(managed.trust.subnets, who)) };
    }),
    { kind: 'default', who: null, name: null, level: rest, file: config },
  ];
}

function addSet(trust: Command, context: Context): void {
  trust
    .command('set')
    .description('say how far a node is trusted')
    .argument('<id>', 'its node id or name')
    .addArgument(new Argument('<level>', 'how far').choices(TRUST_LEVELS))
    .option('--yes', 'do not ask, where a revoked node is to be trusted again')
    .action((text: string, level: TrustLevel, options: { readonly yes?: true }) => set(context, text, level, options));
}

const MEANS: Readonly<Record<TrustLevel, string>> = {
  untrusted: 'may not connect',
  share_to: 'may connect and is sent summaries; it may ask nothing',
  query_from: 'may connect and ask for summaries and aggregates; it is sent nothing unasked',
  peer: 'may connect, is sent summaries, and may ask for summaries and aggregates',
  supervisor: 'may connect and ask for aggregates only',
};

async function set(context: Context, text: string, level: TrustLevel, { yes }: { readonly yes?: true }): Promise<void> {
  const { config } = context.places();
  const { configuration, managed } = loadConfiguration(context.places(), context.hostname);
  const id = nodeIdOf(text, configuration);
  if (configuration.trust.deny.nodes.includes(id)) {
    if (!managed.trust.deny.nodes.includes(id))
      throw new CaroError('usage', `expected a node that is not denied, this one is in ${config}; remove it there`);
    if (!(await mayTakeBack(context, text, yes === true))) return;
  }
  const { loaded, isInForce } = await changeSettings(context, (settings) =>
    withTrust(id, level)(withoutDenial(id)(settings)),
  );
  if (loaded.configuration.trust.deny.nodes.includes(id))
    say(context, `${text} is still denied in ${config}, and a denial wins; remove it there`);
  else say(context, `${text} is ${level}: it ${MEANS[level]}`);
  sayForce(context, isInForce);
  if (loaded.configuration.sharing.level === 0 && level !== 'untrusted')
    say(context, 'Sharing is off, so nothing is told to it: caro sharing enable');
}

/** A revocation may have been for a stolen key: nobody is to take it back by repeating an old line. */
async function mayTakeBack(context: Context, who: string, isSure: boolean): Promise<boolean> {
  if (isSure) return true;
  if (context.stdout.isTTY !== true)
    throw new CaroError(
      'usage',
      'expected a node that was not revoked; to trust its key again all the same, add --yes',
    );
  if (await isConfirmed(context, `Trust in ${who} was revoked. Trust its key again?`)) return true;
  say(context, 'Nothing has changed.');
  return false;
}

async function revoke(context: Context, text: string): Promise<void> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const id = nodeIdOf(text, configuration);
  const { isInForce } = await changeSettings(context, withRevoked(id));
  say(context, `${text} is denied: it may not connect, ask or be sent anything, under this key or one that follows it`);
  say(context, isInForce ? 'in force; a connection with it has been ended' : 'in force when the service starts');
}
