import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { FLOOR } from '../../domain/blind/terms.ts';
import { CaroError } from '../../domain/errors.ts';
import { naturalOrder } from '../../domain/natural-order.ts';
import type { OrgRole } from '../../domain/organisation/membership.ts';
import { MAX_OFFICERS, type RosterHead, VALID_DAYS, WINDOW_HOURS } from '../../domain/organisation/roster.ts';
import { readIdentity } from '../../identity/identity.ts';
import { approve, changeDraft, type Draft, firstDraft, remove } from '../../organisation/draft.ts';
import { endorseTrustee, type OpenedRequest } from '../../organisation/statements.ts';
import { fingerprintOf } from '../../organisation/terms.ts';
import type { Context } from '../context.ts';
import { parseCountFrom } from '../input/options.ts';
import { draftIn, type InFolder, keepDraft, workspaceOf } from '../organisation/drafts.ts';
import { inventoryOf } from '../organisation/inventory.ts';
import {
  addressOf,
  moved,
  nodeOf,
  officerOf,
  parseLevel,
  parseOrgName,
  parseRole,
  relayOf,
} from '../organisation/officer-options.ts';
import type { Workspace } from '../organisation/workspace.ts';
import { say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

const parseFloor = parseCountFrom(FLOOR.least, FLOOR.most);
const parseWindow = parseCountFrom(WINDOW_HOURS.least, WINDOW_HOURS.most);
const parseDays = parseCountFrom(VALID_DAYS.least, VALID_DAYS.most);
const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The commands with which officers write the next version, before they sign it. */
export function addOrgDrafting(org: Command, context: Context, inFolder: (command: Command) => Command): void {
  inFolder(org.command('create').argument('<organization>', 'its name', parseOrgName))
    .description('draft the first version of a roster')
    .requiredOption('--officer <name=key>', 'an officer: id of the key, or its file; repeat for each', repeated)
    .requiredOption(
      '--supervisor <file@address>',
      'request of the node, and where members find it; repeatable',
      repeated,
    )
    .option('--trustee <file@address>', 'the same for a trustee; repeatable', repeated)
    .option('--threshold <officers>', 'how many officers have to sign', parseCountFrom(1, MAX_OFFICERS), 2)
    .option('--level <level>', 'most detailed level of answers, 1 or 2', parseLevel, 2)
    .option('--floor <nodes>', 'smallest number of nodes behind a blind total', parseFloor, FLOOR.usual)
    .option('--window <hours>', 'how long after a day its blind reports are accepted', parseWindow, 72)
    .option('--days <days>', 'how long the version is valid', parseDays, VALID_DAYS.usual)
    .action((name: string, options: CreateOptions) => create(context, name, options));
  inFolder(org.command('approve [names...]'))
    .description('add nodes that asked to the draft, by name or fingerprint')
    .option('--file <csv>', 'lines "name,fingerprint" of an inventory; both must match')
    .option('--as <role>', 'member, supervisor or trustee', parseRole, 'member')
    .option('--address <address>', 'where members find a supervisor or trustee; repeatable', repeated)
    .action((names: readonly string[], options: ApproveOptions) => approveAll(context, names, options));
  inFolder(org.command('remove <names...>'))
    .description('remove nodes from the draft: members, supervisors and trustees')
    .action(async (names: readonly string[], options: InFolder) => {
      const workspace = workspaceOf(context, options);
      await keepDraft(context, { workspace, options }, names.reduce(remove, draftIn(context, workspace)));
    });
  inFolder(org.command('change'))
    .description('change the terms in the draft')
    .option('--officer <name=key>', 'add an officer, or replace the one of this name; repeatable', repeated)
    .option(
      '--address <name=address>',
      'other addresses of a supervisor or trustee, separated by commas; repeatable',
      repeated,
    )
    .option('--without-officer <name>', 'remove an officer; repeatable', repeated)
    .option('--threshold <officers>', 'how many officers have to sign', parseCountFrom(1, MAX_OFFICERS))
    .option('--level <level>', 'most detailed level of answers, 1 or 2', parseLevel)
    .option('--floor <nodes>', 'smallest number of nodes behind a blind total', parseFloor)
    .option('--relay <url=key>', 'add a relay: tls://IP:port and the hash of its public key; repeatable', repeated)
    .option('--without-relays', 'remove all relays')
    .action((options: ChangeOptions) => change(context, options));
  inFolder(org.command('requests'))
    .description('list requests to join, from the service and from the folder')
    .option('--json', 'print JSON lines')
    .action((options: InFolder & { readonly json?: true }) => requests(context, options));
  inFolder(org.command('endorse <name>'))
    .description('as a trustee: endorse another trustee in the draft, so that members need not be asked')
    .action((name: string, options: InFolder) => endorse(context, name, options));
}

interface CreateOptions extends InFolder {
  readonly officer: readonly string[];
  readonly supervisor: readonly string[];
  readonly trustee?: readonly string[];
  readonly threshold: number;
  readonly level: 1 | 2;
  readonly floor: number;
  readonly window: number;
  readonly days: number;
}

async function create(context: Context, org: string, options: CreateOptions): Promise<void> {
  const workspace = workspaceOf(context, options);
  if (workspace.last() !== null || workspace.draft() !== null)
    throw new CaroError(
      'usage',
      `${workspace.folder}: expected an empty folder, got one with a roster; use another --dir`,
    );
  const { threshold, level, floor, window: windowHours } = options;
  const nowMs = context.now().getTime();
  const terms = { org, officers: options.officer.map(officerOf), threshold, level, floor, windowHours };
  const added = [
    ...options.supervisor.map((text) => [nodeOf(text), 'supervisor'] as const),
    ...(options.trustee ?? []).map((text) => [nodeOf(text), 'trustee'] as const),
  ];
  assertEachOnce(added.map(([{ opened }]) => opened));
  const draft = added.reduce<Draft>(
    (before, [{ opened, addresses }, role]) => approve(before, opened.request, role, { addresses, nowMs }),
    firstDraft({ ...terms, supervisors: [], trustees: [] }, nowMs, options.days),
  );
  await keepDraft(context, { workspace, options }, draft);
}

/** A node that is both supervisor and trustee could read every report alone. */
function assertEachOnce(nodes: readonly OpenedRequest[]): void {
  const again = nodes.find(({ request }, at) => nodes.findIndex((one) => one.request.node === request.node) !== at);
  if (!again) return;
  const { name, node } = again.request;
  throw new CaroError(
    'usage',
    `expected each node once, as supervisor or as trustee, got ${name} (${fingerprintOf(node)}) twice; a trustee is a node of somebody else, on a machine of its own`,
  );
}

/** Requests that the service has received are copied into the folder. */
async function gather(context: Context, workspace: Workspace): Promise<void> {
  const { socket } = context.places();
  if (!existsSync(socket)) return;
  const received = await callAdmin(socket, 'org.requests', {}).catch((error: unknown) => {
    if (error instanceof CaroError && error.code === 'not_running') return [];
    throw error;
  });
  for (const { fingerprint: name, document } of received) await workspace.write('requests', name, document);
}

async function requests(context: Context, options: InFolder & { readonly json?: true }): Promise<void> {
  const workspace = workspaceOf(context, options);
  await gather(context, workspace);
  const rows = workspace
    .requests()
    .map(({ request }) => ({ ...request, fingerprint: fingerprintOf(request.node) }))
    .sort((one, other) => naturalOrder(one.name, other.name));
  if (options.json)
    for (const { name, unit, node, fingerprint: shown, predecessor, createdAt } of rows)
      sayJson(context, { name, unit, fingerprint: shown, node, predecessor, createdAt });
  else if (rows.length === 0) say(context, 'No request to join.');
  else
    await sayTable(
      context,
      [
        { title: 'NAME', text: ({ name }) => name },
        { title: 'UNIT', text: ({ unit }) => unit },
        { title: 'FINGERPRINT', text: (row) => row.fingerprint },
        { title: 'REPLACES', text: ({ predecessor }) => predecessor ?? '-' },
        { title: 'ASKED', text: ({ createdAt }) => createdAt.slice(0, 10) },
      ],
      rows,
    );
}

interface ApproveOptions extends InFolder {
  readonly file?: string;
  readonly as: OrgRole;
  readonly address?: readonly string[];
}

async function approveAll(context: Context, names: readonly string[], options: ApproveOptions): Promise<void> {
  if ((names.length === 0) === (options.file === undefined))
    throw new CaroError('usage', 'expected names or fingerprints, or --file with an inventory, and not both');
  if (options.as === 'member' && options.address !== undefined)
    throw new CaroError(
      'usage',
      'expected --address together with --as supervisor or --as trustee; a member needs no address',
    );
  const workspace = workspaceOf(context, options);
  await gather(context, workspace);
  const all = workspace.requests();
  const chosen =
    options.file === undefined ? names.map((name) => byName(all, name)) : byInventory(context, all, options.file);
  const nowMs = context.now().getTime();
  const { as } = options;
  const addresses = (options.address ?? []).map(addressOf);
  const draft = chosen.reduce<Draft>(
    (before, { request }) => approve(before, request, as, { addresses, nowMs }),
    draftIn(context, workspace),
  );
  await keepDraft(context, { workspace, options }, draft);
}

/** A name that two nodes claim has to be resolved by fingerprint. */
function byName(all: readonly OpenedRequest[], name: string): OpenedRequest {
  const [found, ...others] = all.filter(({ request }) => request.name === name || fingerprintOf(request.node) === name);
  if (!found) throw new CaroError('not_found', `expected the name or fingerprint of a request, ${name} is none`);
  if (others.length === 0) return found;
  throw new CaroError(
    'usage',
    `expected one request of ${name}, got ${others.length + 1}; give the fingerprint instead`,
  );
}

/** @throws CaroError `not_found` if no request is in the inventory */
function byInventory(context: Context, all: readonly OpenedRequest[], file: string): readonly OpenedRequest[] {
  const { rows, unread } = inventoryOf(file);
  const wanted = new Set(rows.map(({ name, fingerprint }) => `${name} ${fingerprint}`));
  const keyOf = ({ request }: OpenedRequest): string => `${request.name} ${fingerprintOf(request.node)}`;
  const chosen = all.filter((one) => wanted.has(keyOf(one)));
  const asked = new Set(chosen.map(keyOf));
  for (const line of unread) say(context, `line ${line} is not "name,fingerprint" with 16 hex digits: left out`);
  for (const row of wanted) if (!asked.has(row)) say(context, `no request: ${row}`);
  for (const one of all) if (!wanted.has(keyOf(one))) say(context, `not in the inventory: ${keyOf(one)}`);
  if (chosen.length > 0) return chosen;
  throw new CaroError(
    'not_found',
    `${file}: expected a line with name and fingerprint of a request, got none of ${all.length}; compare with caro org requests`,
  );
}

interface ChangeOptions extends InFolder {
  readonly officer?: readonly string[];
  readonly withoutOfficer?: readonly string[];
  readonly threshold?: number;
  readonly level?: 1 | 2;
  readonly floor?: number;
  readonly address?: readonly string[];
  readonly relay?: readonly string[];
  readonly withoutRelays?: true;
}

async function change(context: Context, options: ChangeOptions): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = draftIn(context, workspace);
  const { head } = draft.head;
  const { officer = [], withoutOfficer = [], relay = [], address = [] } = options;
  const unknown = withoutOfficer.find((name) => !head.officers.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new CaroError(
      'not_found',
      `expected the name of an officer (${head.officers.map(({ name }) => name).join(', ')}), ${unknown} is none`,
    );
  const added = officer.map(officerOf);
  const gone = new Set([...withoutOfficer, ...added.map(({ name }) => name)]);
  const relays = relay.map(relayOf);
  const next: Partial<RosterHead> = {
    officers: [...head.officers.filter(({ name }) => !gone.has(name)), ...added],
    relays: [...(options.withoutRelays ? [] : head.relays), ...relays],
    ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.floor === undefined ? {} : { floor: options.floor }),
  };
  await keepDraft(context, { workspace, options }, address.reduce(moved, changeDraft(draft, next)));
}

async function endorse(context: Context, name: string, options: InFolder): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = draftIn(context, workspace);
  const { org, previous, trustees } = draft.head.head;
  const trustee = trustees.find((one) => one.name === name);
  if (!trustee || previous === null)
    throw new CaroError('not_found', `expected the name of a trustee in a draft after version 1, ${name} is none`);
  const own = readIdentity(context.places().identityKey);
  const present = workspace.last()?.head.trustees ?? [];
  if (!present.some(({ id }) => id === own.id))
    throw new CaroError(
      'usage',
      `expected the node of a present trustee (${present.map((one) => one.name).join(', ') || 'there is none'}), this one is ${own.fingerprint}; run this command there, with the folder`,
    );
  const endorsement = endorseTrustee({ org, previous, trustee: trustee.id, sealingKey: trustee.card.sealingKey }, own);
  const endorsed = trustees.map((one) => (one === trustee ? { ...one, endorsement } : one));
  await keepDraft(context, { workspace, options }, changeDraft(draft, { trustees: endorsed }));
}
