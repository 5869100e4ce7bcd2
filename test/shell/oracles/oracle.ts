import { readFileSync } from 'node:fs';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A command as parsed by tree-sitter-bash: offset, text of its name, number of arguments. */
export interface SeenCommand {
  readonly start: number;
  readonly name: string;
  readonly args: number;
}

/** Finds commands in source order; null if the text could not be parsed. */
export type Oracle = (text: string) => SeenCommand[] | null;

/**
 * tree-sitter-bash as WebAssembly: its parser for Node.js must be compiled on some systems, and a
 * checkout MUST NOT need a compiler.
 */
export async function openOracle(): Promise<Oracle> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(readFileSync(require.resolve('tree-sitter-bash/tree-sitter-bash.wasm'))));
  return (text) => commandsOf(parser, text);
}

function commandsOf(parser: Parser, text: string): SeenCommand[] | null {
  const tree = parser.parse(text);
  if (tree === null) return null;
  const found: SeenCommand[] = [];
  const isRead = !tree.rootNode.hasError;
  if (isRead) visit(tree.rootNode, found);
  // Its memory is not garbage collected.
  tree.delete();
  if (!isRead) return null;
  return found.sort((a, b) => a.start - b.start || a.args - b.args);
}

const NOT_ARGUMENTS = new Set([
  'variable_assignment',
  'file_redirect',
  'heredoc_redirect',
  'herestring_redirect',
  'comment',
]);

function visit(node: Node, found: SeenCommand[]): void {
  if (node.type === 'command') {
    const name = node.childForFieldName('name');
    const args = node.childrenForFieldName('argument').length;
    if (name) found.push({ start: name.startIndex, name: name.text, args });
  } else if (node.type === 'declaration_command' || node.type === 'unset_command') {
    const name = node.child(0);
    if (name) found.push({ start: name.startIndex, name: name.text, args: node.childCount - 1 });
  } else if (node.type === 'test_command' && node.child(0)?.type === '[') {
    found.push({ start: node.startIndex, name: '[', args: -1 });
  }
  for (const child of node.children) if (child && (!NOT_ARGUMENTS.has(node.type) || child.isNamed)) visit(child, found);
}
