import type { Command } from 'commander';

/** Headings of `caro --help` and the commands under each. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Getting started:': ['init', 'shell', 'agents', 'import', 'completion'],
  'Your commands:': [
    'events',
    'stats',
    'today',
    'week',
    'search',
    'pause',
    'resume',
    'assess',
    'rules',
    'guard',
    'dashboard',
  ],
  'The service:': ['service', 'status', 'metrics', 'doctor', 'reload', 'config', 'db', 'version', 'help'],
  'Sharing and audit:': ['summary', 'sharing', 'egress', 'audit'],
  'The mesh:': [
    'identity',
    'peers',
    'trust',
    'mesh',
    'blind',
    'org',
    'posture',
    'fleet',
    'report',
    'alerts',
    'advisory',
  ],
};

/** Examples by command, shown below its help and in the man page. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  '': [
    ['caro init', 'create this node and print the line for your shell'],
    ['caro service install', 'start the service now and at every login'],
    ['caro events --since 1h --risk high', 'list risky commands of the last hour'],
    ['caro doctor', 'find out why something does not work'],
  ],
  metrics: [['caro metrics --token', 'print the path for credentials_file in prometheus.yml']],
  'service logs': [['caro service logs --follow', 'keep printing new lines until Ctrl-C']],
  'service install': [['caro service install --print', 'print the unit without installing it']],
  'config check': [['caro config check && caro reload', 'apply a changed caro.toml']],
  'shell init': [
    ['eval "$(caro shell init bash)"', 'last line of ~/.bashrc (zsh: ~/.zshrc)'],
    ['caro shell init fish | source', 'in ~/.config/fish/config.fish'],
  ],
  'agents install': [
    ['caro agents install claude-code', 'show the entry, ask, and add it'],
    ['caro agents install codex --guard high', 'deny dangerous commands as well'],
  ],
  import: [
    ['caro import zsh', 'from ~/.zsh_history'],
    ['caro import atuin --file ~/backup/history.db', 'from a copy of the database'],
  ],
  events: [
    ['caro events --since 7d --tool git', 'git commands of the last week'],
    ['caro events --risk high --follow', 'watch for risky commands'],
    ['caro events --since 1d --json | jq -r .command', 'print JSON for other programs'],
  ],
  stats: [['caro stats --since 30d', 'statistics of the last 30 days']],
  assess: [
    ["caro assess 'rm -rf build | tee log'", 'rate a command'],
    ['caro assess -- rm -rf build', 'the same, for a command without characters that are special to your shell'],
    ['caro assess < deploy.sh', 'rate a script; other users cannot see its text'],
    ['caro assess --jsonl < commands.jsonl', 'rate many commands'],
    ['caro assess --explain \'sudo sh -c "rm -rf /srv/*"\'', 'which words made it dangerous'],
  ],
  'guard on': [['caro guard on --level critical', 'ask only about the worst']],
  'rules add': [
    ['caro rules add sigma/rules/linux/process_creation/*.yml', 'add all that can be used, and name the others'],
  ],
  'rules test': [['caro rules test crontab.yml --replay 30d', 'what it would have changed in the last 30 days']],
  'summary preview': [['caro summary preview --period weekly --json', 'print the exact bytes that would be sent']],
  'sharing enable': [['caro sharing enable --level 2', 'share only aggregates over several nodes']],
  'identity show': [['caro identity show --json', 'print the id for a configuration file']],
  'peers add': [['caro peers add caro:ed25519:… 10.0.1.5:9238 --name ciso', 'add the address of a node']],
  'peers join': [['caro peers join', 'then type the code that caro peers invite printed on the other node']],
  'trust set': [['caro trust set ciso supervisor', 'let it ask for aggregates']],
  'trust explain': [
    ['caro trust explain ciso --query safety-posture', 'what it would be answered, and by which rule'],
    ['caro trust explain caro:ed25519:… --from 10.0.1.7', 'a node that is not configured yet'],
  ],
  'mesh query': [['caro mesh query safety-posture --since 7d', 'ask all nodes and show the state of each']],
  posture: [
    ['caro posture show --days 28', 'is risk rising? The last four weeks, compared with the four before'],
    ['caro posture layer --days 90 --out layer.json', 'for https://mitre-attack.github.io/attack-navigator'],
    ['caro posture mark "awareness week" 2026-09-19 2026-09-25', 'compare before and after a campaign'],
  ],
  fleet: [['caro fleet --state silent', 'members that reported before, and not lately']],
  'blind totals': [
    ['caro blind totals --cells levels. --sum 7', 'risk levels of the last week'],
    ['caro blind totals --cells techniques. --days 90 --csv', 'a heat map, for a spreadsheet'],
  ],
  'mesh history': [
    ['caro mesh history list --type safety-posture --span 24h', 'list saved answers'],
    ['caro mesh history export --out answers.csv', 'all cells, for a spreadsheet'],
  ],
  'alerts test': [['caro alerts test', 'show what the rules say, and send a test message by syslog']],
  report: [
    ['caro report --period month --out report.html', 'the last month, to print or to send'],
    ['caro report --period quarter --format csv', 'for a spreadsheet'],
  ],
  'advisory send': [
    ['caro advisory send --family git --until 14d', 'ask owners to look at risky git commands'],
    ['caro advisory send --rule git.push-force --priority urgent --until 2026-01-31', 'a single rule'],
  ],
  'egress list': [
    ['caro egress list --peer ciso', 'what was sent to it'],
    ['caro egress list --show 12', 'one message, exactly as sent'],
  ],
  'audit list': [['caro audit list --type peer.refused', 'which nodes were refused, and why']],
  'audit verify': [['caro audit verify --file audit.jsonl --id caro:ed25519:…', 'check the log of another node']],
  'audit witness': [
    ['caro audit witness', 'who has cosigned this log, and whose log has lost records'],
    ['caro audit witness ask', 'ask the witnesses now'],
  ],
  'audit export': [
    ['caro audit export --out audit.jsonl', 'for an archive; caro audit verify --file checks it'],
    ['caro audit export --format ocsf | gzip > audit.ocsf.gz', 'for a security data lake'],
    ['caro audit export --format tlog --out log', 'as a transparency log, for a witness or other programs'],
    ['caro audit export --format cef | logger --server siem.internal --port 514', 'for a SIEM'],
  ],
  'db backup': [['caro db backup', 'copy the database while the service runs']],
  'db restore': [['caro service stop && caro db restore FILE && caro service start', 'return to a backup']],
  dashboard: [['caro dashboard --print-url', 'on a machine where no browser can be opened']],
  completion: [
    ['source <(caro completion bash)', 'in ~/.bashrc; zsh: in ~/.zshrc, after compinit'],
    ['caro completion fish > ~/.config/fish/completions/caro.fish', 'run once'],
  ],
};

/** Adds examples to the help of each command and headings to `caro --help`. */
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
