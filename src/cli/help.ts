import type { Command } from 'commander';

/** Headings of `caro --help`, and what stands under each. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Getting started:': ['init', 'shell', 'import', 'completion'],
  'Your commands:': ['events', 'stats', 'assess', 'dashboard'],
  'The service:': ['service', 'status', 'metrics', 'doctor', 'reload', 'config', 'db', 'version', 'help'],
  'What others may know:': ['summary', 'sharing', 'egress', 'audit'],
  'The mesh:': ['identity', 'peers', 'trust', 'mesh'],
};

/** Command lines that are worth knowing, by command; shown below its help and in the man page. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  '': [
    ['caro init', 'make this node, and print the line for your shell'],
    ['caro service install', 'start it now and at every login'],
    ['caro events --since 1h --risk high', 'what was dangerous in the last hour'],
    ['caro doctor', 'find out why something does not work'],
  ],
  metrics: [['caro metrics --token', 'the file for credentials_file in prometheus.yml']],
  'service logs': [['caro service logs --follow', 'go on with new lines until ^C']],
  'service install': [['caro service install --print', 'look at the unit before it is written']],
  'config check': [['caro config check && caro reload', 'take over a changed caro.toml']],
  'shell init': [
    ['eval "$(caro shell init bash)"', 'the last line of ~/.bashrc (zsh: ~/.zshrc)'],
    ['caro shell init fish | source', 'in ~/.config/fish/config.fish'],
  ],
  import: [
    ['caro import zsh', 'from ~/.zsh_history'],
    ['caro import atuin --file ~/backup/history.db', 'from a copy of the database'],
  ],
  events: [
    ['caro events --since 7d --tool git', 'git commands of a week'],
    ['caro events --risk high --follow', 'watch for dangerous ones'],
    ['caro events --since 1d --json | jq -r .command', 'for other programs'],
  ],
  stats: [['caro stats --since 30d', 'your month']],
  assess: [
    ["caro assess 'rm -rf build | tee log'", 'rate a command'],
    ['caro assess -- rm -rf build', 'the same for one without anything that the shell would take for itself'],
    ['caro assess < deploy.sh', 'rate a script, out of sight of other users'],
    ['caro assess --jsonl < commands.jsonl', 'rate many'],
  ],
  'summary preview': [['caro summary preview --period weekly --json', 'byte for byte what would leave']],
  'sharing enable': [['caro sharing enable --level 2', 'sums over several nodes only']],
  'identity show': [['caro identity show --json', 'for a configuration file']],
  'peers add': [['caro peers add caro:ed25519:… 10.0.1.5:9238 --name ciso', 'note where a node is']],
  'peers join': [['caro peers join', 'type the code that the other side shows with: caro peers invite']],
  'trust set': [['caro trust set ciso supervisor', 'it may ask for sums']],
  'trust explain': [
    ['caro trust explain ciso --query safety-posture', 'what it would get, and by which rule'],
    ['caro trust explain caro:ed25519:… --from 10.0.1.7', 'a node that is not known yet'],
  ],
  'mesh query': [['caro mesh query safety-posture --since 7d', 'ask all, and account for each']],
  'egress list': [
    ['caro egress list --peer ciso', 'what went there'],
    ['caro egress list --show 12', 'one message, as it was sent'],
  ],
  'audit list': [['caro audit list --type peer.refused', 'who was turned away, and why']],
  'audit verify': [['caro audit verify --file audit.jsonl --id caro:ed25519:…', 'check the log of another node']],
  'audit export': [
    ['caro audit export --out audit.jsonl', 'for an archive, and for: caro audit verify --file'],
    ['caro audit export --format ocsf | gzip > audit.ocsf.gz', 'for a security data lake'],
    ['caro audit export --format cef | logger --server siem.internal --port 514', 'for a SIEM'],
  ],
  'db backup': [['caro db backup', 'a copy while the service runs']],
  'db restore': [['caro service stop && caro db restore FILE && caro service start', 'go back to a backup']],
  dashboard: [['caro dashboard --print-url', 'where no browser can be opened from here']],
  completion: [
    ['source <(caro completion bash)', 'in ~/.bashrc; zsh: in ~/.zshrc, after compinit'],
    ['caro completion fish > ~/.config/fish/completions/caro.fish', 'once'],
  ],
};

/** Puts examples below each command's help, and the commands of `caro --help` under headings. */
export function addHelp(program: Command): void {
  for (const [heading, names] of Object.entries(GROUPS))
    for (const command of program.commands) if (names.includes(command.name())) command.helpGroup(heading);
  addExamples(program, []);
}

function addExamples(command: Command, path: readonly string[]): void {
  const examples = EXAMPLES[path.join(' ')] ?? [];
  if (examples.length > 0) {
    const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`);
    command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  }
  for (const child of command.commands) addExamples(child, [...path, child.name()]);
}
