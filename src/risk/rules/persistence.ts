/** Programs that start automatically: timers, services, profiles, keys, hooks. */

import {
  type CommandLineContext,
  type CommandLineRule,
  inFamily,
  type Severity,
  type StepRule,
  type Verdict,
} from '../rule.ts';
import type { Step } from '../step.ts';
import type { Write } from '../subjects/files.ts';
import { normalPath } from '../subjects/paths.ts';
import { isFetcher } from '../subjects/programs.ts';

const EDITORS = new Set(['vim', 'nano', 'nvim', 'emacs', 'ed', 'sudoedit']);
const writesTo = (step: Step, pattern: RegExp): readonly Write[] =>
  step.writes.filter((item) => pattern.test(normalPath(item.path)));
const writesMatching =
  (pattern: RegExp) =>
  (step: Step): Verdict =>
    writesTo(step, pattern).length > 0 && (EDITORS.has(step.tool) ? 'moderate' : 'high');

const CRON =
  /^(?:\/private)?(?:\/etc\/(?:cron\.|crontab|anacrontab|periodic)|\/var\/(?:spool\/(?:cron|at)|at\/|cron\/)|\/usr\/lib\/cron)/;
const UNIT =
  /(?:^|\/)(?:etc|lib|run|share|\.config)\/systemd\/(?:system|user|network|system-generators|user-generators|system-shutdown)\b.|\.(?:service|timer|socket|path)$/;
const BOOT =
  /^(?:\/private)?\/etc\/(?:rc\.(?:local|common|d\/|conf)|rc\d?\.d\/|init\.d\/|init\/|inittab|initramfs|update-motd\.d\/|motd|profile\.d\/|profile$|bash\.bashrc|bashrc|zshrc|zshenv|zprofile|zlogin|csh\.|environment|xdg\/autostart|X11\/|udev\/rules\.d|NetworkManager\/dispatcher|dbus-1\/system\.d|network\/if-|apt\/apt\.conf\.d|modules-load\.d|modprobe\.d|modules$|binfmt\.d|dhcp\/|acpi|pm\/|logrotate\.d|emond\.d|launchd\.conf|security\/pam_env|cloud\/|kernel\/|rsyncd|xinetd|inetd\.conf|trapinfo)|^\/(?:usr\/)?lib\/(?:udev\/rules\.d|dracut|NetworkManager\/dispatcher)|^\/usr\/local\/etc\/rc\.d|^\/(?:Library|System\/Library)\/StartupItems/;
const AUTOSTART =
  /(?:\.config\/autostart|LaunchAgents|LaunchDaemons|\.xinitrc|\.xprofile|\.xsession|\.config\/(?:openbox|i3|sway)\/(?:autostart|config)|\.config\/plasma-workspace|\.kde\/Autostart|loginwindow\.plist|\.config\/systemd\/user)\b/;
const PROFILE =
  /^(?:~[\w.-]*|\/home\/[^/]+|\/Users\/[^/]+|\/root|\/etc\/skel|\$\w+)?\/?\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|zlogout|cshrc|tcshrc|kshrc|mkshrc|shrc|login|logout|vimrc|tmux\.conf|inputrc|config\/fish\/(?:config\.fish|conf\.d\/.*|functions\/.*)|pythonrc|gdbinit|pam_environment)$/;
const KEYS =
  /authorized_keys2?$|\/\.ssh\/(?:rc|environment|config)$|\/etc\/ssh\/(?:sshrc|sshd_config|ssh_config)|\.rhosts$|\/etc\/hosts\.equiv|\.k5login$/;
const LOADER = /\/etc\/ld\.so\.(?:preload|conf)/;
const HOOK =
  /\.git\/hooks\/[\w-]+$|\/etc\/(?:apt|dpkg|yum|dnf)\/.*(?:hook|plugin)|\/usr\/lib\/python3?[^/]*\/(?:site|dist)-packages\/.*\.pth$|sitecustomize\.py$/;

/** Loaded by every start of python or of the package manager. */
const SYSTEM_HOOK = /^\/etc\/(?:apt|dpkg|yum|dnf)\/|^\/usr\/lib\/.*(?:\.pth|sitecustomize\.py)$/;

