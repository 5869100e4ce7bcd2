/** Removed traces: history, logs, times. */

import { lookupTool } from '../../shell/catalogue/catalogue.ts';
import { type CommandLineContext, type CommandLineRule, inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, REDIRECTION_ONLY, type Step } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';
import { INTERPRETER } from '../subjects/programs.ts';

const HISTORY =
  /(?:^|\/)\.?(?:bash_history|zsh_history|zhistory|sh_history|history|ash_history|python_history|mysql_history|psql_history|sqlite_history|lesshst|viminfo|node_repl_history|rediscli_history)$|fish_history$|^\$\{?HISTFILE\}?$|ConsoleHost_history/;
const LOG =
  /^(?:\/private)?\/var\/(?:log|audit|run\/utmp|adm)(?:\/|$)|^\/(?:private\/)?var\/db\/diagnostics|^\/var\/spool\/mail|(?:^|\/)(?:wtmp|btmp|lastlog|utmp|auth\.log|syslog|secure|messages|audit\.log|system\.log|kern\.log|maillog)$|^\/Library\/Logs|~\/Library\/Logs/;

const removedPaths = (step: Step): readonly string[] => [
  ...(/^(?:rm|unlink|shred|srm|trash|wipe|mv)$/.test(step.tool) ? step.operands : []),
  ...step.writes.filter((item) => item.mode !== 'append').flatMap((item) => foundPaths(step, item.path)),
];
/** `{}` in a command that find starts stands for the files below its start paths. */
const foundPaths = ({ invocation }: Step, path: string): readonly string[] => {
  const search =
    invocation.openArguments && path === '{}' ? invocation.via.find(({ name }) => /^g?find$/.test(name)) : undefined;
  if (search === undefined) return [path];
  const end = search.args.findIndex(({ text }) => /^[-(!]/.test(text));
  return search.args.slice(0, Math.max(end, 0)).map(({ text }) => text);
};
const READS_ONLY = new Set(['vim', 'nano', 'nvim', 'touch', 'tar']);

const wipesHistory = (step: Step): Verdict => {
  if (step.tool === 'history')
    return step.flag('-c', '-w')
      ? step.flag('-c')
      : step.sub('clear|delete|--clear') || step.some(/^--(?:clear|delete)$/)
        ? 'high'
        : false;
  if (/^(?:chattr|chflags|chmod|chown)$/.test(step.tool)) return step.operands.some((path) => HISTORY.test(path));
  if (step.tool === 'fc') return step.flag('-p') && step.some(/^\/dev\/null$/);
  return !READS_ONLY.has(step.tool) && removedPaths(step).some((path) => HISTORY.test(path) && !/^docs?\//.test(path));
};

const KEEPS_LOGS = new Set([
  'tee',
  'curl',
  'wget',
  'rsync',
  'scp',
  'install',
  'vim',
  'nano',
  'nvim',
  'touch',
  'logrotate',
  'dd',
]);
/** `grep -v address copy > auth.log` replaces a log by a part of it. */
const FILTERS = /^(?:grep|sed|awk|head|tail|tac|sort|uniq|cut|tr|strings|utmpdump)$/;
const SYSTEM_LOG =
  /(?:^|\/)(?:[wbu]tmp|lastlog|faillog|auth\.log|syslog|secure|messages|audit\.log|system\.log|kern\.log|daemon\.log|cron|maillog|access\.log|access_log)(?:\.\d+)?$/;
const PRINTS_NOTHING = /^(?:echo|printf|:|true|cat|truncate|ln|mv)$/;
/** Logs of package managers, which images remove. */
const INSTALLER_LOG =
  /^\/var\/log\/(?:dnf\S*|yum\S*|apt|apt\/.*|dpkg\.log|alternatives\.log|hawkey\.log|bootstrap\.log|anaconda\S*|installer)$/;
const findWipes = (step: Step): boolean =>
  LOG.test(step.args[0] ?? '') &&
  // Old or rotated logs are removed by many scheduled jobs.
  !step.args.some((arg, at) => /^\+[1-9]/.test(arg) && /^-[acm](?:time|min)$/.test(step.args[at - 1] ?? '')) &&
  (step.args.includes('-delete') ||
    (step.some(/^-(?:exec|execdir|ok)$/) && step.some(/^(?:.*\/)?(?:rm|unlink|shred|truncate)$/)));
const wipesLogs = (step: Step): Verdict => {
  const paths = removedPaths(step)
    .map(normalPath)
    .filter((path) => LOG.test(path));
  if (step.tool === 'find') return findWipes(step);
  if (paths.length === 0) return false;
  if (paths.every((path) => INSTALLER_LOG.test(path))) return 'moderate';
  if (step.tool === 'ln') return !step.transfer.sources.every((path) => /^\/(?:dev\/std|proc\/self\/fd\/)/.test(path));
  if (step.tool === 'dd') return step.some(/^if=\/dev\/(?:null|zero|u?random)$/);
  if (step.tool === 'tee' && step.invocation.input.kind === 'pipe' && pipedText(step.invocation) === '\n') return true;
  if (KEEPS_LOGS.has(step.tool)) return false;
  if (FILTERS.test(step.tool)) return paths.some((path) => SYSTEM_LOG.test(path));
  if (/^(?:rm|unlink|shred|srm|wipe|trash|sed|perl)$/.test(step.tool)) return true;
  if (step.tool === REDIRECTION_ONLY) return !step.invocation.conditional;
  if (step.tool === 'cp') return step.writes.some((item) => item.mode === 'empty');
  // A program that writes its own log does not wipe it: `app > /var/log/app.log` prints something,
  // `echo > syslog` does not.
  const empty = step.tool !== 'cat' || step.args.every((arg) => arg === '/dev/null' || arg.startsWith('-'));
  return PRINTS_NOTHING.test(step.tool) && empty;
};

const journal = (step: Step): Verdict => {
  if (step.tool === 'journalctl')
    return (
      step.some(/^--(?:vacuum-(?:time|size|files)|rotate|flush)/) &&
      (step.some(/^--vacuum-(?:time=(?:\d{1,2}(?:s|m|sec|min)?$|1h)|size=\d{1,2}(?:K|M|B)?$|files=[01]$)/)
        ? 'high'
        : 'moderate')
    );
  if (step.tool === 'dmesg') return step.flag('-C', '--clear', '-c', '--read-clear', '-D', '--console-off');
  if (step.tool === 'log') return step.sub('erase') || (step.sub('config') && step.some(/level:off|--reset/));
  if (step.tool === 'lastlog' || step.tool === 'faillog') return step.flag('-C', '--clear', '-r', '--reset');
  if (step.tool === 'wevtutil') return step.sub('cl|clear-log');
  return step.tool === 'utmpdump' ? step.flag('-r') : false;
};

const SETTINGS = /^(?:HISTFILE|HISTSIZE|HISTFILESIZE|SAVEHIST|HISTCONTROL|HISTIGNORE|PROMPT_COMMAND|fish_history)$/;
const switchesHistoryOff = ({ analysis, steps }: CommandLineContext): Verdict => {
  const set = (name: string, value: string): Verdict => {
    if (!SETTINGS.test(name)) return false;
    if (name === 'HISTCONTROL') return /ignoreboth|ignorespace/.test(value) ? 'moderate' : false;
    if (name === 'HISTIGNORE') return /^['"]?\*['"]?$/.test(value) ? 'high' : false;
    if (name === 'PROMPT_COMMAND') return value === '' || /history -[acw]|\/dev\/null/.test(value) ? 'moderate' : false;
    if (name === 'HISTFILE') return value === '' || /^\/dev\/null$|^\/tmp\//.test(value) ? 'high' : false;
    return /^-?0*$/.test(value) ? 'high' : false;
  };
  const all = [
    ...analysis.settings.map((item) => item.assignment),
    ...steps.flatMap((step) => step.invocation.assignments),
  ];
  let found: Verdict = false;
  for (const item of all) {
    const verdict = set(item.name, item.value?.text ?? '');
    if (verdict === 'high') return 'high';
    found ||= verdict;
  }
  for (const step of steps) {
    if (step.tool === 'kill' && step.args.includes('$$') && step.some(/^-(?:9|KILL|SIGKILL)$/)) return 'high';
    if (step.tool === 'unset' && step.operands.some((name) => /^HIST(?:FILE|SIZE|FILESIZE)$/.test(name))) return 'high';
    if (step.tool === 'set' && /^(?:\+o history|-\+o history)$/.test(step.args.join(' '))) return 'high';
    if (step.tool === 'shopt' && step.flag('-u') && step.flag('-o') && step.operands.includes('history')) return 'high';
    if (step.tool === 'shopt' && step.flag('-u') && step.operands.some((name) => /histappend|cmdhist/.test(name)))
      return 'moderate';
    if (
      step.tool === 'set' &&
      step.operands.some((name) => SETTINGS.test(name)) &&
      step.args.some((arg) => arg === '' || arg === '/dev/null')
    )
      return 'high';
    if (step.tool === 'export' && step.args.some((arg) => /^HIST(?:FILE=(?:\/dev\/null|)|(?:FILE)?SIZE=0)$/.test(arg)))
      return 'high';
  }
  return found;
};

/** Sets times of system files, or copies the time of one, which attackers do to hide a change. */
const setsFileTimes = (step: Step): Verdict => {
  if (!step.flag('-t', '-d', '--date', '-r', '--reference', '-A')) return false;
  const reference = step.value('-r', '--reference') ?? '';
  if (step.operands.some((path) => ['system', 'system-part'].includes(step.kind(path)))) return 'high';
  if (/^\/(?:usr\/)?(?:s?bin|etc|lib)/.test(reference) || (step.flag('-a') && step.flag('-m'))) return 'high';
  return /^(?:19[789]\d|200\d)/.test(step.value('-t') ?? '') ? 'high' : false;
};
const setsClock = (step: Step): Verdict => {
  if (step.tool === 'date') return step.flag('-s', '--set') && 'moderate';
  if (step.tool !== 'timedatectl') return false;
  const off = step.sub('set-ntp') && step.some(/^(?:false|no|0|off)$/);
  return (step.sub('set-time') || off) && 'moderate';
};

export const EVASION_LINE_RULES: readonly CommandLineRule[] = inFamily('evasion', [
  {
    id: 'evasion.history-off',
    level: 'high',
    whenAll: switchesHistoryOff,
    technique: 'T1690',
    reason: 'Stops the shell from recording commands.',
    safer: 'Start the one private command with a space.',
  },
  {
    id: 'evasion.unreadable',
    level: 'moderate',
    // Dangerous commands among more of them than are read may be any.
    whenAll: ({ analysis, isCut = false }: CommandLineContext) =>
      analysis.missed ? 'high' : analysis.truncated || isCut,
    technique: 'T1027',
    reason: 'Is nested too deeply or is too long to be analysed completely.',
    safer: 'Write it as a script with simple steps.',
  },
]);

/** A hidden name below a directory that everyone can write to. */
const HIDDEN_PROGRAM = /^(?:\/private)?\/(?:tmp|var\/tmp)\/(?:.*\/)?\.(?:[^./]|\.[^/])[^/]*(?:\/|$)|^\/dev\/shm\//;

const COPIED =
  /^\/(?:usr\/)?(?:local\/)?s?bin\/(?:(?:ba|z|da|k|c|tc|fi|a)?sh|python[\d.]*|perl[\d.]*|ruby|php|node|nc|ncat|netcat|socat|busybox|curl|wget|sshd?)$/;
const renamesProgram = (step: Step): boolean => {
  const [source = ''] = step.transfer.sources;
  const { target = '' } = step.transfer;
  const [own, other] = [source, target].map((path) => path.slice(path.lastIndexOf('/') + 1));
  return COPIED.test(source) && step.kind(target) === 'scratch' && other !== '' && own !== other;
};

/** `exec -a '[kworker/0:1]' x`: a program that ps shows as a thread of the kernel. */
const isRenamed = ({ invocation, code }: Step): boolean =>
  invocation.via.some(
    ({ name, options }) =>
      name === 'exec' && options.some(([option, value]) => option === '-a' && value?.startsWith('[')),
  ) || /\$0\s*=\s*["']\[/.test(code);

/** `hash -p /tmp/x sudo`, `alias sudo=/tmp/x`: another program under the name of a known one. */
const replacesKnown = (step: Step): boolean => {
  if (step.tool === 'hash')
    return SCRATCH_PROGRAM.test(step.value('-p') ?? '') && step.operands.some((name) => lookupTool(name) !== undefined);
  return (
    step.tool === 'alias' &&
    step.operands.some((word) => {
      const [name = '', text = ''] = word.split('=', 2);
      return SCRATCH_PROGRAM.test(text) && lookupTool(name) !== undefined;
    })
  );
};
const SCRATCH_PROGRAM = /^\/(?:tmp|var\/tmp|dev\/shm)\//;

export const EVASION_RULES: readonly StepRule[] = inFamily('evasion', [
  {
    id: 'evasion.history-wipe',
    level: 'high',
    tools: '*',
    when: wipesHistory,
    technique: 'T1070.003',
    reason: 'Deletes the command history.',
    safer: 'Delete the one line with history -d.',
  },
  {
    id: 'evasion.log-wipe',
    level: 'high',
    tools: '*',
    when: wipesLogs,
    technique: 'T1685.006',
    reason: 'Deletes or empties log files.',
    safer: 'Use logrotate.',
  },
  {
    id: 'evasion.journal',
    level: 'high',
    tools: 'journalctl dmesg log wevtutil utmpdump lastlog faillog',
    when: journal,
    technique: 'T1685.006',
    reason: 'Deletes system logs.',
    safer: 'Set a limit in journald.conf.',
  },
  {
    id: 'evasion.timestamps',
    level: 'high',
    tools: 'touch date timedatectl hwclock',
    when: (s: Step) => (s.tool === 'touch' ? setsFileTimes(s) : setsClock(s)),
    technique: 'T1070.006',
    reason: 'Sets a false time on files or on the clock.',
    safer: 'Leave the times unchanged.',
  },
  {
    id: 'evasion.hidden-program',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      !s.isWrapper &&
      (HIDDEN_PROGRAM.test(s.invocation.name.text) ||
        (INTERPRETER.test(s.tool) && s.invocation.code === null && HIDDEN_PROGRAM.test(s.operands[0] ?? '')) ||
        isRenamed(s) ||
        replacesKnown(s) ||
        (SCRATCH_PROGRAM.test(s.invocation.name.text) &&
          s.invocation.via.some((wrapper) => /^(?:nohup|setsid)$/.test(wrapper.name)))),
    technique: 'T1564.001',
    reason: 'Runs a program from a hidden or shared temporary directory.',
    safer: 'Install the program in a directory of its own.',
  },
  {
    id: 'evasion.renamed-program',
    level: 'high',
    tools: 'cp ln install mv',
    when: renamesProgram,
    technique: 'T1036.003',
    reason: 'Puts a shell, an interpreter or a network program in a shared directory under another name.',
    safer: 'Start the program by its own name.',
  },
  {
    id: 'evasion.hidden-process',
    level: 'high',
    tools: 'mount',
    when: (s: Step) =>
      (s.flag('--bind', '-B') || s.some(/\bbind\b/)) && s.operands.some((path) => /^\/proc\/(?:\d+|\$)/.test(path)),
    technique: 'T1564',
    reason: 'Hides a process from ps.',
    safer: 'Do not use it; no ordinary task needs it.',
  },
]);
