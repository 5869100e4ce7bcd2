import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import { CaroError } from '../../domain/errors.ts';
import {
  joinedText,
  LEAVING,
  meshRefused,
  ORG_STATE_MEANS,
  offerText,
  placeText,
  refusedText,
  sharingAfterLeaving,
  termFacts,
} from '../../domain/organisation/consent-text.ts';
import type { OrgOffer, OrgStatus, OrgTerms } from '../../domain/organisation/membership.ts';
import { readIdentity } from '../../identity/identity.ts';
import { openCardKeys } from '../../keys/card-keys.ts';
import { decodePass } from '../../organisation/relay-pass.ts';
import { decodeRequest, encodeRequest, signRequest } from '../../organisation/statements.ts';
import { fingerprintOf } from '../../organisation/terms.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed, withYes } from '../input/confirmation.ts';
import { parseCount, parseNodeName } from '../input/options.ts';
import { CARRY_MS, type CarriedCounts, carryBoxes, writeBoxes } from '../organisation/carried-boxes.ts';
import { parseOrgName, parseUnit } from '../organisation/officer-options.ts';
import {
  checked,
  headName,
  openWorkspace,
  parcelIn,
  passParcels,
  textOf,
  type Workspace,
} from '../organisation/workspace.ts';
import { figureLines } from '../output/answers/vector-lines.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { writePrivateFile } from '../output/output-file.ts';
import { sayFacts } from '../output/table.ts';
import { addOrgOfficers } from './org-officers.ts';

interface Format {
  readonly json?: true;
}

const CHANGE_MS = 120_000;

export function addOrg(program: Command, context: Context): void {
  const org = program.command('org').description('the organization that this node is a member of');
  withYes(org.command('join <file>'))
    .description('join with a file from your officers: shows what may leave, to whom and what can change, then asks')
    .option('--name <name>', 'name of this node in the roster (its own name)', parseNodeName)
    .option('--unit <unit>', 'your unit, as your officers call it', parseUnit, 'none')
    .option('--replaces <name>', 'the member that this node replaces because it was installed anew', parseNodeName)
    .option('--json', 'print one JSON object')
    .action((file: string, options: JoinOptions) => join(context, file, options));
  org
    .command('request')
    .argument('<organization>', 'its name', parseOrgName)
    .description('write a request without joining, for a supervisor or a trustee of an organization that is to be')
    .requiredOption('--output <file>', 'file for the request')
    .option('--name <name>', 'name of this node in the roster (its own name)', parseNodeName)
    .option('--unit <unit>', 'your unit, as your officers call it', parseUnit, 'none')
    .action((name: string, options: RequestOptions) => request(context, name, options));
  org
    .command('status')
    .description('print what this node grants to its organization, and what waits for you')
    .option('--json', 'print one JSON object')
    .action(({ json }: Format) => status(context, json));
  asking(org.command('accept'), context)
    .description('agree to the version of the roster that waits for you')
    .action((options: Consent) => accept(context, options));
  org
    .command('leave')
    .description('end everything that this node grants to its organization, at once')
    .option('--json', 'print one JSON object')
    .action(({ json }: Format) => leave(context, json));
  org
    .command('export <folder>')
    .description(
      'write roster, requests and sealed messages (reports, receipts, releases), to carry them to another machine',
    )
    .option('--since <version>', 'of the list, only what changed after this version', parseCount)
    .action((folder: string, { since }: { readonly since?: number }) => exportTo(context, folder, since));
  org
    .command('import <folder>')
    .description('read what caro org export wrote on other machines, and write replies into the same folder')
    .option('--json', 'print one JSON object')
    .action((folder: string, { json }: Format) => importFrom(context, folder, json));
  addOrgOfficers(org, context);
}

interface RequestOptions {
  readonly output: string;
  readonly name?: string;
  readonly unit: string;
}

interface JoinOptions extends Consent, Format {
  readonly name?: string;
  readonly unit: string;
  readonly replaces?: string;
}

