import { existsSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { FLOOR } from '../../domain/blind/terms.ts';
import { CaroError } from '../../domain/errors.ts';
import { naturalOrder } from '../../domain/natural-order.ts';
import type { OrgRole } from '../../domain/organisation/membership.ts';
import { MAX_OFFICERS, type RosterHead, VALID_DAYS, WINDOW_HOURS } from '../../domain/organisation/roster.ts';
import { openIdentity, readIdentity } from '../../identity/identity.ts';
import { approve, changeDraft, changesOf, type Draft, firstDraft, remove } from '../../organisation/draft.ts';
import { encodeHead, hasQuorum, openHead, signersOf, signHead } from '../../organisation/head.ts';
import { deltaBetween, encodeDelta, memberList } from '../../organisation/members.ts';
import { decodePass, readPass } from '../../organisation/relay-pass.ts';
import { endorseTrustee, type OpenedRequest } from '../../organisation/statements.ts';
import { fingerprintOf } from '../../organisation/terms.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { parseCountFrom } from '../input/options.ts';
import { draftIn, type InFolder, keepDraft, presentDraft, workspaceOf } from '../organisation/drafts.ts';
import {
  addressOf,
  moved,
  nodeOf,
  officerKey,
  officerOf,
  parseLevel,
  parseOrgName,
  parseRole,
  relayOf,
} from '../organisation/officer-options.ts';
import { issuePasses, readOffice, writeOffice, writeServerFiles } from '../organisation/relay-office.ts';
import { headName, passParcels, textOf, type Workspace } from '../organisation/workspace.ts';
import { say, sayJson } from '../output/output.ts';
import { writePrivateFile } from '../output/output-file.ts';
import { sayTable } from '../output/table.ts';
import { addRelayConfig } from './org-relay.ts';

const PUBLISH_MS = 120_000;
const parseFloor = parseCountFrom(FLOOR.least, FLOOR.most);
const parseWindow = parseCountFrom(WINDOW_HOURS.least, WINDOW_HOURS.most);
const parseDays = parseCountFrom(VALID_DAYS.least, VALID_DAYS.most);
const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The commands of officers. They work in a folder, which may be on a machine without a network. */
export function addOrgOfficers(org: Command, context: Context): void {
  const inFolder = (command: Command): Command =>
    command.option('--dir <folder>', 'folder of the officers (org in the data folder of this node)');
  org
    .command('key <file>')
    .description('make the key of an officer in this file, or print the id of the key that is there')
    .action((file: string) => key(context, file));
  addDrafting(org, context, inFolder);
  inFolder(org.command('requests'))
    .description('list requests to join, from the service and from the folder')
    .option('--json', 'print JSON lines')
    .action((options: InFolder & { readonly json?: true }) => requests(context, options));
  inFolder(org.command('endorse <name>'))
    .description('as a trustee: endorse another trustee in the draft, so that members need not be asked')
    .action((name: string, options: InFolder) => endorse(context, name, options));
  asking(inFolder(org.command('sign')), context)
    .description('sign the draft with the key of an officer, after showing what it changes')
    .requiredOption('--key <file>', "file of the officer's key")
    .action((options: InFolder & Consent & { readonly key: string }) => sign(context, options));
  inFolder(org.command('publish'))
    .description('finish the draft if enough officers have signed it, and hand it to the service of this node')
    .action((options: InFolder) => publish(context, options));
  addRelayConfig(org, context, inFolder);
}

function addDrafting(org: Command, context: Context, inFolder: (command: Command) => Command): void {
  inFolder(org.command('create').argument('<organization>', 'its name', parseOrgName))
    .description('draft the first version of a roster')
    .requiredOption('--officer <name=key>', 'an officer: id of the key, or its file; repeat for each', repeated)
    .requiredOption(
      '--supervisor <file@address>',
      'request of the node, and where members find it; repeatable',
      repeated,
    )
    .option('--trustee <file@address>', 'the same for a trustee; repeatable', repeated, [])
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
    .option('--address <address>', 'where members find a supervisor or trustee; repeatable', repeated, [])
    .action((names: readonly string[], options: ApproveOptions) => approveAll(context, names, options));
  inFolder(org.command('remove <names...>'))
    .description('remove nodes from the draft: members, supervisors and trustees')
    .action(async (names: readonly string[], options: InFolder) => {
      const workspace = workspaceOf(context, options);
      await keepDraft(context, workspace, names.reduce(remove, draftIn(context, workspace)));
    });
  inFolder(org.command('change'))
    .description('change the terms in the draft')
    .option('--officer <name=key>', 'add an officer, or replace the one of this name; repeatable', repeated, [])
    .option(
      '--address <name=address>',
      'other addresses of a supervisor or trustee, separated by commas; repeatable',
      repeated,
      [],
    )
    .option('--without-officer <name>', 'remove an officer; repeatable', repeated, [])
    .option('--threshold <officers>', 'how many officers have to sign', parseCountFrom(1, MAX_OFFICERS))
    .option('--level <level>', 'most detailed level of answers, 1 or 2', parseLevel)
    .option('--floor <nodes>', 'smallest number of nodes behind a blind total', parseFloor)
    .option('--relay <url=key>', 'add a relay: tls://IP:port and the hash of its public key; repeatable', repeated, [])
    .option('--without-relays', 'remove all relays')
    .action((options: ChangeOptions) => change(context, options));
}

function key(context: Context, file: string): void {
  const { id, fingerprint: shown, isNew } = openIdentity(file);
  say(context, `${isNew ? 'made' : 'found'} the key ${shown} in ${file}`);
  say(context, id);
}

interface CreateOptions extends InFolder {
  readonly officer: readonly string[];
  readonly supervisor: readonly string[];
  readonly trustee: readonly string[];
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
    ...options.trustee.map((text) => [nodeOf(text), 'trustee'] as const),
  ];
  const draft = added.reduce<Draft>(
    (before, [{ opened, addresses }, role]) => approve(before, opened.request, role, { addresses, nowMs }),
    firstDraft({ ...terms, supervisors: [], trustees: [] }, nowMs, options.days),
  );
  await keepDraft(context, workspace, draft);
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

const passTime = (text: string): string => readPass(decodePass(text)).pass.createdAt;

interface ApproveOptions extends InFolder {
  readonly file?: string;
  readonly as: OrgRole;
  readonly address: readonly string[];
}

async function approveAll(context: Context, names: readonly string[], options: ApproveOptions): Promise<void> {
  if ((names.length === 0) === (options.file === undefined))
    throw new CaroError('usage', 'expected names or fingerprints, or --file with an inventory');
  const workspace = workspaceOf(context, options);
  await gather(context, workspace);
  const all = workspace.requests();
  const chosen =
    options.file === undefined ? names.map((name) => byName(all, name)) : byInventory(context, all, options.file);
  const nowMs = context.now().getTime();
  const { as } = options;
  const addresses = options.address.map(addressOf);
  const draft = chosen.reduce<Draft>(
    (before, { request }) => approve(before, request, as, { addresses, nowMs }),
    draftIn(context, workspace),
  );
  await keepDraft(context, workspace, draft);
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

function byInventory(context: Context, all: readonly OpenedRequest[], file: string): readonly OpenedRequest[] {
  const lines = textOf(file)
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')));
  const rows = lines.filter(([name = '', print = '']) => name !== '' && /^[0-9a-f]{16}$/.test(print));
  if (rows.length === 0)
    throw new CaroError('usage', `${file}: expected lines "name,fingerprint" with 16 hex digits, got none`);
  const wanted = new Set(rows.map(([name, print]) => `${name} ${print}`));
  const keyOf = ({ request }: OpenedRequest): string => `${request.name} ${fingerprintOf(request.node)}`;
  const chosen = all.filter((one) => wanted.has(keyOf(one)));
  const asked = new Set(chosen.map(keyOf));
  for (const row of wanted) if (!asked.has(row)) say(context, `no request: ${row}`);
  for (const one of all) if (!wanted.has(keyOf(one))) say(context, `not in the inventory: ${keyOf(one)}`);
  return chosen;
}

interface ChangeOptions extends InFolder {
  readonly officer: readonly string[];
  readonly withoutOfficer: readonly string[];
  readonly threshold?: number;
  readonly level?: 1 | 2;
  readonly floor?: number;
  readonly address: readonly string[];
  readonly relay: readonly string[];
  readonly withoutRelays?: true;
}

async function change(context: Context, options: ChangeOptions): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = draftIn(context, workspace);
  const { head } = draft.head;
  const added = options.officer.map(officerOf);
  const gone = new Set([...options.withoutOfficer, ...added.map(({ name }) => name)]);
  const relays = options.relay.map(relayOf);
  const next: Partial<RosterHead> = {
    officers: [...head.officers.filter(({ name }) => !gone.has(name)), ...added],
    relays: [...(options.withoutRelays ? [] : head.relays), ...relays],
    ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.floor === undefined ? {} : { floor: options.floor }),
  };
  await keepDraft(context, workspace, options.address.reduce(moved, changeDraft(draft, next)));
}

