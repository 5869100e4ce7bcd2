/** Adds our entries to the text of an agent's hook file, finds them, and removes them. */
import type { AgentProgram } from './agent-programs.ts';
import {
  type Insertion,
  inserted,
  insertionInto,
  type JsonNode,
  memberOf,
  parseJsonText,
  withoutChild,
} from './json-text.ts';

export interface Edited {
  readonly text: string;
  /** In the order in which they were made; none where an earlier entry of ours was replaced. */
  readonly insertions: readonly Insertion[];
}

/** `partial`: some events have no entry of ours, or one that starts another program. */
export type EntryState = 'installed' | 'partial' | 'missing';

/** A whole file with nothing but our entries. */
export function newFile(program: AgentProgram, command: string): string {
  const hooks = Object.fromEntries(program.events.map((event) => [event, [program.entry(command)]]));
  return `${JSON.stringify({ ...program.head, hooks }, null, 2)}\n`;
}

/**
 * Adds an entry for each event that has none.
 * @throws SyntaxError for a text that is no JSON; RangeError for one that is laid out differently
 */
export function withEntries(text: string, program: AgentProgram, command: string): Edited {
  const insertions: Insertion[] = [];
  let edited = hasOther(text, program, command) ? withoutEntries(text, program) : text;
  const isPure = edited === text;
  const insert = (node: JsonNode, json: string): void => {
    const insertion = insertionInto(edited, node, json, program.comments);
    insertions.push(insertion);
    edited = inserted(edited, insertion);
  };
  for (const event of program.events) {
    const root = rootOf(edited, program);
    const hooks = memberOf(root, 'hooks');
    const entry = program.entry(command);
    if (!hooks) {
      insert(root, `"hooks": ${JSON.stringify({ [event]: [entry] }, null, 2)}`);
      continue;
    }
    if (!hooks.isObject) throw new RangeError('expected "hooks" to be an object');
    const entries = memberOf(hooks, event);
    if (!entries) insert(hooks, `"${event}": ${JSON.stringify([entry], null, 2)}`);
    else if (ourEntries(edited, entries, event, program).length === 0) insert(entries, JSON.stringify(entry, null, 2));
  }
  return { text: edited, insertions: isPure ? insertions : [] };
}

/**
 * Removes our entries only, and lists and objects that are empty without them.
 * @throws as `withEntries`
 */
export function withoutEntries(text: string, program: AgentProgram): string {
  let edited = text;
  const remove = (node: JsonNode, index: number): void => {
    edited = withoutChild(edited, node, index, program.comments);
  };
  for (const event of program.events) {
    for (;;) {
      const hooks = memberOf(rootOf(edited, program), 'hooks');
      const entries = hooks?.isObject ? memberOf(hooks, event) : undefined;
      const [index] = entries ? ourEntries(edited, entries, event, program) : [];
      if (!hooks || !entries || index === undefined) break;
      const group = entries.children?.[index]?.value;
      const inner = group && memberOf(group, 'hooks');
      // The owner may have put a hook of theirs beside ours.
      if (inner?.children && inner.children.length > 1) remove(inner, ourPlaces(edited, inner, program)[0] ?? 0);
      else if (entries.children?.length === 1) remove(hooks, placeOf(hooks, event));
      else remove(entries, index);
    }
  }
  const root = rootOf(edited, program);
  const hooks = memberOf(root, 'hooks');
  if (edited !== text && hooks?.children?.length === 0) remove(root, placeOf(root, 'hooks'));
  return edited;
}

/** @throws as `withEntries` */
export function entryState(text: string, program: AgentProgram, command: string): EntryState {
  const hooks = memberOf(rootOf(text, program), 'hooks');
  const found = program.events.filter((event) => {
    const entries = hooks?.isObject ? memberOf(hooks, event) : undefined;
    return entries !== undefined && ourEntries(text, entries, event, program).length > 0;
  });
  if (found.length > 0 && hasOther(text, program, command)) return 'partial';
  if (found.length === 0) return 'missing';
  return found.length === program.events.length ? 'installed' : 'partial';
}

/** Whether an entry of ours starts a program elsewhere, or in another way. */
const hasOther = (text: string, { name }: AgentProgram, command: string): boolean =>
  text.replaceAll(JSON.stringify(command), '').search(new RegExp(`caro-agent\\.sh' ${name}[" ]`)) !== -1;

function rootOf(text: string, { comments }: AgentProgram): JsonNode {
  const root = parseJsonText(text, comments);
  if (!root.isObject) throw new RangeError('expected an object');
  return root;
}

/** Places of the entries that start our program. */
function ourEntries(text: string, entries: JsonNode, event: string, program: AgentProgram): readonly number[] {
  if (!entries.children || entries.isObject) throw new RangeError(`expected "hooks.${event}" to be a list`);
  return ourPlaces(text, entries, program);
}

/** Whatever the directory of the program and further arguments. */
function ourPlaces(text: string, list: JsonNode, { name }: AgentProgram): readonly number[] {
  const own = new RegExp(`caro-agent\\.sh' ${name}[" ]`);
  return (list.children ?? []).flatMap(({ value }, index) =>
    own.test(text.slice(value.start, value.end)) ? [index] : [],
  );
}

const placeOf = (node: JsonNode, key: string): number => (node.children ?? []).findIndex((child) => child.key === key);