/**
 * Common content of a profile: a path, a variable, an alias, the start-up line of a known tool, a
 * comment.
 */
const ORDINARY_LINE =
  /^\s*(?:#.*|(?:if|elif)\s+(?:command -v|type|which|\[|test)\s[^;|`]*(?:;\s*then)?|then|fi|else|export\s+[A-Za-z_]\w*=[^;&|`]*|[A-Z_]+=[^;&|`$()]*|alias\s+[\w.:-]+=.*|(?:source|\.)\s+[\w$~/.<>({}"' -]+|eval\s+"?\$\(\s*[\w/.~-]+\s+[\w\s:=/.-]*\)"?|[\w-]+\s+(?:init|completion|hook)\s[\w\s-]*(?:\|\s*source)?|\[.*\]\s*&&\s*(?:\\?\.|source)\s.*|(?:setopt|shopt|bindkey|set|autoload|zstyle|plugins=|fpath\+?=|PATH=|path\+?=|fish_add_path|abbr|complete|compdef|bind|ulimit|umask|stty|unset|PS1=|PROMPT=).*|)\s*$/;
/** Text that a step writes, as far as it is known; with a bar in it if it is not. */
const writtenText = (step: Step): string => {
  const { input } = step.invocation;
  if (/^(?:echo|printf)$/.test(step.tool)) return step.args.filter((arg) => !/^-[neE]+$/.test(arg)).join(' ');
  if (input.kind === 'pipe') return input.output ?? '\n|';
  return input.kind === 'here-document' || input.kind === 'here-string' ? input.text : '';
};
const UNUSUAL =
  /(?:curl|wget|nc|\/dev\/tcp|base64|python|perl|nohup|\/tmp\/|PATH=["']?\/tmp\b|LD_PRELOAD|\|\s*(?:ba)?sh)/;
/** Common lines of a profile and nothing else. */
const isOrdinary = (text: string): boolean => {
  const content = text.replace(/\\n/g, '\n').replace(/^%s\\?n? ?/, '');
  if (/^#/.test(content)) return true;
  return content !== '' && content.split('\n').every((line) => ORDINARY_LINE.test(line)) && !UNUSUAL.test(content);
};
const profileEdit = (step: Step): Verdict => {
  const hits = writesTo(step, PROFILE);
  if (hits.length === 0) return false;
  if (EDITORS.has(step.tool) || step.tool === 'touch') return false;
  if (hits.every((item) => item.mode === 'link') || /^(?:cp|mv|rsync|ln|install|stow)$/.test(step.tool))
    return 'moderate';
  // A tool that prints its own start-up lines: `starship init zsh >> ~/.zshrc`.
  if (
    step.family !== 'other' &&
    step.sub('init|completion|completions|hook|shellenv|activate|env|generate-shell-completion')
  )
    return 'moderate';
  // Attackers and test suites write with other programs than people do, so a program's output is
  // examined like a command.
  return isOrdinary(writtenText(step)) ? 'moderate' : 'high';
};

/** Settings in profiles of the system, and settings of apt that start nothing. */
const bootEdit = (step: Step): Verdict => {
  const hits = writesTo(step, BOOT);
  if (hits.length === 0) return false;
  if (EDITORS.has(step.tool)) return 'moderate';
  const text = writtenText(step);
  const settings =
    !text.startsWith('#') &&
    hits.every(({ path }) =>
      /\/etc\/(?:profile|bash\.bashrc|bashrc|zshrc|zshenv|environment|profile\.d\/)/.test(path),
    ) &&
    isOrdinary(text);
  const apt = hits.every(({ path }) => /apt\.conf\.d\//.test(path)) && text !== '' && !/Invoke|\|/.test(text);
  return settings || apt ? 'moderate' : 'high';
};

const installsCron = (step: Step): Verdict => {
  if (step.flag('-l', '-h', '--help', '-V')) return false;
  if (step.flag('-r')) return 'high';
  if (step.flag('-e')) return 'moderate';
  return step.args.length > 0 || step.invocation.input.kind !== 'inherited' ? 'high' : false;
};

/** Tools for property lists, which are read more often than changed. */
const changesSettings = (step: Step): boolean =>
  step.tool === 'defaults'
    ? step.sub('write|import')
    : step.tool === 'plutil'
      ? step.some(/^-(?:insert|replace|create|convert)$/)
      : step.some(/^\s*(?:Add|Set|Merge|Import|Copy)\b/i);

const LAUNCH = /^(?:load|bootstrap|submit|enable|kickstart)$/;
const launchd = (step: Step): Verdict =>
  (step.sub('setenv', 'DYLD_INSERT_LIBRARIES|DYLD_LIBRARY_PATH') && 'high') ||
  (LAUNCH.test(step.operands[0] ?? '') &&
    (step.some(/\/(?:tmp|Users\/Shared|private\/tmp)\//) || step.sub('submit') || step.sub('load|bootstrap')) &&
    (step.sub('kickstart|enable') ? 'moderate' : 'high'));

/** Directories that everyone can write to. */
const SCRATCH = /(?:^|[:=\s])\.{0,2}\/(?:tmp|dev\/shm|var\/tmp)\//;
/**
 * Variables that make a program load code at start: ld.so(8), bash(1), python(1), perl(1), ruby(1),
 * node(1), java(1).
 */
const LOADED_FIRST =
  /^(?:LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|GCONV_PATH|BASH_ENV|ENV|PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|PERL5LIB|PERLLIB|PERL5OPT|RUBYLIB|RUBYOPT|NODE_OPTIONS|NODE_PATH|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|CLASSPATH|GEM_PATH|PATH)$/;

/**
 * A library that the distribution or a package installs; allocators and test libraries are common.
 */
const ORDINARY_LIBRARY =
  /^$|^\$|^"?\$\(|^\/(?:usr|lib|lib64|opt|nix|snap|app|Library|System)\/|(?:jemalloc|tcmalloc|mimalloc|asan|tsan|ubsan|faketime|eatmydata|stdbuf|SegFault|nss_wrapper|fakeroot|proxychains|tsocks|torsocks|gtk|libc)/;
const loadsCode = (name: string, value: string, elevated: boolean): Severity | false => {
  if (/^(?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES)$/.test(name)) {
    if (SCRATCH.test(value)) return 'high';
    return ORDINARY_LIBRARY.test(value)
      ? elevated && /\/home\//.test(value) && 'high'
      : /^\//.test(value) || elevated
        ? 'high'
        : 'moderate';
  }
  if (/^(?:BASH_ENV|ENV|ZDOTDIR)$/.test(name))
    return /^\/(?!etc\/|usr\/|opt\/|home\/|root\/)|^<\(/.test(value) ? 'high' : false;
  // `-Mbase;system(…)`: text after the name of a module is a program.
  if (name === 'PERL5OPT' && /[;(`]/.test(value)) return 'high';
  if (!LOADED_FIRST.test(name) || !/(?:^|[^\w]|-[A-Za-z])\/(?:tmp|dev\/shm|var\/tmp)\//.test(value)) return false;
  return elevated || /OPTIONS$|OPT$|STARTUP$/.test(name) ? 'high' : false;
};
/** Options that name a library to load. */
const LIBRARY_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  enable: ['-f'],
  openssl: ['-engine', '-provider-path'],
  curl: ['--engine'],
  'ssh-keygen': ['-D'],
  'ssh-add': ['-s'],
  ssh: ['-I'],
};
/** `enable -f /tmp/x.so x`: code from a file that anyone may have written. */
const loadsLibrary = (step: Step): boolean => {
  const options = Object.hasOwn(LIBRARY_OPTIONS, step.tool) ? LIBRARY_OPTIONS[step.tool] : undefined;
  return (
    options !== undefined && /^\.{0,2}\/(?!(?:usr|lib|lib64|opt|nix|Library)\/)/.test(step.value(...options) ?? '')
  );
};

const preloads = ({ analysis, steps }: CommandLineContext): Verdict => {
  const found = [
    ...analysis.settings.map(({ assignment }) => loadsCode(assignment.name, assignment.value?.text ?? '', false)),
    ...steps.flatMap((step) =>
      step.invocation.assignments.map(({ name, value }) => loadsCode(name, value?.text ?? '', step.elevated)),
    ),
  ];
  if (steps.some(loadsLibrary)) return 'high';
  return found.find((level) => level === 'high') ?? found.find((level) => level !== false) ?? false;
};

export const PERSISTENCE_LINE_RULES: readonly CommandLineRule[] = inFamily('persistence', [
  {
    id: 'persistence.preload',
    level: 'high',
    whenAll: preloads,
    technique: 'T1574.006',
    reason: 'Loads a custom library or module into a program.',
    safer: 'Build the program with the change.',
  },
]);

const WEB_SHELL =
  /<\?(?:php|=)?[\s\S]*(?:eval|assert|system|exec|passthru|shell_exec|popen|proc_open|`)[\s\S]*\$_(?:GET|POST|REQUEST|COOKIE|SERVER)|<%[\s\S]*(?:Runtime\.getRuntime|eval\s*\(?\s*request|ProcessBuilder)/i;
const PAGE = /\.(?:php\d?|phtml|phar|jspx?|aspx?|cgi)$/i;
const writesWebShell = (step: Step): boolean => {
  const pages = step.writes.filter(({ path }) => PAGE.test(path));
  if (pages.length === 0) return false;
  const { input } = step.invocation;
  // A page that is fetched under another kind of name, which the other server would not run.
  if (isFetcher(step))
    return (
      !step.some(/^https?:.*\.(?:php|jsp|aspx?)$/i) &&
      pages.some(({ path }) => /^\/(?:var\/www|srv|usr\/share\/nginx)\//.test(path))
    );
  return WEB_SHELL.test(input.kind === 'inherited' || input.kind === 'file' ? step.args.join(' ') : writtenText(step));
};
/** A timer that runs the text of a shell, or a program that everyone can replace. */
const startsHidden = (step: Step): boolean =>
  step.args.some(
    (arg, at) => (/^-c$/.test(arg) && /sh$/.test(step.args[at - 1] ?? '')) || step.kind(arg) === 'scratch',
  );

export const PERSISTENCE_RULES: readonly StepRule[] = inFamily('persistence', [
  {
    id: 'persistence.cron-file',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: writesMatching(CRON),
    technique: 'T1053.003',
    reason: 'Adds or changes a job that runs repeatedly, often as root.',
    safer: 'Use crontab -e or a systemd timer under version control.',
  },
  {
    id: 'persistence.crontab',
    level: 'high',
    tools: 'crontab',
    when: installsCron,
    technique: 'T1053.003',
    reason: 'Replaces or removes the whole crontab.',
    safer: 'Save it with crontab -l and edit it with crontab -e.',
  },
  {
    id: 'persistence.at-job',
    level: 'moderate',
    tools: 'at batch',
    when: (s: Step) =>
      !s.flag('-l', '-c', '-V', '-h') &&
      (s.args.length > 0 || s.tool === 'batch') &&
      (s.elevated || s.invocation.input.kind === 'pipe' || s.flag('-f') ? 'high' : 'moderate'),
    technique: 'T1053.002',
    reason: 'Schedules a command to run later, unattended.',
    safer: 'Use a systemd timer under version control.',
  },
  {
    id: 'persistence.unit-file',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) =>
      writesTo(s, UNIT).some((item) => /^(?:\/|~|\$)/.test(item.path)) && (EDITORS.has(s.tool) ? 'moderate' : 'high'),
    technique: 'T1543.002',
    reason: 'Writes a service or timer that starts automatically.',
    safer: 'Install it as a package, or use systemctl edit.',
  },
  {
    id: 'persistence.web-shell',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: writesWebShell,
    technique: 'T1505.003',
    reason: 'Puts a page on a web server that runs what its visitors send.',
    safer: 'Deploy reviewed files.',
  },
  {
    id: 'persistence.scratch-unit',
    level: 'high',
    tools: 'systemctl',
    when: (s: Step) =>
      s.sub('link|enable|reenable|start|daemon-reload') &&
      s.after(1).some((path) => path.includes('/') && s.kind(path) === 'scratch'),
    technique: 'T1543.002',
    reason: 'Starts a service from a directory that everyone can write to.',
    safer: 'Install the unit file in /etc/systemd/system.',
  },
  {
    id: 'persistence.transient-timer',
    level: 'moderate',
    tools: 'systemd-run',
    when: (s: Step) => s.some(/^--(?:on-|timer)/) && (!s.some(/^--on-active/) && startsHidden(s) ? 'high' : 'moderate'),
    raise: true as const,
    technique: 'T1053.006',
    reason: 'Starts a command later or repeatedly.',
    safer: 'Write a timer unit.',
  },
  {
    id: 'persistence.boot-script',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: bootEdit,
    technique: 'T1037.004',
    reason: 'Changes what runs at boot or at every user’s login.',
    safer: 'Use a unit file or a package.',
  },
  {
    id: 'persistence.autostart',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: writesMatching(AUTOSTART),
    technique: 'T1547.013',
    reason: 'Adds a program that starts at every login.',
    safer: 'Use the desktop’s own settings.',
  },
  {
    id: 'persistence.profile',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: profileEdit,
    technique: 'T1546.004',
    reason: 'Adds a command that runs in every new shell.',
    safer: 'Edit the file by hand and keep it under version control.',
  },
  {
    id: 'persistence.login-key',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: writesMatching(KEYS),
    technique: 'T1098.004',
    reason: 'Changes who can log in to this machine, or how.',
    safer: 'Use ssh-copy-id from the machine that needs access.',
  },
  {
    id: 'persistence.loader',
    level: 'critical',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) =>
      writesTo(s, LOADER).length > 0 && (s.writes.some((item) => /preload/.test(item.path)) ? 'critical' : 'high'),
    technique: 'T1574.006',
    reason: 'Loads a library into every program that starts.',
    safer: 'Set LD_LIBRARY_PATH for the one program.',
  },
  {
    id: 'persistence.git-hook',
    level: 'moderate',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) =>
      writesTo(s, HOOK).length > 0 &&
      (writesTo(s, SYSTEM_HOOK).length > 0 && !EDITORS.has(s.tool) ? 'high' : 'moderate'),
    technique: 'T1546',
    reason: 'Adds a program that later runs with ordinary commands.',
    safer: 'Use pre-commit, which lists its hooks in a file.',
  },
  {
    id: 'persistence.launchd',
    level: 'high',
    tools: 'launchctl',
    when: launchd,
    technique: 'T1543.004',
    reason: 'Loads a program that macOS keeps running.',
    safer: 'Use brew services or a login item.',
  },
  {
    id: 'persistence.login-hook',
    level: 'high',
    tools: 'defaults osascript plutil plistbuddy',
    when: (s: Step) =>
      s.tool === 'osascript'
        ? /make login item/i.test(s.args.join(' '))
        : s.some(
            /LoginHook|LogoutHook|AutoLaunchedApplicationDictionary|TALAppsToRelaunchAtLogin|LSEnvironment|StartupItems|Launch(?:Agents|Daemons)/,
          ) && changesSettings(s),
    technique: 'T1037.002',
    reason: 'Adds a program that runs at every login.',
    safer: 'Use the login items in System Settings.',
  },
  {
    id: 'persistence.bits-of-trap',
    level: 'moderate',
    tools: 'trap',
    when: (s: Step) =>
      /(?:curl|wget|nc|\/dev\/tcp|base64|\bsh\b|nohup|touch|echo)/.test(s.args[0] ?? '') &&
      s.some(/^(?:DEBUG|EXIT|SIG\w+|INT|0)$/) &&
      (/(?:curl|wget|nc |\/dev\/tcp|base64|nohup)/.test(s.args[0] ?? '') ? 'high' : false),
    technique: 'T1546.005',
    reason: 'Runs a hidden command on a signal or at every prompt.',
    safer: 'Use traps for cleanup only.',
  },
]);
