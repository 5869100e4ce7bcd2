/** Reading, collecting and sending secrets. */

import { type CommandLineContext, type CommandLineRule, inFamily, type StepRule, type Verdict } from '../rule.ts';
import { type Step, upstream } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';
import { INTERPRETER } from '../subjects/programs.ts';
import { sensitivityOf } from '../subjects/sensitive.ts';
import { COLLECTED, PACKED, PRIVATE, SECRET } from '../subjects/sources.ts';
import { uploadOf } from '../subjects/uploads.ts';

/**
 * Any unknown program that is given the password hashes is assumed to read them, because a list of
 * readers can never be complete.
 */
const HASHES = /^\/etc\/(?:g?shadow-?|master\.passwd|security\/passwd|opasswd)$/;
const KNOWN_NOT_TO_READ =
  /^(?:ls|test|\[|\[\[|chmod|chown|chgrp|chattr|lsattr|getfacl|setfacl|chcon|restorecon|readlink|realpath|basename|dirname|echo|printf|touch|rm|git|auditctl|inotifywait|fuser|lsof|find|aide|tripwire|rpm|dpkg|dpkg-query|pwck|vipw|mount|umount|docker|podman|kubectl)$/;
/** `@file`, `file:///file`, `man:/file`, `/../../file`. */
const named = (operand: string): string => normalPath(operand.replace(/^(?:@|(?:file|man|info):(?:\/\/)?(?=\/))/, ''));
const unknownReader = (step: Step): boolean =>
  !step.isWrapper &&
  !KNOWN_NOT_TO_READ.test(step.tool) &&
  step.operands.some((path) => HASHES.test(named(step.located(path))));

/**
 * Search terms for secrets: `grep root /etc/passwd` is harmless, a keyword search in all users'
 * files is not.
 */
const SECRET_WORD =
  /^[\W_]*(?:(?:passw(?:or)?d|passphrase|pass|pwd|secret|api[_-]?key|private[ _-]?key|BEGIN(?: \w+)? PRIVATE(?: KEY)?|AKIA|token|credential|access[_-]?key|aws[_-]?secret[_-]?access[_-]?key|aws[_-]?access[_-]?key[_-]?id|_?auth[_-]?token|client[_-]?secret)s?(?:[\W_]{0,8}|$))+\w{0,3}[\W_]*$/i;
/** How command lines give passwords: `mysql -p…`, `curl -u …`. */
const PASSWORD_OPTION = /^['"]?\s*-(?:p|u|-password|-pass|-user)\b/;
const searchesForSecrets = (step: Step): Verdict => {
  if (!/^(?:grep|rg|ag|ack|ugrep|find|fd|locate|mdfind|strings)$/.test(step.tool)) return false;
  const words = step.args.join(' ');
  const broad = step.operands.some(
    (path) => ['root', 'home', 'system'].includes(step.kind(path)) || /^\/(?:home|Users|etc|var|root)\b/.test(path),
  );
  if (step.tool === 'find' || step.tool === 'fd' || step.tool === 'locate' || step.tool === 'mdfind') {
    const named = step.args.map((arg) => sensitivityOf(arg.replace(/^['"]?\*(?=\.|\/)|['"]$/g, '')));
    const names =
      named.some((kind) => kind !== null && kind !== 'settings') ||
      /id_(?:rsa|dsa|ecdsa|ed25519)|\.(?:pem|ppk|kdbx?|pfx|p12|keychain|gpg|asc|ovpn|jks|keystore)\b|(?:^|[\s"'*.])(?:credentials|\.netrc|\.pgpass|\.git-credentials|shadow|wallet\.dat|logins\.json|\.?htpasswd|cookies\.sqlite|Login Data)\b|\*passw/i.test(
        words,
      );
    if (!names) return false;
    if (step.tool !== 'find')
      return step.invocation.pipesTo?.via.some(({ name }) => name === 'xargs') ? 'high' : 'moderate';
    const opened = step.args.some(
      (arg, at) =>
        /^-(?:exec|execdir|ok)$/.test(arg) && !/^(?:.*\/)?(?:ls|stat|chmod|chown|file)$/.test(step.args[at + 1] ?? ''),
    );
    return broad || (opened && named.some((kind) => kind !== null && kind !== 'settings' && kind !== 'key-like'))
      ? 'high'
      : false;
  }
  const recursive = step.flag('-r', '-R', '--recursive') || /^(?:rg|ag|ack)$/.test(step.tool);
  const patterns = [step.operands[0] ?? '', step.value('-e', '--regexp') ?? ''];
  if (patterns.some((text) => SECRET_WORD.test(text) || PASSWORD_OPTION.test(text))) {
    if (recursive && broad) return 'high';
    const piped = upstream(step.invocation).flatMap((item) =>
      item.tool === 'history' ? ['.bash_history'] : item.args.map((arg) => arg.text),
    );
    if ([...step.reads, ...piped].some((path) => /_history$|\/\.history$/.test(path))) return 'high';
    return false;
  }
  return false;
};

/** The password hash of an account of macOS. */
const readsHashes = (step: Step): boolean => step.some(/ShadowHashData/) && !step.some(/^-?(?:delete|create)$/);

const EXPORTS: Readonly<Record<string, (step: Step) => Verdict>> = {
  gpg: (s) => s.some(/^--export-secret/),
  security: (s) =>
    (s.sub('dump-keychain') ? (s.flag('-d') ? 'high' : 'moderate') : s.sub('export')) ||
    (s.sub('find-generic-password|find-internet-password') && s.flag('-w', '-g')) ||
    s.sub('authorizationdb', 'write') ||
    s.sub('delete-keychain'),
  'keepassxc-cli': (s) => s.sub('export') || (s.sub('show|clip|attachment-export') ? 'moderate' : false),
  bw: (s) => s.sub('export') || (s.sub('get', 'password|item|totp') || s.sub('list', 'items') ? 'moderate' : false),
  keyctl: (s) => s.sub('print|pipe|read') && 'moderate',
  op: (s) => (s.sub('read|inject') || s.sub('item', 'get') || s.sub('document', 'get')) && 'moderate',
  pass: (s) =>
    s.operands.length > 0 && !s.sub('ls|find|generate|insert|edit|git|init|grep|rm|mv|cp') ? 'moderate' : false,
  vault: (s) =>
    s.sub('kv', 'get') || s.sub('read|print')
      ? 'moderate'
      : s.sub('operator', 'generate-root|unseal|rekey')
        ? 'high'
        : false,
  aws: (s) =>
    s.sub('secretsmanager', 'get-secret-value|batch-get-secret-value') ||
    (s.sub('ssm') && s.flag('--with-decryption') && !(s.flag('--recursive') && /^\/$/.test(s.value('--path') ?? ''))) ||
    s.sub('sts', 'get-session-token|assume-role') ||
    s.sub('configure', 'export-credentials') ||
    s.sub('ecr', 'get-login-password')
      ? 'moderate'
      : s.sub('iam', 'create-access-key')
        ? 'high'
        : s.sub('ec2', 'get-password-data') || s.sub('ssm', 'get-parameters-by-path')
          ? s.sub('ec2') || s.flag('--with-decryption')
            ? 'high'
            : false
          : false,
  gcloud: (s) =>
    s.sub('auth', 'print-access-token|print-identity-token|print-refresh-token') ||
    s.sub('secrets', 'versions', 'access')
      ? 'moderate'
      : s.sub('iam', 'service-accounts', 'keys', 'create')
        ? 'high'
        : false,
  kubectl: (s) => {
    const shown = /(?:-o|--output)[= ]?(?:ya?ml|json|go-template|jsonpath)/.test(s.args.join(' '));
    if (s.sub('config', 'view') && s.flag('--raw')) return 'high';
    if (s.sub('get') && /\/secrets(?:\/|$|\?)/.test(s.value('--raw') ?? '')) return 'high';
    return s.sub('get', 'secret|secrets') && shown && (s.flag('-A', '--all-namespaces') ? 'high' : 'moderate');
  },
  gh: (s) => s.sub('auth', 'token') && 'moderate',
  heroku: (s) => (s.sub('auth:token') ? 'moderate' : false),
  'secret-tool': (s) => (s.sub('search') && s.flag('--all') ? 'high' : s.sub('lookup|search') && 'moderate'),
  dscl: readsHashes,
  defaults: readsHashes,
  plutil: readsHashes,
  dscacheutil: readsHashes,
  az: (s) =>
    s.sub('keyvault', 'secret', 'show|download|backup') ||
    s.sub(
      'storage|cosmosdb|redis|batch|maps|search|cognitiveservices',
      'account|keys|list-keys',
      'keys|list',
      'list',
    ) ||
    s.sub('account', 'get-access-token')
      ? 'moderate'
      : false,
  doppler: (s) => s.sub('secrets', 'download') && 'moderate',
  'ssh-keygen': (s) => s.flag('-p') && s.flag('-N') && s.args.includes('') && 'moderate',
};

const METADATA =
  /(?:169\.254\.169\.254|\[?fd00:ec2::254\]?|metadata\.google\.internal|100\.100\.100\.200|169\.254\.170\.2)\/?(?:.*(?:credential|token|user-data|iam|identity|service-accounts|meta-data)|.*)/i;

const DUMPERS =
  'xspy gnome-keyring-dump keyring-dump aeskeyfind rsakeyfind lsassy hashdump mimikatz.py bifrost kcc mimipy swap_digger truffleproc 3snake netripper pspy pspy64 pspy32 linenum lse.sh deepce traitor peirates kubeletctl LinEnum.sh linpeas_fat.sh gcore procdump mimipenguin lazagne laZagne.py linpeas linpeas.sh swift_belt unshadow secretsdump secretsdump.py secretdump.py impacket-secretsdump hashcat john mimikatz pypykatz keydump chainbreaker LaZagne keylogger logkeys snoopy';
const DUMPER_FILE =
  /(?:^|\/)(?:linpeas|mimipenguin|lazagne|pspy|LinEnum|linux-exploit-suggester|linux-smart-enumeration|les\.sh|lse\.sh|secretsdump|pypykatz|\w+2john)[^/]*$/i;
/** gdb in another program: to dump it, to call a function in it, or in one that holds secrets. */
const attachesTo = (step: Step): boolean => {
  const process = step.value('-p', '--pid', '-pid');
  if (process === undefined) return false;
  const holders = step.invocation.substitutions.flatMap((item) => item.invocations).flatMap(({ args }) => args);
  return (
    (process === '1' && step.tool === 'gdb') ||
    step.some(
      /dump (?:binary )?memory|gcore|generate-core|(?:call|print|p)\s*\(?.*(?:system|setuid|dlopen|mprotect)/,
    ) ||
    holders.some(
      ({ text }) =>
        (step.tool === 'gdb' || !/^(?:vsftpd|apache2|nginx)$/.test(text)) &&
        /^(?:sshd|ssh-agent|gnome-keyring\S*|gdm\S*|lightdm|login|sudo|vsftpd|apache2|nginx|gpg-agent|sssd)$/.test(
          text,
        ),
    )
  );
};
const BRUTE =
  'hydra medusa ncrack patator crackmapexec sucrack thc-pptp-bruter brutespray kerbrute crowbar fcrackzip rarcrack pdfcrack bruteforce-luks bruteforce-salted-openssl cowpatty reaver bully thc-hydra wpseku';

/** A system file as the body of an upload: `curl -F f=@/var/log/x`, `nc host < /etc/x`. */
const SYSTEM_FILE = /^\/(?:etc|root|var\/(?:log|lib|db))\//;
const uploadsSystemFile = (step: Step): Verdict => {
  const upload = uploadOf(step);
  if (upload === null || !/^(?:curl|wget|http|nc|socat|telnet|openssl|mail)$/.test(step.tool)) return false;
  const files = upload.input
    ? [
        ...upload.files,
        ...step.invocation.redirections.filter(({ operator }) => operator === '<').map(({ target }) => target.text),
      ]
    : upload.files;
  return files.some((path) => SYSTEM_FILE.test(path));
};

const PROMPTS =
  /(?:duplicate|copy)\b.*(?:Keychains|Cookies|Login Data|NoteStore|logins\.json)|display dialog.*(?:password|passphrase|credential)|(?:password|passphrase).*display dialog|hidden answer|Cookies\.binarycookies|keystroke|do shell script.*with administrator/is;

export const CREDENTIAL_LINE_RULES: readonly CommandLineRule[] = inFamily('credentials', [
  {
    id: 'credentials.collect-and-send',
    level: 'critical',
    whenAll: ({ flow }: CommandLineContext) =>
      (flow.sent & (SECRET | PRIVATE)) !== 0 || ((flow.sent & (COLLECTED | PACKED)) !== 0 && 'high'),
    technique: 'T1048',
    reason: 'Sends keys, home directories or environment variables over the network.',
    safer: 'Copy only the file you need, with scp, to a host you know.',
  },
]);

/** `tcpdump -A | grep -i pass` */
const searchesCredentials = ({ invocation: { pipesTo } }: Step): boolean =>
  /^(?:[ef]?grep|rg|awk)$/.test(pipesTo?.tool ?? '') &&
  pipesTo?.args.some(({ text }) => /passw|\bpass\b|login|auth|cookie|token|credential/i.test(text)) === true;

/** `aws ecr get-login-password | docker login … --password-stdin`: nobody sees the token. */
const isHandedToLogin = ({ invocation }: Step): boolean =>
  invocation.pipesTo?.args.some(({ text }) => text === 'login') === true &&
  invocation.pipesTo.args.some(({ text }) => /^--(?:password-stdin|with-token)$/.test(text));

export const CREDENTIAL_RULES: readonly StepRule[] = inFamily('credentials', [
  {
    id: 'credentials.password-database',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      (s.secrets.has('hashes') && s.tool !== 'visudo') ||
      unknownReader(s) ||
      (s.tool === 'getent' && s.sub('shadow|gshadow')),
    technique: 'T1003.008',
    reason: 'Reads all users’ password hashes or the sudo rules.',
    safer: 'Use getent or id; sudo -l shows your own rights.',
  },
  {
    id: 'credentials.private-key',
    level: 'high',
    tools: '*',
    when: (s: Step) => s.secrets.has('key') && !/^(?:grep|ls)$/.test(s.tool),
    technique: 'T1552.004',
    reason: 'Reads or copies a private key.',
    safer: 'Share only the .pub file; use ssh-add or ssh -A.',
  },
  {
    id: 'credentials.credential-file',
    level: 'high',
    tools: '*',
    when: (s: Step) => s.secrets.has('credentials'),
    technique: 'T1552.001',
    reason: 'Reads a file in which a program stores login data.',
    safer: 'Ask the program itself, for example for its list of profiles.',
  },
  {
    id: 'credentials.committed',
    level: 'high',
    tools: 'git',
    when: (s: Step) => {
      if (!s.sub('add')) return false;
      const kinds = new Set(s.operands.map(sensitivityOf));
      if (kinds.has('key') || (kinds.has('settings') && s.flag('-f', '--force'))) return 'high';
      return kinds.has('settings') && 'moderate';
    },
    technique: 'T1552.001',
    reason: 'Puts a private key or a file of passwords under version control.',
    safer: 'Name the file in .gitignore, and commit an example without values.',
  },
  {
    id: 'credentials.history',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      s.secrets.has('history') && s.reads.some((path) => /^\/(?:root|(?:home|Users)\/(?!\$)[^/]+)\/|\/\*\//.test(path)),
    technique: 'T1552.003',
    reason: 'Reads the commands that another account has typed, which may contain passwords.',
    safer: 'Use history for your own commands.',
  },
  {
    id: 'credentials.key-search',
    level: 'high',
    tools: 'grep rg ag ack ugrep find fd locate mdfind strings',
    when: searchesForSecrets,
    technique: 'T1552.001',
    reason: 'Searches the machine for keys and passwords.',
    safer: 'Scan your own project with gitleaks.',
  },
  {
    id: 'credentials.export',
    level: 'high',
    tools: Object.keys(EXPORTS).join(' '),
    when: (s: Step) => (isHandedToLogin(s) ? false : (EXPORTS[s.tool]?.(s) ?? false)),
    technique: 'T1555',
    reason: 'Shows or exports secrets from a secret store.',
    safer: 'Let the program that needs the secret read it.',
  },
  {
    id: 'credentials.cloud-metadata',
    level: 'high',
    tools: 'curl wget http nc ncat socat telnet fetch lynx aria2c nscurl python ruby node perl php',
    when: (s: Step) => (s.invocation.code ? METADATA.test(s.code) : s.some(METADATA)),
    technique: 'T1552.005',
    reason: 'Queries the cloud metadata service, which returns the machine’s credentials.',
    safer: 'Use the cloud provider’s command line.',
  },
  {
    id: 'credentials.memory-dump',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      (DUMPERS.split(' ').includes(s.tool) && (/^(?:john|hashcat)$/.test(s.tool) ? 'moderate' : 'high')) ||
      DUMPER_FILE.test(s.invocation.name.text) ||
      (INTERPRETER.test(s.tool) &&
        !s.isWrapper &&
        s.invocation.code === null &&
        DUMPER_FILE.test(s.operands[0] ?? '')) ||
      (/^(?:gdb|lldb|strace|ltrace)$/.test(s.tool) && attachesTo(s)) ||
      (s.tool === 'dd' && s.some(/^if=\/(?:proc\/.*mem|dev\/k?mem|proc\/kcore)/)) ||
      (s.tool === 'strings' && s.some(/\/proc\/.*mem|\/dev\/mem/)),
    technique: 'T1003.007',
    reason: 'Extracts secrets from the memory of programs, or cracks them.',
    safer: 'Use it only in a test that you have permission for.',
  },
  {
    id: 'credentials.guess-passwords',
    level: 'high',
    tools: `${BRUTE} su sshpass`,
    when: (s: Step) =>
      BRUTE.split(' ').includes(s.tool)
        ? s.args.length > 1 || !s.flag('-h', '--help', '')
        : s.tool === 'sshpass'
          ? s.invocation.inLoop
          : s.isWrapper && s.invocation.inLoop && s.invocation.input.kind === 'pipe',
    technique: 'T1110.001',
    reason: 'Tries passwords until one works.',
    safer: 'Use it only in a test that you have permission for.',
  },
  {
    id: 'credentials.sudo-guess',
    level: 'high',
    tools: 'sudo',
    when: (s: Step) => s.flag('-S', '--stdin') && (s.invocation.inLoop || s.invocation.inFunction !== null),
    technique: 'T1110.001',
    reason: 'Tries one password after another with sudo.',
    safer: 'Type your password at the sudo prompt.',
  },
  {
    id: 'credentials.fake-prompt',
    level: 'high',
    tools: 'osascript zenity kdialog',
    when: (s: Step) =>
      s.tool === 'osascript'
        ? PROMPTS.test(`${s.args.join(' ')} ${s.code}`)
        : s.flag('--password') && s.invocation.pipesTo !== null,
    technique: 'T1056.002',
    reason: 'Asks for a password with a dialog that looks like the system’s, or controls the user’s session.',
    safer: 'Let the system’s own dialog ask.',
  },
  {
    id: 'credentials.sniff',
    level: 'moderate',
    tools: 'tcpdump tshark ngrep dsniff ettercap bettercap wireshark responder',
    when: (s: Step) =>
      /^(?:ettercap|bettercap|responder|dsniff)$/.test(s.tool) || searchesCredentials(s)
        ? 'high'
        : !s.flag('-r', '-D', '--version', '-h', '--help', '--list-interfaces') && s.args.length > 0,
    technique: 'T1040',
    reason: 'Reads other people’s network traffic.',
    safer: 'Limit the capture to your own port and host.',
  },
  {
    id: 'credentials.keylogger',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      (s.tool === 'xinput' && s.sub('test')) ||
      s.reads.some((path) => /^\/dev\/input\/event/.test(path)) ||
      (s.writes.some(({ path }) => /^\/etc\/pam\./.test(path)) && s.some(/pam_tty_audit\.so/)) ||
      (s.tool === 'showkey' && s.args.length > 0),
    technique: 'T1056.001',
    reason: 'Records keystrokes.',
    safer: 'Do not use it; it also records passwords.',
  },
  {
    id: 'credentials.upload-system-file',
    level: 'high',
    tools: '*',
    when: uploadsSystemFile,
    technique: 'T1048.003',
    reason: 'Sends a system file to another machine.',
    safer: 'Send only the lines that are needed.',
  },
]);
