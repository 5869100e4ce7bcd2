import { join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import { VALID_DAYS } from '../../domain/organisation/roster.ts';
import { changesOf, type Draft, nextDraft } from '../../organisation/draft.ts';
import type { Context } from '../context.ts';
import { say } from '../output/output.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export interface InFolder {
  readonly dir?: string;
}

export const workspaceOf = (context: Context, { dir }: InFolder): Workspace =>
  openWorkspace(dir ?? join(context.places().data, 'org'));

/** The draft in the folder, or a new one after the newest version. */
export function draftIn(context: Context, workspace: Workspace): Draft {
  const draft = workspace.draft();
  if (draft) return draft;
  const last = workspace.last();
  if (!last)
    throw new CaroError('not_found', `${workspace.folder}: expected the folder of a roster; run: caro org create`);
  return nextDraft(last, workspace.members(), context.now().getTime(), VALID_DAYS.usual);
}

/** What comes next in the folder of the officers. */
export const nextStep = ({ dir }: InFolder, command: string): string =>
  `next: ${command}${dir === undefined ? '' : ` --dir ${dir}`}`;

/** Stores and shows a draft. An edit drops signatures. */
export async function keepDraft(
  context: Context,
  { workspace, options }: { readonly workspace: Workspace; readonly options: InFolder },
  draft: Draft,
): Promise<void> {
  await workspace.writeDraft(draft);
  say(context, `draft of version ${draft.head.head.version} in ${workspace.folder}:`);
  const before = workspace.last()?.head ?? null;
  for (const line of changesOf(before, draft, workspace.members())) say(context, `  ${line}`);
  say(context, nextStep(options, 'officers sign it: caro org sign --key FILE'));
}

export function presentDraft(workspace: Workspace): Draft {
  const draft = workspace.draft();
  if (draft) return draft;
  throw new CaroError(
    'not_found',
    `${workspace.folder}: expected a draft; make one with caro org approve or caro org change`,
  );
}
