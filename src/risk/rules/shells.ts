/** Shells for others: reverse and bind shells, relays, interpreters connected to the network. */
import type { Invocation } from '../../shell/model.ts';
import { type CommandLineContext, type CommandLineRule, inFamily, type StepRule, type Verdict } from '../rule.ts';
import { type Step, upstream } from '../step.ts';
import { INTERPRETER, NET_FILE, SHELL } from '../subjects/programs.ts';

const NETCAT =
  /^(?:nc|ncat|netcat|socat|telnet|openssl|nc\.traditional|nc\.openbsd|rlwrap|websocat|cryptcat|pwncat|sbd|dbclient)$/;
const SHELL_WORD = /(?:^|[\s:='"/(,])(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|mk|a|c|tc|fi)?sh\b|cmd(?:\.exe)?\b|powershell/;

const usesNetFile = (step: Step): boolean =>
  step.invocation.redirections.some((item) => NET_FILE.test(item.target.text)) && !step.isWrapper;

/** `bash -c 'echo > /dev/tcp/h/80'` and `exec 3<>/dev/tcp/h/80` run nothing from there. */
const runsCommands = (step: Step): boolean =>
  SHELL.test(step.tool)
    ? !step.some(/^-[a-z]*c$/) || usesNetFile(step)
    : step.tool === 'exec'
      ? step.operands.length > 0
      : /^(?:eval|source|read|while|script|python)$/.test(step.tool);

/**
 * `exec 5<>/dev/tcp/…` alone is a client; together with a shell that reads or writes it, it is a
 * remote shell.
 */
const netShell = ({ steps, analysis }: CommandLineContext): boolean => {
  const opens =
    steps.some((step) => usesNetFile(step) || step.tool === 'ztcp') ||
    analysis.redirections.some((item) => NET_FILE.test(item.target.text));
  return opens && steps.some(runsCommands);
};

const NET_ADDRESS =
  /^["']?(?:(?:tcp|udp|sctp|dccp|openssl|ssl|vsock|unix|abstract|socks|proxy|ip)\w*(?:-\w+)*|socket-(?:listen|connect)):/i;
/** Programs with which a port is tested. */
const HARMLESS =
  /^["']?(?:exec|system|shell):["']?(?:\/(?:usr\/)?bin\/)?(?:cat|date|echo|true|hostname|uptime|tr|wc)\b(?!.*[;&|`$])/i;
const socatExecutes = (step: Step): Verdict => {
  const programs = step.args.filter((arg) => /(?:^|,)["']?(?:exec|system|shell)\b:?/i.test(arg));
  if (programs.length === 0) return false;
  if (programs.every((arg) => HARMLESS.test(arg))) return 'moderate';
  if (step.args.some((arg) => NET_ADDRESS.test(arg))) return 'critical';
  return programs.some((arg) => SHELL_WORD.test(arg)) ? 'high' : 'moderate';
};

const executes = (step: Step): Verdict => {
  if (/^(?:nc|ncat|netcat)$/.test(step.tool) && step.some(/^-[a-zA-Z]*[ec][a-zA-Z]*$/) && step.some(SHELL_WORD))
    return true;
  if (step.tool === 'socat') return socatExecutes(step);
  if (step.tool === 'websocat' && step.some(/^(?:sh-c|exec|cmd):/)) return true;
  if (
    step.some(/^-(?:[a-zA-Z]*[ec])$|^--(?:exec|sh-exec|lua-exec)/) &&
    step.tool !== 'telnet' &&
    step.tool !== 'openssl'
  )
    return (
      step.some(SHELL_WORD) ||
      step.flag('-e', '--exec', '--sh-exec', '--lua-exec') ||
      (step.flag('-c') && step.some(/sh\b/))
    );
  return false;
};

const isNet = (item: Invocation): boolean =>
  NETCAT.test(item.tool) &&
  (item.tool !== 'openssl' || item.args[0]?.text === 's_client' || item.args[0]?.text === 's_server');

/**
 * A shell next to a network program in a pipeline: `mkfifo p; sh <p | nc h 1 >p`, `telnet h 1 | sh
 * | telnet h 2`.
 */
const pipedToNet = (step: Step): boolean => {
  if (step.isWrapper || !INTERPRETER.test(step.tool) || (step.code !== '' && !SHELL.test(step.tool))) return false;
  const interactive = SHELL.test(step.tool) && !step.args.some((arg) => !arg.startsWith('-'));
  if (!interactive) return false;
  const { pipesTo } = step.invocation;
  const from = upstream(step.invocation);
  return (pipesTo !== null && isNet(pipesTo)) || from.some(isNet);
};

const SOCKET =
  /socket\.socket|(?:from|import)\s+socket\b|__import__\(\s*['"]socket|open_connection\(|Deno\.(?:connect|listen)|Bun\.(?:connect|listen)|new\s+Socket\s*\(|TCPSocket|UDPSocket|\bsocket\s*\(|use\s+Socket|IO::Socket|TCPSocket|TCPServer|fsockopen|stream_socket|pfsockopen|net\.(?:Socket|connect|createServer|createConnection)|require\(\s*['"](?:net|socket)['"]\s*\)|require\s*\(?['"]socket['"]|\/inet\d?\/(?:tcp|udp)\/|socketConnection|\bsocket\s+-|\[socket\s|ServerSocket|TCPClient|Net\.Sockets|\bTcp\b|WSAStartup|luasocket|server_socket|make\.socket|\bnet\.Dial\b|\w\(\s*['"]socket['"]\s*\)|using\s+Sockets|gen_tcp|Socket\.tcp/i;
const SPAWN =
  /\bexec\w*\b|\bsystem\b|\bspawn\w*\b|\bpopen\w*\b|dup2|pty\.|child_process|subprocess|getline|io\.popen|os\.execute|Process|\/bin\/\w*sh|shell_exec|passthru|proc_open|\bopen\b|ProcessBuilder|:os\.cmd|\b(?:read|run)\(`|\|&/;
const codeShell = (step: Step): boolean => {
  const text = step.invocation.code
    ? step.code
    : INTERPRETER.test(step.tool) || LANGUAGES.test(step.tool)
      ? [...step.args, ...step.invocation.referencedTexts].join(' ')
      : '';
  if (!SOCKET.test(text)) return false;
  const namesShell = /\b(?:ba|da|z|k|a|c|tc|fi)?sh\b|cmd\.exe|powershell|getline|\$SHELL|\/bin\//.test(text);
  return (namesShell && SPAWN.test(text)) || runsReceived(text);
};

const RUN_IN_ORDER =
  /dup2|popen\(\s*\w+\s*,|\.gets\b[\s\S]*(?:popen|system|exec)|rec(?:v|eive)\b[\s\S]*(?:popen|system|exec|subprocess|Process\.new)|\bgets\s+\$\w+[\s\S]*\b(?:exec|eval)\b|\b(?:system|exec)\s*\(?\s*\$_\s*\)?\s*while\s*\(?\s*</i;
/** What reads from the network, and what runs a value, in one language. */
const RECEIVED: readonly (readonly [reads: RegExp, runs: RegExp])[] = [
  // Backquotes of Ruby, Perl and PHP.
  [/gets\b|read\w*\b|<\$?\w+>/i, /`\s*(?:#\{|\$\w)/],
  // PHP.
  [/\b(?:fgets|fread|socket_read|stream_get_contents)\(/, /\b(?:shell_exec|system|exec|passthru|popen)\(\s*\$/],
  // Node.js.
  [/['"]data['"]/, /(?<!\/\.)\bexec(?:Sync|File|FileSync)?\(\s*\w/],
  // Python.
  [/\.recv\(/, /(?:popen|system|getoutput|check_output|run|call)\(\s*\w+\.recv\(/],
];
/** Received text is run as a command, so that no shell needs to be named. */
const runsReceived = (text: string): boolean =>
  RUN_IN_ORDER.test(text) || RECEIVED.some(([reads, runs]) => reads.test(text) && runs.test(text));
const LANGUAGES =
  /^(?:awk|gawk|julia|r|irb|jjs|jrunscript|groovy|scala|elixir|erl|go|vim|nvim|emacs|gdb|lldb|tclsh|expect|guile|racket|octave|gimp|rview|easy_install|pip|jshell|clojure|nim|zsh|rlang|cpan|sqlite3|lua|luajit|node|php|python|perl|ruby|ksh|java|crystal|pwsh)$/;

/** Programs that can be told to start a shell, which then has their rights and no history. */
const ESCAPES =
  /^(?:awk|gawk|mawk|nawk|perl|python[\d.]*|ruby|lua|php|node|tclsh|expect|gdb|vi|vim|vimdiff|nvim|view|rvim|ex|ed|find|gfind|nmap|man|less|more|git|tar|zip|make|sqlite3|mysql|psql|tcpdump|rpm|split|sort|sed|latex|pdflatex|rsync|scp|ssh|crash|osascript|apt|apt-get|socat|irb|pip|pip3)$/;
/** Prefixes with no reason to start a whole shell. */
const PREFIXES =
  /^(?:flock|nice|ionice|timeout|taskset|chrt|setarch|stdbuf|strace|ltrace|time|nohup|env|unshare|start-stop-daemon|logsave|run-parts|busybox|choom|softlimit|cpulimit|watch|xargs)$/;
const opensShell = (step: Step): boolean => {
  const { via, input, name } = step.invocation;
  const starter = via.findLast((item) => !SHELL.test(item.name) && item.name !== 'exec')?.name ?? '';
  if (step.isWrapper || step.invocation.remote || !SHELL.test(step.tool) || input.kind === 'here-document')
    return false;
  if (!step.args.every((arg) => /^-(?:[ipl]+|-login|-norc|-noprofile)$/.test(arg))) return false;
  return ESCAPES.test(starter) || (PREFIXES.test(starter) && /^\/(?:usr\/)?bin\/(?:ba|da)?sh$/.test(name.text));
};

/** tar runs the command while it reads or writes an archive, which no ordinary task needs. */
const runsAtCheckpoint = (step: Step): boolean =>
  /^g?tar$/.test(step.tool) && !step.isWrapper && /^exec=/.test(step.value('--checkpoint-action') ?? '');

export const SHELL_LINE_RULES: readonly CommandLineRule[] = inFamily('shells', [
  {
    id: 'shells.dev-tcp',
    level: 'critical',
    whenAll: netShell,
    technique: 'T1059.004',
    reason: 'Connects a shell to another machine on the network, which can then control this one.',
    safer: 'Use ssh.',
  },
]);

export const SHELL_RULES: readonly StepRule[] = inFamily('shells', [
  {
    id: 'shells.netcat-exec',
    level: 'critical',
    tools: 'nc ncat socat netcat cryptcat sbd websocat pwncat dbclient',
    when: executes,
    technique: 'T1059.004',
    reason: 'Gives a program, usually a shell, to anyone who connects.',
    safer: 'Use ssh.',
  },
  {
    id: 'shells.piped-to-network',
    level: 'critical',
    tools: '*',
    needs: 'pipe' as const,
    when: pipedToNet,
    technique: 'T1059.004',
    reason: 'Runs a shell that takes its commands from the network.',
    safer: 'Use ssh.',
  },
  {
    id: 'shells.code-socket',
    level: 'critical',
    tools: '*',
    when: codeShell,
    technique: 'T1059',
    reason: 'Connects a shell to the network in one line of code.',
    safer: 'Use ssh.',
  },
  {
    id: 'shells.listener',
    level: 'moderate',
    tools: 'nc ncat netcat socat socket',
    when: (s: Step) =>
      s.flag('-l', '--listen', '-L') ||
      s.some(/^(?:TCP|UDP|SSL|OPENSSL|SCTP)\d?-LISTEN:/i) ||
      (s.tool === 'socket' && s.flag('-s')),
    technique: 'T1571',
    reason: 'Listens for connections from the network.',
    safer: 'Bind it to 127.0.0.1.',
  },
  {
    id: 'shells.socket-program',
    level: 'high',
    tools: 'socket',
    when: (s: Step) => s.flag('-p', '-q', '-v') && s.some(SHELL_WORD),
    technique: 'T1059.004',
    reason: 'Gives a program to anyone who connects.',
    safer: 'Use ssh.',
  },
  {
    id: 'shells.interactive-over-network',
    level: 'high',
    tools: '*',
    when: (s: Step) => !s.isWrapper && SHELL.test(s.tool) && usesNetFile(s),
    technique: 'T1059.004',
    reason: 'Connects a shell to the network.',
    safer: 'Use ssh.',
  },
  {
    id: 'shells.kept-root',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      !s.isWrapper &&
      s.args.length === 1 &&
      s.args[0] === '-p' &&
      /^(?:\.{1,2}|\/tmp|\/var\/tmp|\/dev\/shm|\/home\/[^/]+|~)\/(?:.*\/)?[\w.-]*sh$/.test(s.invocation.name.text),
    technique: 'T1548.001',
    reason: 'Starts a copied shell that keeps its owner’s identity, usually root.',
    safer: 'Remove the copy; use sudo for the one command.',
  },
  {
    id: 'shells.escape',
    level: 'high',
    tools: '*',
    when: (s: Step) => opensShell(s) || runsAtCheckpoint(s),
    technique: 'T1202',
    reason: 'Starts a shell from a program that is not meant for it, which hides it from rules and histories.',
    safer: 'Start the shell directly.',
  },
  {
    id: 'shells.remote-display',
    level: 'high',
    tools: 'xterm uxterm lxterm rxvt urxvt',
    when: (s: Step) =>
      /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\w-]+(?:\.[\w-]+)+):\d/.test(s.value('-display', '-d', '--display') ?? ''),
    technique: 'T1059.004',
    reason: 'Shows a terminal of this machine on another one, whose user can type commands.',
    safer: 'Use ssh -X from the other machine.',
  },
  {
    id: 'shells.payload-tool',
    level: 'high',
    tools:
      'msfvenom msfconsole metasploit empire sliver weevely evil-winrm chisel ligolo ligolo-ng revsocks pwncat villain havoc ew iox gost rsockstun stowaway venom rathole dnscat2 dnscat iodine iodined icmpsh ptunnel ptunnel-ng gs-netcat gsocket merlin poseidon mythic koadic pupy netexec nxc crackmapexec impacket-psexec impacket-wmiexec impacket-smbexec responder setoolkit beef-xss bloodhound-python certipy teamserver cobaltstrike rcat rustcat revsh pwncat-cs toboggan',
    when: (s: Step) => s.args.length > 0 && !s.flag('--help', '-h', '--version'),
    technique: 'T1587.001',
    reason: 'Creates or runs attack payloads.',
    safer: 'Use it only in a test that you have permission for.',
  },
  {
    id: 'shells.shared-terminal',
    level: 'high',
    tools: 'tmate gotty ttyd sshx teleconsole wetty shellinabox',
    when: (s: Step) =>
      !s.flag('-v', '--version', '-h', '--help') &&
      !(s.value('-i', '--interface', '--address') ?? '').match(/^(?:127\.|lo$|localhost|::1)/),
    technique: 'T1219',
    reason: 'Shares this terminal with others over the network.',
    safer: 'Bind it to 127.0.0.1 and require a password.',
  },
]);
