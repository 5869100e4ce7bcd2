import { existsSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { CaroError } from '../../domain/errors.ts';
import { ORG_STATE_MEANS } from '../../domain/organisation/consent-text.ts';
import { changesOf, type Draft } from '../../organisation/draft.ts';
import { encodeHead, hasQuorum, joinHeads, openHead, signersOf, signHead } from '../../organisation/head.ts';
import { deltaBetween, encodeDelta, memberList } from '../../organisation/members.ts';
import { decodePass, readPass } from '../../organisation/relay-pass.ts';
import { fingerprintOf } from '../../organisation/terms.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { type InFolder, nextStep, presentDraft, workspaceOf } from '../organisation/drafts.ts';
import { madeKey, officerKey } from '../organisation/officer-options.ts';
import { issuePasses, readOffice, writeOffice, writeServerFiles } from '../organisation/relay-office.ts';
import { headName, passParcels, type Workspace } from '../organisation/workspace.ts';
import { say } from '../output/output.ts';
import { writePrivateFile } from '../output/output-file.ts';
import { addOrgDrafting } from './org-drafting.ts';
import { addRelayConfig } from './org-relay.ts';

const PUBLISH_MS = 120_000;
/** The commands of officers. They work in a folder, which may be on a machine without a network. */
export function addOrgOfficers(org: Command, context: Context): void {
  const inFolder = (command: Command): Command =>
    command.option('--dir <folder>', 'folder of the officers (org in the data folder of this node)');
  org
    .command('key <file>')
    .description('make the key of an officer in this file, or print the id of the key that is there')
    .action((file: string) => key(context, file));
  addOrgDrafting(org, context, inFolder);
  asking(inFolder(org.command('sign')), context)
    .description('sign the draft with the key of an officer, after showing what it changes')
    .requiredOption('--key <file>', "file of the officer's key")
    .action((options: InFolder & Consent & { readonly key: string }) => sign(context, options));
  inFolder(org.command('publish'))
    .description('finish the draft if enough officers have signed it, and hand it to the service of this node')
    .action((options: InFolder) => publish(context, options));
  addRelayConfig(org, context, inFolder);
}

function key(context: Context, file: string): void {
  const { id, fingerprint: shown, isNew } = madeKey(file);
  say(context, `${isNew ? 'made' : 'found'} the key ${shown} in ${file}`);
  say(context, id);
}

const passTime = (text: string): string => readPass(decodePass(text)).pass.createdAt;

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
  const signed = withOthers(workspace, { ...draft, head: signHead(draft.head, signer) });
  await workspace.writeDraft(signed);
  await issue(context, workspace, signed, options.key);
  const count = signersOf(signed.head.envelope, head).length;
  say(context, `signed; ${count} of ${head.threshold} signatures`);
  say(
    context,
    count < head.threshold
      ? nextStep(options, 'another officer signs: caro org sign --key FILE')
      : nextStep(options, 'caro org publish'),
  );
}

/** Another officer may have signed, or changed the draft, while this one was asked. */
function withOthers(workspace: Workspace, signed: Draft): Draft {
  const now = presentDraft(workspace).head;
  if (now.hash === signed.head.hash) return { ...signed, head: joinHeads(now, signed.head) };
  throw new CaroError(
    'usage',
    `${workspace.folder}: expected the draft that you were shown, it was changed meanwhile; nothing was signed; run the command again`,
  );
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

const NO_SERVICE =
  'no service is running here; carry the folder to a supervisor, and run there: caro org import FOLDER';

/** Where this node is a supervisor, its members get the new version from it. */
async function handOver(context: Context, { head, delta, org, passes }: Published): Promise<void> {
  const { socket } = context.places();
  try {
    if (!existsSync(socket)) {
      say(context, NO_SERVICE);
      return;
    }
    const status = await callAdmin(socket, 'org.status', {});
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
    if (taken.isForked) {
      say(context, ORG_STATE_MEANS.forked);
      return;
    }
    say(context, `the service of this node has version ${taken.version}, and gives it to the members`);
    if (taken.isWaiting) say(context, 'it waits for the owner of this node: caro org accept');
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
    say(context, NO_SERVICE);
  }
}
