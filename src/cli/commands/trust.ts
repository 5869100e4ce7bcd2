import { Argument, type Command } from 'commander';
import { type LoadedConfiguration, loadConfiguration } from '../../config/loader.ts';
import { CaroError } from '../../domain/errors.ts';
import {
  type KeyChange,
  keysAfter,
  keysBefore,
  needsConfirmation,
  revokedWith,
} from '../../domain/identity/key-state.ts';
import { TRUST_LEVELS, type TrustLevel } from '../../domain/policy/trust.ts';
import { overruledTests } from '../../policy/trust-test.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed, withYes } from '../input/confirmation.ts';
import { addressesIn, denyAddresses } from '../input/denied-addresses.ts';
import { confirmKey, meantChange, readKeyChanges, sayKeyChanges } from '../input/key-changes.ts';
import { nodeIdOf, shownName } from '../input/peer-names.ts';
import { changeSettings, sayForce } from '../input/settings-change.ts';
import { say, sayJson } from '../output/output.ts';
import { sayFacts, sayTable } from '../output/table.ts';
import { addExplain, addTest, explained } from './trust-explain.ts';

export function addTrust(program: Command, context: Context): void {
  const trust = program.command('trust').description('which nodes may connect, ask and receive summaries');
  addList(trust, context);
  addSet(trust, context);
  trust
    .command('revoke')
    .description('end all trust in a node at once, including every key that follows its current one')
    .argument('<id>', 'node id or name')
    .option('--deny-address', 'also deny its known addresses in trusted subnets, to every node there')
    .action((text: string, options: { readonly denyAddress?: true }) => revoke(context, text, options.denyAddress));
  addConfirm(trust, context);
  addExplain(trust, context);
  addTest(trust, context);
}

function addConfirm(trust: Command, context: Context): void {
  asking(trust.command('confirm'), context)
    .description('confirm the new key of a peer, after comparing its fingerprint with the owner')
    .argument('<id>', 'new node id, or the name of the peer if only one key claims to follow its key')
    .action((text: string, options: Consent) => confirm(context, text, options));
}

async function confirm(context: Context, text: string, consent: Consent): Promise<void> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const change = await meantChange(context, text, configuration);
  const { old, new: id, oldFingerprint, newFingerprint } = change;
  sayFacts(context, [
    ['peer', shownName(old, configuration)],
    ['old key', `${oldFingerprint}  ${old}`],
    ['new key', `${newFingerprint}  ${id}`],
  ]);
  if (!(await isConfirmed(context, 'Did its owner tell you this fingerprint?', consent))) return;
  await confirmKey(context, id);
  const { decision, trust } = await explained(context, { id, action: 'connect' }, configuration);
  if (trust === 'denied') say(context, `The new key still may not connect: ${decision.reason}`);
  else
    say(
      context,
      `The new key has the trust of the old one (${trust}). The old one stays valid until the new one connects.`,
    );
}

/** One trust rule. The rows are in order of precedence. */
interface TrustRow {
  readonly kind: 'deny-node' | 'deny-subnet' | 'node' | 'subnet' | 'default';
  /** Node id or subnet; null for the default. */
  readonly who: string | null;
  readonly name: string | null;
  readonly level: TrustLevel | 'denied';
  /** The file that sets it. */
  readonly file: string;
}