async function join(context: Context, file: string, options: JoinOptions): Promise<void> {
  const { socket, config } = context.places();
  const document = textOf(file);
  const offer = await callAdmin(socket, 'org.inspect', { document });
  if (offer.isMeshRefused) throw new CaroError('usage', meshRefused(config));
  const { vectors, digest } = await callAdmin(socket, 'aggregates.preview', {}, CHANGE_MS);
  if (!options.json) {
    sayOffer(context, offer);
    say(context, 'Answers to all queries over the longest span, as they would leave now:');
    for (const line of vectors.flatMap(figureLines)) say(context, line);
    say(context, 'Every cell by name: caro sharing preview --level 2');
    say(context);
  }
  if (!(await isConfirmed(context, `Join ${offer.terms.org}?`, { yes: options.yes }))) return;
  const name = options.name ?? nameOf(context);
  const joined = await callAdmin(
    socket,
    'org.join',
    {
      document,
      name,
      unit: options.unit,
      ...(options.replaces === undefined ? {} : { predecessor: options.replaces }),
    },
    CHANGE_MS,
  );
  if (offer.sharingLevel === 0)
    await callAdmin(socket, 'settings.change', { set: 'sharing', level: 2, preview: digest }, CHANGE_MS);
  if (options.json) {
    sayJson(context, joined);
    return;
  }
  const { fingerprint } = readIdentity(context.places().identityKey);
  for (const line of joinedText(joined, { name, fingerprint })) say(context, line);
}

const nameOf = (context: Context): string =>
  loadConfiguration(context.places(), context.hostname).configuration.node.name;

function sayOffer(context: Context, offer: OrgOffer): void {
  sayTerms(context, offer.terms);
  say(context);
  for (const { title, lines } of offerText(offer)) {
    say(context, `${title}:`);
    for (const line of lines) say(context, `  ${line}`);
  }
  say(context);
}

const sayTerms = (context: Context, terms: OrgTerms): void => sayFacts(context, termFacts(terms, localTime));

async function request(context: Context, org: string, { output, name, unit }: RequestOptions): Promise<void> {
  const places = context.places();
  const identity = readIdentity(places.identityKey);
  const card = openCardKeys(places.cardKeys).card();
  const signed = signRequest(
    { org, name: name ?? nameOf(context), unit, card, predecessor: null, createdAt: context.now().toISOString() },
    identity,
  );
  await writePrivateFile(output, [encodeRequest(signed).trimEnd()]);
  say(
    context,
    `request of ${signed.request.name} (${identity.fingerprint}) written to ${output}; give it to an officer`,
  );
}

async function status(context: Context, json: true | undefined): Promise<void> {
  const found = await callAdmin(context.places().socket, 'org.status', {});
  if (json) sayJson(context, found ?? { terms: null });
  else if (found === null) say(context, 'This node is not a member of an organization.');
  else sayStatus(context, found);
}

function sayStatus(context: Context, found: OrgStatus): void {
  const { terms, role, membership, state, waiting, list, requests, refused } = found;
  sayTerms(context, terms);
  sayFacts(context, [
    ['state', ORG_STATE_MEANS[state]],
    ['this node', placeText({ role, membership, list })],
    ...(role === 'supervisor' ? ([['requests', String(requests)]] as const) : []),
  ]);
  for (const news of refused) say(context, refusedText(news, localTime));
  if (waiting === null) return;
  say(context, `Version ${waiting.terms.version} waits for you (caro org accept). It asks for:`);
  for (const line of waiting.asksFor) say(context, `  ${line}`);
}

async function accept(context: Context, { yes }: Consent): Promise<void> {
  const { socket } = context.places();
  const found = await callAdmin(socket, 'org.status', {});
  if (!found?.waiting)
    throw new CaroError('not_found', 'expected a version of the roster that waits for you, there is none');
  const { terms, asksFor } = found.waiting;
  sayTerms(context, terms);
  say(context, 'It asks for more than you have agreed to:');
  for (const line of asksFor) say(context, `  ${line}`);
  if (!(await isConfirmed(context, `Agree to version ${terms.version}?`, { yes }))) return;
  await callAdmin(socket, 'org.agree', { hash: terms.hash }, CHANGE_MS);
  say(context, `version ${terms.version} is in force`);
}

