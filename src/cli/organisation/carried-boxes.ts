import { callAdmin } from '../../admin/client.ts';
import { CaroError } from '../../domain/errors.ts';
import type { CarriedOutcome } from '../../domain/relay/carried.ts';
import type { Workspace } from './workspace.ts';

/* Sealed messages in a folder that is carried from node to node. */

/** An aggregator prepares the reports that it has taken. */
export const CARRY_MS = 600_000;
/** In one request on the control socket, which has a limit of bytes. */
const BYTES_AT_ONCE = 8_000_000;

export interface CarriedCounts {
  readonly requests: number;
  readonly replies: number;
  readonly written: number;
  readonly elsewhere: number;
  readonly refused: readonly { readonly file: string; readonly code: string }[];
}

interface BoxFile {
  readonly name: string;
  readonly text: string;
}

/** The name of the file is the subject of the box: what is sent again replaces its first copy. */
export async function writeBoxes(workspace: Workspace, boxes: readonly string[]): Promise<void> {
  for (const text of boxes)
    await workspace.write('boxes', (JSON.parse(text) as { readonly subject: string }).subject, text);
}

/**
 * Hands the boxes of a folder to the service, and writes what it answers. What this node has taken
 * is removed from the folder.
 */
export async function carryBoxes(socket: string, workspace: Workspace): Promise<CarriedCounts> {
  const outcomes: (CarriedOutcome & { readonly name: string })[] = [];
  const all = workspace.names('boxes').flatMap((name): readonly BoxFile[] => {
    try {
      const text = workspace.text('boxes', name);
      return text === null ? [] : [{ name, text }];
    } catch (error) {
      if (!(error instanceof CaroError)) throw error;
      outcomes.push({ what: 'refused', code: 'message_malformed', name });
      return [];
    }
  });
  let written = 0;
  for (const some of inParts(all)) {
    const { outcomes: found, boxes } = await callAdmin(
      socket,
      'org.carry',
      { boxes: some.map(({ text }) => text) },
      CARRY_MS,
    );
    await writeBoxes(workspace, boxes);
    written += boxes.length;
    outcomes.push(...found.map((outcome, at) => ({ ...outcome, name: some[at]?.name ?? '' })));
  }
  for (const { what, name } of outcomes) if (what === 'request' || what === 'reply') workspace.remove('boxes', name);
  const count = (wanted: CarriedOutcome['what']): number => outcomes.filter(({ what }) => what === wanted).length;
  return {
    requests: count('request'),
    replies: count('reply'),
    elsewhere: count('elsewhere'),
    written,
    refused: outcomes.flatMap(({ name, code }) => (code === null ? [] : [{ file: `boxes/${name}.json`, code }])),
  };
}

/** At least one part: a visit also brings what waits on this node. */
function inParts(all: readonly BoxFile[]): readonly (readonly BoxFile[])[] {
  const parts: BoxFile[][] = [[]];
  let size = 0;
  for (const one of all) {
    if (size + one.text.length > BYTES_AT_ONCE) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += one.text.length;
  }
  return parts;
}
