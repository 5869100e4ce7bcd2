/** Ways to become root, and root shells. */

import type { Input } from '../../shell/model.ts';
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, type Step } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';
import { SHELL } from '../subjects/programs.ts';

const SHELL_PATH =
  /(?:^|[^\w.]|\.\.)(?:\/(?:usr\/)?(?:local\/)?bin\/(?:ba|da|z|k|c|tc|fi|a)?sh|\$SHELL|sh -[ip]|exec sh|['"`!]+(?:ba|da|z|k|a)?sh['"`]*)(?![\w./-])/;
/**
 * Text of a script, macro or settings file, in any language, that opens a shell: without arguments,
 * or on a terminal.
 */
const OPENS_SHELL =
  /(?:\/bin\/|exec |["'`\s(]|^)(?:ba|da|z|k)?sh(?:["'`)\]}]|[ \t]*(?:;[ \t]*)?$|[ \t]+-[ip]\b|[ \t]+["'\\]*[0-2&]?[<>])/m;
/**
 * Lines that only mention a shell: a shebang, a setting (`SHELL=/bin/bash`, `executable:
 * /bin/bash`), an account.
 */
const NAMES_SHELL =
  /^(?:#!.*|[ \t]*[\w.-]+[ \t]*[:=][ \t]*["']?\/[\w/]*sh["']?[ \t]*|[^:\s]+(?::[^:\n]*){5}:\/[\w/]*sh[ \t]*)$/gm;
/**
 * Tools for which a shell's path is plain data: a login shell, a file to inspect, a link, a list
 * entry.
 */
const PLAIN = new Set(
  'useradd usermod adduser chsh pw groupadd dscl sysadminctl ls stat file which whereis type cat head tail less grep diff cmp md5sum sha1sum sha256sum ln cp install chmod chown chgrp rm mv test apt apt-get dpkg rpm yum dnf echo printf tee sed ldd readlink realpath strings objdump readelf add-shell remove-shell update-alternatives systemctl touch chcon restorecon setfacl getfacl semanage aa-genprof aa-complain aa-enforce git ps pgrep pkill kill lsof fuser getcap setcap docker podman kubectl nerdctl machinectl lxc incus'.split(
    ' ',
  ),
);
const CONTAINER =
  /^(?:docker|podman|nerdctl|kubectl|lxc|incus|machinectl|systemd-nspawn|chroot|distrobox|toolbox|docker-compose|crictl|ctr|ssh|pct)$/;

/** Terminals and consoles that are equivalent to a shell if given nothing else to do. */
const CONSOLE =
  /^(?:screen|tmux|byobu|zellij|script|su|irb|ghci|tclsh|cpan|capsh|lua|python|node|julia|r|guile|iex|erl|jshell|ftp|lftp|ncftp|mail|gdb|ed|pry|jjs|wish|ipython|bpython|msfconsole|elvish|nu|xonsh|deno|scala|groovysh|pwsh|sash|vim|nvim|nano|pico|emacs|joe|hping3|tdbtool|tasksh|ginsh|zathura|psftp|telnet|octave|vimdiff|view)$/;

/** What the shell reads is known, and rated by itself. */
const isKnown = (input: Input): boolean =>
  input.kind === 'here-document' || input.kind === 'here-string' || (input.kind === 'pipe' && input.output !== null);

/** A root shell without a command of its own. */
const rootShell = (step: Step): Verdict => {
  // chroot to `/` changes nothing.
  if (step.tool === 'chroot' && step.elevated && step.operands[0] === '/') return true;
  if (!step.elevated || step.isWrapper || step.invocation.contained || step.invocation.remote) return false;
  if (step.invocation.via.some((wrapper) => CONTAINER.test(wrapper.name))) return false;
  if (step.flag('-c') || step.code !== '' || step.flag('--version', '--help', '-n')) return false;
  if (step.tool === 'chroot') return step.operands.length === 1;
  const plain = step.args.filter((arg) => !arg.startsWith('-') && !/^[\d<>&|]+$/.test(arg) && arg !== '/dev/null');
  if (step.tool === 'sg' || step.tool === 'newgrp')
    return plain.length === 1 && /^(?:root|wheel|sudo)$/.test(plain[0] ?? '');
  if (step.tool === 'su') return plain.every((name) => name === 'root');
  if (CONSOLE.test(step.tool))
    return (
      step.args.length === 0 ||
      (step.tool === 'script' && plain.length === 0) ||
      (step.tool === 'capsh' && step.args.includes('--'))
    );
  return SHELL.test(step.tool) && plain.length === 0 && !isKnown(step.invocation.input);
};

/**
 * `sudo vim -c ':!/bin/sh'`, `sudo tar … --checkpoint-action=exec=/bin/sh`: a root shell through a
 * program that can start another.
 */
const shellEscape = (step: Step): Verdict => {
  if (!step.elevated || PLAIN.has(step.tool) || SHELL.test(step.tool) || CONTAINER.test(step.tool)) return false;
  if (
    /^(?:sudo|doas|su|env|nice|nohup|time|timeout|xargs|runuser|pkexec|run0)$/.test(step.tool) ||
    step.invocation.contained
  )
    return false;
  return (
    step.args.some((arg) => SHELL_PATH.test(arg)) ||
    step.invocation.referencedTexts.some((text) => OPENS_SHELL.test(text.replace(NAMES_SHELL, ''))) ||
    SHELL_PATH.test(step.code) ||
    (step.code !== '' && /\b(?:exec|system|spawn|popen|setuid\(0\))/.test(step.code) && /sh\b/.test(step.code))
  );
};

/**
 * Escapes without a shell's path: pagers, editors and package managers that are told to run
 * something.
 */
const HOOKS: Readonly<Record<string, RegExp>> = {
  tar: /^--(?:checkpoint-action|to-command|use-compress-program|rsh-command)|^-I$/,
  find: /^-(?:exec|execdir|ok|okdir)$/,
  vim: /^(?:-c|--cmd)$|^:!|^\+!|:!|py3? |:lua|:terminal/,
  apt: /(?:Pre-Invoke|Post-Invoke|Invoke::|::Pager=)/,
  'apt-get': /(?:Pre-Invoke|Post-Invoke|Invoke::|::Pager=)/,
  git: /help.browser|core\.(?:pager|editor|sshCommand)|ProxyCommand/,
  nmap: /^--interactive$|^--script=?\/?(?:tmp|\$|\w*shell)/,
  tshark: /^-X\s*lua_script:/,
  'ssh-keygen': /^(?:-D)?(?:\.{1,2}|\/tmp|\/var\/tmp|\/dev\/shm)\/.*\.so/,
  rsync: /^-e$|^--rsh/,
  ssh: /ProxyCommand|PermitLocalCommand|LocalCommand/,
  scp: /^-S$/,
  tcpdump: /^-z$/,
  zip: /^-(?:TT|T)$|--unzip-command/,
  awk: /system\(|getline/,
  sed: /(?:^|\d|;|\})e\s|\/e$|^1e /,
  man: /^(?:-P|-H|--pager|--html)/,
  'run-parts': /./,
  dpkg: /^-i$/,
  pip: /^\$|TF|^\.$|\/tmp/,
  npm: /^(?:exec|run|--script-shell)$|\/tmp/,
  make: /^--eval|^-f$/,
  crontab: /^-e$/,
  wget: /^--use-askpass/,
  rpm: /^--(?:eval|pipe)|%\(/,
  split: /^--filter/,
  logsave: /./,
  mount: /^--bind$|^bind$/,
  mysql: /\\!|system /,
  psql: /\\!/,
  sqlite3: /\.shell|\.system/,
  busctl: /SpawnCommand|-H$/,
  dmsetup: /^create$/,
  snap: /^install$/,
  socat: /exec:|system:/i,
  'start-stop-daemon': /sh$/,
  ldconfig: /^-f$/,
  openssl: /engine/,
};
const usesHook = (step: Step): Verdict => {
  if (!step.elevated) return false;
  // A pager that git is told to start asks for commands.
  if (step.tool === 'git' && /^(?:-p|--paginate)$/.test(step.args[0] ?? '')) return true;
  const pattern = Object.hasOwn(HOOKS, step.tool) ? HOOKS[step.tool] : undefined;
  if (!pattern) return false;
  if (/^(?:find|vim|npm|make|dpkg|mount|crontab|snap|dmsetup|rsync|man|sed|git|awk)$/.test(step.tool))
    return (
      step.args.some((arg) => pattern.test(arg)) &&
      step.args.some(
        (arg) => SHELL_PATH.test(arg) || /(?:^|[\s"'(!])(?:ba|da|z|k)?sh\b|\/tmp\/|\$TF\b|\$LFILE|exec/.test(arg),
      ) &&
      !(step.tool === 'find' && !step.args.some((arg) => /(?:^|\/)(?:ba|da|z|k)?sh$/.test(arg)))
    );
  return step.args.some((arg) => pattern.test(arg));
};

const AUTH_FILES =
  /^(?:\/private|\/usr\/local)?\/etc\/(?:passwd|shadow|group|gshadow|master\.passwd|sudoers(?!\.(?:example|sample|dist)$)|pam\.d\/|pam\.conf|security\/|doas\.conf|polkit-1\/|login\.defs|nsswitch\.conf|krb5\.conf|shells$)|\/pam_\w+\.so|\/usr\/share\/polkit-1|^\/var\/db\/(?:dslocal|auth)/;
const EDITORS = new Set(['vim', 'nano', 'nvim', 'emacs', 'ed', 'sudoedit', 'touch']);

const joinsGroup = (step: Step): Verdict => {
  // A new group has no members; one with the id of root's group has its rights.
  const creates = step.tool === 'groupadd' || (step.tool === 'addgroup' && step.operands.length < 2);
  if (creates) return /^0$/.test(step.value('-g', '--gid') ?? '') || step.flag('-U', '--users');
  const groups = `${step.value('-G', '--groups', '-aG', '-Ga', '-g', '--gid') ?? ''} ${step.operands.join(' ')}`;
  return (
    /(?:^|[\s,])(?:sudo|wheel|admin|root|docker|lxd|disk|shadow|adm|kvm|libvirt|staff|0)(?:$|[\s,])/.test(groups) &&
    !step.flag('-d', '--delete', '-r')
  );
};

/** `echo … | EDITOR='tee -a' visudo`: what visudo checks with `-c` is not saved. */
const savesAsSudoers = ({ invocation: { pipesTo } }: Step): boolean =>
  pipesTo !== null &&
  /^(?:visudo|sponge|dd|tee)$/.test(pipesTo.tool) &&
  !(pipesTo.tool === 'visudo' && pipesTo.args.some(({ text }) => /^-[a-z]*c/.test(text)));

/** An account line with the user id of root: `bd::0:0::/root:/bin/sh`. */
const ROOT_LINE = /(?:^|\n|\\n)(?!root:)[\w.-]+:[^:\s]*:0+:\d*:/;
const addsRootLine = (step: Step): boolean =>
  step.writes.some(({ path }) => normalPath(path) === '/etc/passwd') &&
  (step.some(ROOT_LINE) || ROOT_LINE.test(pipedText(step.invocation)));

/** CVE-2019-14287 (`-u#-1`), CVE-2025-32463 (`--chroot`), CVE-2021-3156 (`sudoedit -s '\\'`). */
const sudoFlaw = (step: Step): boolean => {
  if (step.tool === 'sudoedit') return step.flag('-s', '-i') && step.some(/\\$/);
  const options =
    step.invocation.via.find((wrapper) => wrapper.name === 'sudo' && wrapper.args[0] === step.words[0])?.options ?? [];
  return options.some(
    ([name, value]) =>
      /^(?:-R|--chroot)$/.test(name) || (/^(?:-u|--user)$/.test(name) && /^#(?:-1|4294967295)$/.test(value ?? '')),
  );
};

export const PRIVILEGE_RULES: readonly StepRule[] = inFamily('privilege', [
  {
    id: 'privilege.root-shell',
    level: 'high',
    tools: '*',
    needs: 'root' as const,
    when: rootShell,
    technique: 'T1548.003',
    reason: 'Opens a root shell, where every command runs as root without sudo’s checks.',
    safer: 'Run the one command with sudo.',
  },
  {
    id: 'privilege.shell-escape',
    level: 'high',
    tools: '*',
    needs: 'root' as const,
    when: shellEscape,
    technique: 'T1548.003',
    reason: 'Uses a program that runs as root to get a root shell, which bypasses the sudo rules.',
    safer: 'Allow the program without that feature, or with NOEXEC.',
  },
  {
    id: 'privilege.program-hook',
    level: 'high',
    tools: Object.keys(HOOKS).join(' '),
    when: usesHook,
    technique: 'T1548.003',
    reason: 'Makes a program that runs as root start another program.',
    safer: 'Run the other program with sudo directly, if you are allowed to.',
  },
  {
    id: 'privilege.switch-user',
    level: 'moderate',
    tools: 'sudo su doas',
    when: (s: Step) =>
      s.tool === 'su'
        ? !s.flag('-c', '--command', '--help', '--version', '-V', '-h')
        : s.flag('-i', '-s', '--login', '--shell') && !s.isWrapper,
    technique: 'T1548.003',
    reason: 'Switches to another user for all commands that follow.',
    safer: 'Run the one command with sudo.',
  },
  {
    id: 'privilege.login-files',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) => {
      const hits = s.writes.filter((item) => AUTH_FILES.test(normalPath(item.path)));
      return (
        hits.length > 0 &&
        (EDITORS.has(s.tool)
          ? hits.some((item) => /sudoers|shadow|passwd/.test(item.path))
            ? 'high'
            : 'moderate'
          : 'high')
      );
    },
    technique: 'T1556.003',
    reason: 'Changes who can log in, with which password, or who can become root.',
    safer: 'Use visudo, passwd, usermod or pam-auth-update.',
  },
  {
    id: 'privilege.sudoers-text',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      s.some(/\bNOPASSWD\s*:|ALL\s*=\s*\(?ALL|!tty_tickets|timestamp_timeout\s*=\s*-1|!authenticate/) &&
      (s.writes.length > 0
        ? !s.writes.every((item) => /\.(?:md|txt)$/.test(item.path))
        : /^(?:sed|visudo)$/.test(s.tool) || savesAsSudoers(s)),
    technique: 'T1548.003',
    reason: 'Allows commands to run as root without a password.',
    safer: 'List the commands one by one, and require a password.',
  },
  {
    id: 'privilege.sudo-cache',
    level: 'high',
    tools: 'rm touch cp tee sudo',
    when: (s: Step) =>
      s.writes.some((item) => /\/(?:var\/(?:db|run|lib)\/sudo|run\/sudo\/ts)/.test(item.path)) ||
      (s.tool === 'rm' && s.some(/\/(?:var\/(?:db|run|lib)\/sudo|run\/sudo\/ts)/)),
    technique: 'T1548.003',
    reason: 'Tampers with sudo’s record of who has entered a password.',
    safer: 'Use sudo -k.',
  },
  {
    id: 'privilege.sudo-flaw',
    level: 'high',
    tools: 'sudo sudoedit',
    when: sudoFlaw,
    technique: 'T1068',
    reason: 'Uses an option of sudo that old versions check wrongly, which makes anyone root.',
    safer: 'Update sudo; name the user, without --chroot.',
  },
  {
    id: 'privilege.group-admin',
    level: 'high',
    tools: 'usermod useradd adduser gpasswd groupmod addgroup pw dseditgroup dscl groupadd',
    when: (s: Step) =>
      s.tool === 'dscl' || s.tool === 'dseditgroup'
        ? s.some(/(?:\/Groups\/)?\b(?:admin|wheel)$/) && s.some(/append|create|merge|edit|-a$/)
        : joinsGroup(s),
    technique: 'T1098.007',
    reason: 'Adds an account to a group with root-equivalent rights.',
    safer: 'Give the account the one sudo rule that it needs.',
  },
  {
    id: 'privilege.uid-zero',
    level: 'critical',
    tools: '*',
    when: (s: Step) =>
      /^(?:useradd|usermod|adduser|pw)$/.test(s.tool)
        ? /^0$/.test(s.value('-u', '--uid') ?? '') || (s.flag('-o', '--non-unique') && s.some(/^0$|^-u0$/))
        : addsRootLine(s),
    technique: 'T1136.001',
    reason: 'Creates a second root account.',
    safer: 'Use sudo.',
  },
  {
    id: 'privilege.ptrace-or-exploit',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      /(?:dirtycow|dirty_?pipe|pwnkit|overlayfs.*exploit|exploit\.(?:sh|py)$|looney|sudo_killer|gtfo)/i.test(
        s.invocation.name.text,
      ) ||
      (/^(?:curl|wget|http|nc)$/.test(s.tool) && s.some(/\(\)\s*\{\s*:?[^}]*;?\s*\}\s*;/)) ||
      (s.tool === 'pkexec' && s.args.length === 0 && s.invocation.assignments.length > 0),
    technique: 'T1068',
    reason: 'Exploits a vulnerability to become root.',
    safer: 'Use it only in a test that you have permission for.',
  },
  {
    id: 'privilege.setuid-code',
    level: 'high',
    tools: 'python perl ruby php node gdb lua',
    when: (s: Step) =>
      /setuid\s*\(?\s*\(?0|setreuid\s*\(\s*0|seteuid\s*\(\s*0|Process::Sys\.setuid|posix_setuid\(0\)/.test(
        s.invocation.code ? s.code : s.args.join(' '),
      ),
    technique: 'T1548.001',
    reason: 'Becomes root through a set-user-id program or a capability.',
    safer: 'Remove the capability from the interpreter.',
  },
]);