async function endorse(context: Context, name: string, options: InFolder): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = draftIn(context, workspace);
  const { org, previous, trustees } = draft.head.head;
  const trustee = trustees.find((one) => one.name === name);
  if (!trustee || previous === null)
    throw new CaroError('not_found', `expected the name of a trustee in a draft after version 1, ${name} is none`);
  const endorsement = endorseTrustee(
    { org, previous, trustee: trustee.id, sealingKey: trustee.card.sealingKey },
    readIdentity(context.places().identityKey),
  );
  const endorsed = trustees.map((one) => (one === trustee ? { ...one, endorsement } : one));
  await keepDraft(context, workspace, changeDraft(draft, { trustees: endorsed }));
}

async function sign(context: Context, options: InFolder & Consent & { readonly key: string }): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = presentDraft(workspace);
  const signer = officerKey(options.key);
  const last = workspace.last();
  const { head } = draft.head;
  const officer = [...head.officers, ...(last?.head.officers ?? [])].find(({ id }) => id === signer.id);
  if (!officer) throw new CaroError('usage', `expected the key of an officer, ${signer.fingerprint} is of none`);
  say(context, `${head.org}, version ${head.version}, signed by ${officer.name}:`);
  for (const line of changesOf(last?.head ?? null, draft, workspace.members())) say(context, `  ${line}`);
  if (!(await isConfirmed(context, 'Sign this version?', { yes: options.yes }))) return;
  const signed = { ...draft, head: signHead(draft.head, signer) };
  await workspace.writeDraft(signed);
  await issue(context, workspace, signed, options.key);
  const count = signersOf(signed.head.envelope, head).length;
  say(context, `signed; ${count} of ${head.threshold} signatures`);
}

