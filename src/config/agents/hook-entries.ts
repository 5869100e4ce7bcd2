/** Adds our entries to the text of an agent's hook file, finds them, and removes them. */
import { GUARD_LEVELS, type GuardLevel } from '../../domain/guard/guard.ts';
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

/** What our entries start. */
export interface Commands {
  readonly observe: string;
  /** Of the guard; undefined without one. */
  readonly guard?: string | undefined;
}

/** Entries that start the same program, and how they are found whatever its directory. */
interface Part extends Pick<AgentProgram, 'events' | 'entry' | 'comments'> {
  readonly own: RegExp;
}

const observing = (program: AgentProgram): Part => ({
  ...program,
  own: new RegExp(`caro-agent\\.sh' ${program.name}[" ]`),
});

/** Of the event before a command only. */
const guarding = ({ name, events, entry, guardEntry = entry, comments }: AgentProgram): Part => ({
  events: events.slice(0, 1),
  entry: guardEntry,
  comments,
  own: new RegExp(`caro\\.js' guard agent ${name} --from (${GUARD_LEVELS.join('|')})"`),
});

/** A whole file with nothing but our entries. */
export function newFile(program: AgentProgram, { observe, guard }: Commands): string {
  const { events, entry } = guarding(program);
  const hooks = Object.fromEntries(
    program.events.map((event) => [
      event,
      [program.entry(observe), ...(guard !== undefined && events.includes(event) ? [entry(guard)] : [])],
    ]),
  );
  return `${JSON.stringify({ ...program.head, hooks }, null, 2)}\n`;
}

/**
 * Adds an entry for each event that has none.
 * @throws SyntaxError for a text that is no JSON; RangeError for one that is laid out differently
 */
export function withEntries(text: string, program: AgentProgram, { observe, guard }: Commands): Edited {
  const first = withPart(text, observing(program), observe);
  if (guard === undefined) return first;
  const second = withPart(first.text, guarding(program), guard);
  const isPure = !isOurs(text, program);
  return { text: second.text, insertions: isPure ? [...first.insertions, ...second.insertions] : [] };
}

/** Whether any entry of ours is there. */
const isOurs = (text: string, program: AgentProgram): boolean =>
  observing(program).own.test(text) || guarding(program).own.test(text);

function withPart(text: string, program: Part, command: string): Edited {
  const insertions: Insertion[] = [];
  let edited = hasOther(text, program, command) ? withoutPart(text, program) : text;
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
export const withoutEntries = (text: string, program: AgentProgram): string =>
  withoutPart(withoutPart(text, observing(program)), guarding(program));

function withoutPart(text: string, program: Part): string {
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
export function entryState(text: string, program: AgentProgram, { observe, guard }: Commands): EntryState {
  const state = partState(text, observing(program), observe);
  if (guard === undefined || state !== 'installed') return state;
  return partState(text, guarding(program), guard) === 'installed' ? 'installed' : 'partial';
}

/** Whether the file switches all hooks off, ours too. @throws as `withEntries` */
export function isOff(text: string, program: AgentProgram): boolean {
  if (!program.off) return false;
  let node: JsonNode | undefined = rootOf(text, program);
  for (const name of program.off.path) node = node?.isObject ? memberOf(node, name) : undefined;
  return node !== undefined && text.slice(node.start, node.end) === program.off.value;
}

/** From which risk on the guard acts; null without its entry. @throws as `withEntries` */
export function guardLevelIn(text: string, program: AgentProgram): GuardLevel | null {
  const part = guarding(program);
  const [event = ''] = part.events;
  const hooks = memberOf(rootOf(text, part), 'hooks');
  const entries = hooks?.isObject ? memberOf(hooks, event) : undefined;
  const [index] = entries ? ourEntries(text, entries, event, part) : [];
  const node = index === undefined ? undefined : entries?.children?.[index]?.value;
  const [, word] = part.own.exec(node ? text.slice(node.start, node.end) : '') ?? [];
  return GUARD_LEVELS.find((level) => level === word) ?? null;
}

function partState(text: string, program: Part, command: string): EntryState {
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
const hasOther = (text: string, { own }: Part, command: string): boolean =>
  own.test(text.replaceAll(JSON.stringify(command), ''));

function rootOf(text: string, { comments }: Pick<Part, 'comments'>): JsonNode {
  const root = parseJsonText(text, comments);
  if (!root.isObject) throw new RangeError('expected an object');
  return root;
}

/** Places of the entries that start our program. */
function ourEntries(text: string, entries: JsonNode, event: string, program: Part): readonly number[] {
  if (!entries.children || entries.isObject) throw new RangeError(`expected "hooks.${event}" to be a list`);
  return ourPlaces(text, entries, program);
}

/** Whatever the directory of the program and further arguments. */
function ourPlaces(text: string, list: JsonNode, { own }: Part): readonly number[] {
  return (list.children ?? []).flatMap(({ value }, index) =>
    own.test(text.slice(value.start, value.end)) ? [index] : [],
  );
}

const placeOf = (node: JsonNode, key: string): number => (node.children ?? []).findIndex((child) => child.key === key);
