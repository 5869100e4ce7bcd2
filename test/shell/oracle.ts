import Parser from 'tree-sitter';
import Bash from 'tree-sitter-bash';

/** A command as tree-sitter-bash sees it: offset, text of its name, number of arguments. */
export interface SeenCommand {
  readonly start: number;
  readonly name: string;
  readonly args: number;
}

const parser = new Parser();
parser.setLanguage(Bash);

/** Commands found by tree-sitter-bash in the order they are written; null when it could not parse the text. */
export function oracleCommands(text: string): SeenCommand[] | null {
  const tree = parser.parse(text);
  if (tree.rootNode.hasError) return null;
  const found: SeenCommand[] = [];
  visit(tree.rootNode, found);
  return found.sort((a, b) => a.start - b.start || a.args - b.args);
}

const NOT_ARGUMENTS = new Set([
  'variable_assignment',
  'file_redirect',
  'heredoc_redirect',
  'herestring_redirect',
  'comment',
]);

function visit(node: Parser.SyntaxNode, found: SeenCommand[]): void {
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
  for (const child of node.children) if (!NOT_ARGUMENTS.has(node.type) || child.isNamed) visit(child, found);
}
