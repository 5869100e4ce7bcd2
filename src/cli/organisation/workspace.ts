import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import type { OrgParcel } from '../../domain/organisation/membership.ts';
import type { Member } from '../../domain/organisation/roster.ts';
import type { Draft } from '../../organisation/draft.ts';
import { decodeDraft, decodeHead, encodeHead, type OpenedHead } from '../../organisation/head.ts';
import { decodeDelta, decodeMember, encodeMember } from '../../organisation/members.ts';
import { decodeRequest, type OpenedRequest } from '../../organisation/statements.ts';
import { withOpenFile } from '../../platform/files/private-file.ts';
import { writePrivateFile } from '../output/output-file.ts';

/*
 * A folder with the documents of an organization: what officers work in, and what is carried to
 * other machines. `heads`, `deltas`, `requests`, `passes` and `boxes` hold one document a file;
 * `members.jsonl` is the list of the newest head; `draft.json` and `draft-members.jsonl` are the
 * next head.
 */

/** The list of 100,000 members has 45 MB. */
const MAX_BYTES = 64 * 1_048_576;

type Folder = 'heads' | 'deltas' | 'requests' | 'passes' | 'boxes';

export interface Workspace {
  readonly folder: string;
  /** The newest published head; null before the first one. */
  readonly last: () => OpenedHead | null;
  readonly members: () => readonly Member[];
  readonly draft: () => Draft | null;
  readonly writeDraft: (draft: Draft) => Promise<void>;
  readonly dropDraft: () => void;
  readonly requests: () => readonly OpenedRequest[];
  readonly texts: (folder: Folder) => readonly string[];
  /** Without their ending. */
  readonly names: (folder: Folder) => readonly string[];
  readonly remove: (folder: Folder, name: string) => void;
  /** @param name without its ending */
  readonly text: (folder: Folder, name: string) => string | null;
  readonly write: (folder: Folder, name: string, text: string) => Promise<void>;
  readonly writeMembers: (members: readonly Member[]) => Promise<void>;
  /** Removes the passes to the relay that have another name. */
  readonly keepPasses: (names: readonly string[]) => void;
}

export const headName = (version: number): string => String(version).padStart(6, '0');

export function openWorkspace(folder: string): Workspace {
  const path = (...parts: readonly string[]): string => join(folder, ...parts);
  const files = (name: Folder): readonly string[] =>
    existsSync(path(name))
      ? readdirSync(path(name))
          .filter((file) => file.endsWith('.json'))
          .sort()
      : [];
  const texts = (name: Folder): readonly string[] => files(name).map((file) => documentAt(path(name, file)));
  const listIn = (file: string): readonly Member[] =>
    existsSync(path(file))
      ? documentAt(path(file))
          .split('\n')
          .filter((line) => line !== '')
          .map(decodeMember)
      : [];
  return {
    folder,
    last: () => {
      const file = files('heads').at(-1);
      return file === undefined ? null : decodeHead(documentAt(path('heads', file)));
    },
    members: () => listIn('members.jsonl'),
    draft: () =>
      existsSync(path('draft.json'))
        ? { head: decodeDraft(documentAt(path('draft.json'))), members: listIn('draft-members.jsonl') }
        : null,
    writeDraft: async ({ head, members }) => {
      makeFolder(folder);
      await writePrivateFile(path('draft-members.jsonl'), members.map(encodeMember));
      await writePrivateFile(path('draft.json'), [encodeHead(head).trimEnd()]);
    },
    dropDraft: () => {
      for (const file of ['draft.json', 'draft-members.jsonl']) rmSync(path(file), { force: true });
    },
    requests: () => texts('requests').map(decodeRequest),
    texts,
    names: (name) => files(name).map((file) => file.slice(0, -'.json'.length)),
    remove: (name, file) => rmSync(path(name, `${file}.json`), { force: true }),
    text: (name, file) => (existsSync(path(name, `${file}.json`)) ? documentAt(path(name, `${file}.json`)) : null),
    write: async (name, file, text) => {
      makeFolder(path(name));
      await writePrivateFile(path(name, `${file}.json`), [text.trimEnd()]);
    },
    writeMembers: (members) => writePrivateFile(path('members.jsonl'), members.map(encodeMember)),
    keepPasses: (names) => {
      const kept = new Set(names.map((name) => `${name}.json`));
      for (const file of files('passes')) if (!kept.has(file)) rmSync(path('passes', file));
    },
  };
}

/** Passes in one request on the control socket, which has a limit of bytes. */
const PASSES_AT_ONCE = 200;

/** Passes to the relay, for as many calls of `org.import` as they need. */
export const passParcels = (passes: readonly string[]): readonly OrgParcel[] =>
  Array.from({ length: Math.ceil(passes.length / PASSES_AT_ONCE) }, (_, at) => ({
    heads: [],
    deltas: [],
    requests: [],
    passes: passes.slice(at * PASSES_AT_ONCE, (at + 1) * PASSES_AT_ONCE),
  }));

/**
 * Everything in the folder but the passes, for `org.import`.
 * @throws CaroError `not_found` for an empty folder
 */
export function parcelIn(workspace: Workspace): OrgParcel {
  const { folder } = workspace;
  const heads = checked(workspace, 'heads', decodeDraft);
  const deltas = checked(workspace, 'deltas', decodeDelta);
  const requests = checked(workspace, 'requests', decodeRequest);
  if (heads.length + requests.length > 0) return { heads, deltas, requests, passes: [] };
  throw new CaroError(
    'not_found',
    `${folder}: expected a folder with heads or requests, got none; name the one that caro org export wrote`,
  );
}

/**
 * Texts of a folder that can be read. The service checks them again, and names no file.
 * @throws CaroError that names the file
 */
export const checked = (
  { folder, names, text }: Workspace,
  name: Folder,
  decode: (text: string) => unknown,
  files: readonly string[] = names(name),
): readonly string[] =>
  files.flatMap((file) => {
    const found = text(name, file);
    if (found === null) return [];
    naming(join(folder, name, `${file}.json`), decode)(found);
    return [found];
  });

/** A decoder whose errors name the file. */
export const naming =
  <T>(file: string, decode: (text: string) => T) =>
  (text: string): T => {
    try {
      return decode(text);
    } catch (error) {
      if (error instanceof CaroError) throw new CaroError(error.code, `${file}: ${error.message}`, { cause: error });
      throw error;
    }
  };

/** @throws CaroError `place_unusable` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CaroError('place_unusable', `${folder}: expected a folder that can be written, got ${code}`);
  }
}

/** @throws CaroError `usage` */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * A file in a folder that others have carried: no link to another file, and no FIFO, for whose
 * writer it would wait.
 *
 * @throws CaroError `usage`
 */
function documentAt(file: string): string {
  try {
    return withOpenFile(file, (descriptor, facts) => {
      if (facts.isFile() && facts.size <= MAX_BYTES) return readFileSync(descriptor, 'utf8');
      throw new CaroError('usage', `${file}: expected a regular file of at most ${MAX_BYTES >> 20} MiB, got another`);
    });
  } catch (error) {
    throw error instanceof CaroError ? error : unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CaroError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  const found = code === 'ENOENT' ? 'there is none' : code === 'ELOOP' ? 'got a symbolic link' : `got ${code}`;
  return new CaroError('usage', `${file}: expected a file that can be read, ${found}`);
}
