/** What the hook of a coding agent reads on standard input before a tool runs. */

/**
 * `other`: the event or the tool runs no command of a shell. `unclear`: a command that is no text.
 */
export type AgentInput =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly cwd: string | null;
      readonly approval: string | null;
    }
  | { readonly kind: 'other' | 'unclear' };

/** The events before a command, of Claude Code and Codex, Gemini CLI, and Cursor. */
const BEFORE = new Set(['PreToolUse', 'BeforeTool', 'beforeShellExecution']);
/** Tools whose `command` is a line for a shell. Other tools may have a field of that name. */
const SHELL_TOOLS = new Set([
  'Bash',
  'run_shell_command',
  'Shell',
  'shell',
  'local_shell',
  'shell_command',
  'exec_command',
]);

const OTHER: AgentInput = { kind: 'other' };
const UNCLEAR: AgentInput = { kind: 'unclear' };

/** Strict about what it needs, and blind to all other fields: agents add some in every release. */
export function decodeAgentInput(text: string): AgentInput {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return UNCLEAR;
  }
  if (!isTable(input)) return UNCLEAR;
  const { hook_event_name: event, tool_name: tool, tool_input: given, cwd, permission_mode: approval } = input;
  if (typeof event !== 'string') return UNCLEAR;
  if (!BEFORE.has(event)) return OTHER;
  if (event !== 'beforeShellExecution' && !(typeof tool === 'string' && SHELL_TOOLS.has(tool))) return OTHER;
  const table = event === 'beforeShellExecution' ? input : given;
  if (!isTable(table)) return UNCLEAR;
  const command = commandOf(table['command'] ?? table['cmd']);
  if (command === null) return UNCLEAR;
  const place = [table['workdir'], table['dir_path'], table['directory']].find((one) => typeof one === 'string');
  return {
    kind: 'command',
    command,
    cwd: directoryOf(typeof cwd === 'string' ? cwd : '', typeof place === 'string' ? place : ''),
    approval: typeof approval === 'string' ? approval : null,
  };
}

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A line, or the words of a program, of which `bash -lc LINE` stands for the line. */
function commandOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return null;
  const words = value.filter((word) => typeof word === 'string');
  if (words.length !== value.length) return null;
  const [program = '', option = '', line] = words;
  if (line !== undefined && words.length === 3 && /(^|\/)(ba|z|da)?sh$/.test(program) && /^-l?c$/.test(option))
    return line;
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

/** Null where it is not known. */
function directoryOf(cwd: string, place: string): string | null {
  if (place.startsWith('/')) return place;
  if (!cwd.startsWith('/')) return null;
  return place === '' ? cwd : `${cwd}/${place}`;
}