async function leave(context: Context, json: true | undefined): Promise<void> {
  const { socket } = context.places();
  const found = await callAdmin(socket, 'org.status', {});
  await callAdmin(socket, 'org.leave', {}, CHANGE_MS);
  if (json) {
    sayJson(context, { left: found?.terms.org ?? null });
    return;
  }
  say(context, `left ${found?.terms.org ?? 'the organization'}`);
  for (const line of LEAVING) say(context, line);
  const { sharing } = loadConfiguration(context.places(), context.hostname).configuration;
  const rest = sharingAfterLeaving(sharing.level);
  if (rest !== null) say(context, rest);
}

async function exportTo(context: Context, folder: string, since: number | undefined): Promise<void> {
  const { socket } = context.places();
  const parcel = await callAdmin(socket, 'org.export', since === undefined ? {} : { from: since }, CHANGE_MS);
  const workspace = openWorkspace(folder);
  for (const text of parcel.heads) await workspace.write('heads', headName(versionIn(text)), text);
  for (const text of parcel.deltas)
    await workspace.write('deltas', headName((JSON.parse(text) as { readonly to: number }).to), text);
  // One folder may be carried from node to node.
  for (const text of parcel.requests)
    await workspace.write('requests', fingerprintOf(decodeRequest(text).request.node), text);
  const { boxes } = await callAdmin(socket, 'org.carry', { boxes: [] }, CARRY_MS);
  await writeBoxes(workspace, boxes);
  say(
    context,
    `${parcel.heads.length} heads, ${parcel.deltas.length} lists, ${parcel.requests.length} requests to join and ${boxes.length} sealed messages written to ${folder}`,
  );
  if (boxes.length > 0) say(context, `time of this node: ${localTime(context.now().toISOString())}; check it`);
}

function versionIn(text: string): number {
  const { payload } = JSON.parse(text) as { readonly payload: string };
  return (JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { readonly version: number }).version;
}

async function importFrom(context: Context, folder: string, json: true | undefined): Promise<void> {
  const { socket } = context.places();
  const workspace = openWorkspace(folder);
  const taken = await callAdmin(socket, 'org.import', parcelIn(workspace), CHANGE_MS);
  let passes = 0;
  for (const parcel of passParcels(await passesFor(context, workspace)))
    passes += (await callAdmin(socket, 'org.import', parcel, CHANGE_MS)).passes;
  const carried = await carryBoxes(socket, workspace);
  if (json) {
    sayJson(context, { ...taken, passes, carried });
    return;
  }
  say(context, `version ${taken.version} is in force; ${taken.heads} new heads, ${taken.requests} requests`);
  if (passes > 0) say(context, `${passes} new passes to the relay`);
  if (taken.isWaiting) say(context, 'A newer version waits for you: caro org status');
  if (taken.isForked) say(context, ORG_STATE_MEANS.forked);
  sayCarried(context, workspace, carried);
}

function sayCarried(context: Context, { folder }: Workspace, carried: CarriedCounts): void {
  const { requests, replies, written, elsewhere, refused } = carried;
  if (requests + replies + written + elsewhere + refused.length === 0) return;
  say(context, `sealed messages: ${requests} requests and ${replies} replies taken, ${written} written to ${folder}`);
  if (elsewhere > 0) say(context, `${elsewhere} sealed messages are for other nodes: carry ${folder} on to them`);
  for (const { file, code } of refused) say(context, `refused: ${file}: ${code}`);
  if (refused.length > 0)
    say(context, 'Refused files stay in the folder and change nothing. Every code: docs/errors.md');
}

/** All of them where this node keeps the list of members, or its own. */
async function passesFor(context: Context, workspace: Workspace): Promise<readonly string[]> {
  const { socket, identityKey } = context.places();
  const found = await callAdmin(socket, 'org.status', {});
  if (found?.role !== 'member') return checked(workspace, 'passes', decodePass);
  return checked(workspace, 'passes', decodePass, [readIdentity(identityKey).fingerprint]);
}