/** The officer who runs the relay gives passes with each version that they sign. */
async function issue(context: Context, workspace: Workspace, draft: Draft, key: string): Promise<void> {
  const before = readOffice(key);
  if (before === null) return;
  const nowMs = context.now().getTime();
  const { office, passes, revoked } = await issuePasses(workspace, before, draft, { signer: officerKey(key), nowMs });
  writeOffice(key, office);
  if (passes > 0) say(context, `${passes} passes to the relay made`);
  if (revoked === 0) return;
  const folder = joinPath(workspace.folder, 'relay');
  await writeServerFiles(office, folder, nowMs);
  say(
    context,
    `${revoked} passes revoked: install ${joinPath(folder, 'nats-server.conf')} on the relay, then reload it`,
  );
}

async function publish(context: Context, options: InFolder): Promise<void> {
  const workspace = workspaceOf(context, options);
  const draft = presentDraft(workspace);
  const { threshold } = draft.head.head;
  const count = signersOf(draft.head.envelope, draft.head.head).length;
  if (count < threshold)
    throw new CaroError(
      'roster_unsigned',
      `expected the signatures of ${threshold} officers, got ${count}; sign the draft: caro org sign --key FILE`,
    );
  const opened = openHead(draft.head.envelope);
  const { head } = opened;
  const last = workspace.last();
  if (last && !hasQuorum(opened.envelope, last.head))
    throw new CaroError(
      'roster_unsigned',
      `expected signatures of ${last.head.threshold} officers of version ${last.head.version} too, got fewer`,
    );
  const before = memberList(workspace.members());
  const after = memberList(draft.members);
  const delta = deltaBetween({ org: head.org, from: last?.head.version ?? 0, to: head.version }, before, after);
  await workspace.write('deltas', headName(head.version), encodeDelta(delta));
  await workspace.write('heads', headName(head.version), encodeHead(opened));
  await workspace.writeMembers(after.members);
  workspace.dropDraft();
  workspace.keepPasses(after.members.map(({ id }) => fingerprintOf(id)));
  for (const { request } of workspace.requests())
    if (after.find(request.node)) workspace.remove('requests', fingerprintOf(request.node));
  const file = joinPath(workspace.folder, `${head.org}.caro-org`);
  await writePrivateFile(file, [encodeHead(opened).trimEnd()]);
  say(context, `version ${head.version} of ${head.org} is in ${workspace.folder}; new nodes join with ${file}`);
  const passes = workspace.texts('passes').filter((text) => passTime(text) > (last?.head.createdAt ?? ''));
  await handOver(context, { head: encodeHead(opened), delta: encodeDelta(delta), org: head.org, passes });
}

interface Published {
  readonly head: string;
  readonly delta: string;
  readonly org: string;
  /** Those made since the version before. */
  readonly passes: readonly string[];
}

/** Where this node is a supervisor, its members get the new version from it. */
async function handOver(context: Context, { head, delta, org, passes }: Published): Promise<void> {
  const { socket } = context.places();
  try {
    const status = existsSync(socket) ? await callAdmin(socket, 'org.status', {}) : null;
    if (status?.terms.org !== org) {
      say(
        context,
        'the service of this node does not follow this roster: on a supervisor, run caro org join or caro org import',
      );
      return;
    }
    const parcel = { heads: [head], deltas: [delta], requests: [], passes: [] };
    const taken = await callAdmin(socket, 'org.import', parcel, PUBLISH_MS);
    for (const some of passParcels(passes)) await callAdmin(socket, 'org.import', some, PUBLISH_MS);
    say(context, `the service of this node has version ${taken.version}, and gives it to the members`);
    if (taken.isWaiting) say(context, 'it waits for the owner of this node: caro org accept');
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
    say(context, 'no service is running here; carry the folder to a supervisor: caro org import');
  }
}
