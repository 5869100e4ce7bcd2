/**
 * Options, operands and input that make a program run a command: pagers, archivers, editors,
 * network tools. They cover the GTFOBins (gtfobins.github.io) functions "shell", "command" and
 * "reverse shell".
 */

export interface ExecOption {
  /**
   * Options whose value is examined: the next word, or the text after `=`. Without options, every
   * word is examined.
   */
  readonly options?: readonly string[];
  /** Short options that may end a bundle (`socket -qvp '/bin/sh'`). */
  readonly bundled?: string;
  /**
   * Extracts the command from the value: the last group that matched. Without a pattern, the
   * command is the whole value.
   */
  readonly pattern?: RegExp;
  /** The value has parameters, of which some are commands. */
  readonly parameters?: true;
  /** Only with this word before the option: a subcommand. */
  readonly after?: string;
  /** Looks at each line of the input, not at words. */
  readonly input?: true;
  /** The command to run if the value matches but does not contain it (`vi -c :terminal`). */
  readonly command?: string;
}

const NETCAT: readonly ExecOption[] = [{ options: ['-e', '-c', '--exec', '--sh-exec'], bundled: 'ec' }];
const TAR: readonly ExecOption[] = [
  { options: ['--checkpoint-action'], pattern: /^exec=(.+)$/s },
  {
    options: ['--to-command', '--use-compress-program', '-I', '--info-script', '--new-volume-script', '--rsh-command'],
  },
];
const SSH: readonly ExecOption[] = [
  { options: ['-o'], pattern: /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)\s*[= ]\s*(.+)$/is },
];
/** `!cmd`, `%!cmd`, `r !cmd`, `w !cmd`, `bufdo !cmd`, `term cmd`; but `w! file` is none. */
const EX =
  /^:?\s*(?:(?:sil(?:ent)?!?|(?:arg|buf|win|tab)do)\s*)*(?:[%.$\d,]*!|(?:r(?:ead)?|w(?:rite)?)\s+!|r(?:ead)?!|term(?:inal)?\s+)\s*(.+)$/s;