function addList(trust: Command, context: Context): void {
  trust
    .command('list')
    .description('print the trust rules, strongest first: denials, nodes, subnets, the default')
    .option('--json', 'print JSON lines')
    .action(async ({ json }: { readonly json?: true }) => {
      const loaded = loadConfiguration(context.places(), context.hostname);
      const rows = trustRows(context, loaded);
      const changes = await readKeyChanges(context);
      if (json)
        for (const row of [...rows, ...changes.map((change) => ({ kind: 'key', ...change }))]) sayJson(context, row);
      else {
        await sayTable(
          context,
          [
            { title: 'LEVEL', text: (row) => row.level },
            { title: 'NAME', text: (row) => row.name ?? '-' },
            { title: 'SET IN', text: (row) => row.file },
            { title: 'WHO', isWhole: true, text: (row) => row.who ?? 'everyone else' },
          ],
          rows,
        );
        if (changes.length > 0) {
          say(context);
          await sayKeyChanges(context, changes, loaded.configuration);
        }
      }
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
  withYes(trust.command('set'))
    .description('set the trust level of a node; asks before it trusts a revoked one again')
    .argument('<id>', 'node id or name')
    .addArgument(new Argument('<level>', 'trust level').choices(TRUST_LEVELS))
    .action((text: string, level: TrustLevel, options: Consent) => set(context, text, level, options));
}

const MEANS: Readonly<Record<TrustLevel, string>> = {
  untrusted: 'may not connect',
  share_to: 'may connect and receives summaries; it may ask nothing',
  query_from: 'may connect and ask for summaries and aggregates; it receives nothing unasked',
  peer: 'may connect, receives summaries, and may ask for summaries and aggregates',
  supervisor: 'may connect and ask for aggregates only',
};

async function set(context: Context, text: string, level: TrustLevel, consent: Consent): Promise<void> {
  const places = context.places();
  const { configuration, managed } = loadConfiguration(places, context.hostname);
  const id = await nodeIdOf(context, text, configuration);
  const changes = await readKeyChanges(context);
  // A denial of an earlier key would still cover this one.
  const line = [id, ...keysBefore(changes, id)];
  const denied = line.filter((key) => configuration.trust.deny.nodes.includes(key));
  if (denied.length > 0) {
    if (!denied.every((key) => managed.trust.deny.nodes.includes(key)))
      throw new CaroError(
        'usage',
        `expected a node that is not denied, this one is denied in ${places.config}; remove it there`,
      );
    // It may have been for a stolen key. Repeating an old command MUST NOT undo it.
    if (!(await isConfirmed(context, `Trust in ${text} was revoked. Trust its key again?`, consent))) return;
  }
  const { loaded, isInForce } = await changeSettings(context, {
    set: 'trust',
    id,
    level,
    lift: [...line, ...keysAfter(changes, id)],
  });
  // Setting a level for a claimed successor confirms that key.
  const isClaimed = changes.some((change) => change.new === id && needsConfirmation(change));
  if (isClaimed && level !== 'untrusted' && !isInForce) await confirmKey(context, id);
  const { decision, trust } = await explained(context, { id, action: 'connect' }, loaded.configuration);
  if (trust === 'denied') say(context, `${text} is ${level} but still may not connect: ${decision.reason}`);
  else say(context, `${text} is ${level}: it ${MEANS[level]}`);
  sayForce(context, isInForce);
  if (loaded.configuration.sharing.level === 0 && level !== 'untrusted')
    say(context, 'Sharing is off, so it receives nothing; to turn it on: caro sharing enable');
}

async function revoke(context: Context, text: string, denyAddress = false): Promise<void> {
  const { configuration } = loadConfiguration(context.places(), context.hostname);
  const id = await nodeIdOf(context, text, configuration);
  const ended = revokedWith(await knownChanges(context), id);
  const addresses = await addressesIn(context, id, configuration);
  const { loaded, isInForce } = await changeSettings(context, { set: 'revoked', id }, ended);
  say(context, `${text} is denied: it may not connect, ask or receive anything, with this key or one that follows it`);
  say(context, isInForce ? 'in force; any connection to it was closed' : 'in force when the service starts');
  for (const { index, test } of overruledTests(loaded.configuration))
    context.stderr.write(
      `caro: trust.tests[${index}] expects "${test.expect}" for a node that is revoked; the revocation overrides it: change the test\n`,
    );
  await denyAddresses(context, loaded.configuration, addresses, denyAddress);
}

/** Unreadable key statements MUST NOT prevent a revocation. */
async function knownChanges(context: Context): Promise<readonly KeyChange[]> {
  try {
    return await readKeyChanges(context);
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    context.stderr.write(`caro: keys before or after this one are unknown, so deny them too: ${error.message}\n`);
    return [];
  }
}