const VI: readonly ExecOption[] = [
  { options: ['-c', '--cmd'], bundled: 'c', pattern: EX },
  { options: ['-c', '--cmd'], bundled: 'c', pattern: /^:?\s*exe\w{0,4}\s*["']!([^"']+)/s },
  { pattern: /^\+:?(?:!|term(?:inal)?\s+)(.+)$/s },
  { options: ['-c', '--cmd'], bundled: 'c', pattern: /^:?\s*(?:sh(?:ell)?|term(?:inal)?)$/, command: 'sh' },
  { options: ['-c', '--cmd'], bundled: 'c', pattern: /(?:system|execute|execl|execv|spawn)\(\s*\\?["']([^"']+)["']/ },
];
const EX_EDITOR: readonly ExecOption[] = [...VI, { input: true, pattern: EX }];
/** Programs that read their commands from the input and run `!cmd`. */
const ESCAPES: readonly ExecOption[] = [{ input: true, pattern: /^\s*!\s*(.+)$/s }];
const LFTP = /(?:^|;)\s*!\s*(.+)$/s;
/** Speller of pico and nano. */
const NANO: readonly ExecOption[] = [{ options: ['-s', '--speller'], bundled: 's' }];
const DPKG: readonly ExecOption[] = [{ options: ['--pre-invoke', '--post-invoke'] }];
const PAGER_OPTION: readonly ExecOption[] = [{ options: ['--pager'] }];
const LATEX: readonly ExecOption[] = [{ pattern: /write18\s*\{(.+?)\}/s }];
const PAGER: readonly ExecOption[] = [{ options: ['-P', '--pager', '-H', '--html'] }];
const SQL: readonly ExecOption[] = [
  { pattern: /(?:^|\n|;)\s*\\!\s*(.+)$/s },
  { pattern: /^\.(?:shell|system)\s+(.+)$/s },
];
const MYSQL: readonly ExecOption[] = [
  ...SQL,
  { options: ['-e', '--execute'], pattern: /(?:^|;)\s*system\s+([^;]+)/ },
  { input: true, pattern: /^\s*(?:\\!|system\s)\s*(.+)$/s },
];
const APT: readonly ExecOption[] = [{ pattern: /::(?:Pre|Post)-Invoke(?:-Success)?(?:::)?=(.+)$/s }];

const SYSTEMS_MANAGER: readonly ExecOption[] = [{ options: ['--parameters'], parameters: true }];

export const EXEC_OPTIONS: Readonly<Record<string, readonly ExecOption[]>> = {
  nc: NETCAT,
  ncat: NETCAT,
  netcat: NETCAT,
  'nc.traditional': NETCAT,
  'nc.openbsd': NETCAT,
  socket: [{ options: ['-p'], bundled: 'p' }],
  socat: [{ pattern: /^(?:exec|system|shell):["']?([^,"']+)/i }],
  tar: TAR,
  gtar: TAR,
  bsdtar: TAR,
  rsync: [{ options: ['-e', '--rsh', '--rsync-path'], bundled: 'e' }],
  ssh: SSH,
  scp: [...SSH, { options: ['-S'] }],
  sftp: [...SSH, { options: ['-S'] }, ...ESCAPES],
  zip: [{ options: ['-TT', '--unzip-command'] }],
  rpm: [{ options: ['--pipe'] }, { options: ['--eval', '-E'], pattern: /(?:%\(|os\.execute\(["'])([^)"']+)/s }],
  split: [{ options: ['--filter'] }],
  sort: [{ options: ['--compress-program'] }],
  sed: [{ pattern: /^(?:\d+|\$)?e\s+(.+)$/s }],
  git: [
    {
      options: ['-c', '--config-env'],
      pattern:
        /^(?:(?:alias|credential)\.[^=]+=!|(?:core\.(?:pager|editor|sshcommand|fsmonitor|askpass|gitproxy)|sequence\.editor|gpg\.program|pager\.\w+|diff\.external|(?:diff|merge)tool\.\w+\.cmd|filter\.\w+\.(?:clean|smudge|process))=)(.+)$/is,
    },
    { options: ['--upload-pack', '--receive-pack', '--open-files-in-pager', '--sendmail-cmd'] },
    { options: ['-u'], after: 'clone' },
    { options: ['-O'], after: 'grep' },
    { options: ['-x', '--extcmd'], after: 'difftool' },
    { options: ['--exec'], after: 'archive' },
    {
      after: 'config',
      options: [
        'core.pager',
        'core.editor',
        'core.sshCommand',
        'core.fsmonitor',
        'core.askPass',
        'sequence.editor',
        'gpg.program',
        'diff.external',
      ],
    },
  ],
  hg: [{ options: ['--config'], pattern: /^(?:alias\.[^=]+=!|hooks\.[^=]+=|ui\.(?:editor|ssh|pager)=)(.+)$/s }],
  vi: VI,
  vim: VI,
  nvim: VI,
  view: VI,
  vimdiff: VI,
  rvim: VI,
  ex: EX_EDITOR,
  ed: ESCAPES,
  man: PAGER,
  less: [{ pattern: /^\+(?:!|\|.)\s*(.+)$/s }, ...ESCAPES],
  latex: LATEX,
  pdflatex: LATEX,
  xelatex: LATEX,
  lualatex: [...LATEX, { pattern: /os\.execute\(["']([^"']+)/ }],
  tex: LATEX,
  pip: [{ options: ['--editor'] }],
  pip3: [{ options: ['--editor'] }],
  gdb: [{ options: ['-ex', '-eval-command'], pattern: /^(?:!|shell\s+)(.+)$/s }],
  mysql: MYSQL,
  mariadb: MYSQL,
  psql: [...SQL, { input: true, pattern: /^\s*\\!\s*(.+)$/s }],
  sqlite3: [...SQL, { input: true, pattern: /^\.(?:shell|system)\s+(.+)$/s }],
  tcpdump: [{ options: ['-z'], bundled: 'z' }],
  wget: [{ options: ['--use-askpass'] }],
  nano: NANO,
  pico: NANO,
  ftp: ESCAPES,
  lftp: [
    { options: ['-c', '-e'], pattern: LFTP },
    { input: true, pattern: LFTP },
  ],
  smbclient: [{ options: ['-c', '--command'], pattern: LFTP }, ...ESCAPES],
  lldb: [
    { options: ['-o', '-O', '--one-line', '--one-line-before-file'], pattern: /^(?:platform\s+)?shell\s+(.+)$/s },
    { options: ['-o', '-O', '--one-line', '--one-line-before-file'], pattern: /system\(\s*["']([^"']+)["']/ },
  ],
  dpkg: DPKG,
  bat: PAGER_OPTION,
  batcat: PAGER_OPTION,
  delta: PAGER_OPTION,
  ag: PAGER_OPTION,
  ack: PAGER_OPTION,
  rg: [{ options: ['--pre', '--hostname-bin'] }],
  fzf: [
    { options: ['--preview'] },
    { options: ['--bind'], pattern: /(?:execute(?:-silent)?|become|reload|preview|transform)\((.+?)\)/s },
  ],
  ranger: [{ options: ['--cmd'], pattern: /^shell\s+(?:-\w+\s+)?(.+)$/s }],
  restic: [{ options: ['--password-command'] }],
  bpftrace: [{ options: ['-e'], pattern: /system\("([^"]+)"/ }],
  gnuplot: [{ options: ['-e'], pattern: /(?:^|;)\s*!\s*(.+)$/s }],
  ghci: [{ options: ['-e'], pattern: /^:!\s*(.+)$/s }],
  dc: [{ options: ['-e', '--expression'], pattern: /^!\s*(.+)$/s }, ...ESCAPES],
  apt: APT,
  'apt-get': APT,
  aptitude: APT,
  crash: [{ pattern: /^!(.+)$/s }],
  npx: [{ options: ['-c', '--call'] }],
  entr: [{ options: ['-s'], bundled: 's' }],
  certbot: [
    {
      options: [
        '--pre-hook',
        '--post-hook',
        '--deploy-hook',
        '--renew-hook',
        '--manual-auth-hook',
        '--manual-cleanup-hook',
      ],
    },
  ],
  aria2c: [{ options: ['--on-download-start', '--on-download-complete', '--on-download-error', '--on-download-stop'] }],
  check_by_ssh: SSH,
  debugfs: [{ options: ['-R'] }],
  aws: SYSTEMS_MANAGER,
  awslocal: SYSTEMS_MANAGER,
};
