/** Local accounts and packages. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, type Step } from '../step.ts';

const createsAccount = (step: Step): Verdict => {
  const home = step.value('-d', '--home', '--home-dir') ?? '';
  const group = step.value('-g', '--gid') ?? '';
  if (step.flag('-D') && step.operands.length === 0) return false;
  if (step.tool === 'pw')
    return step.sub('useradd|user', 'add') || step.sub('useradd')
      ? /^(?:0|wheel|root)$/.test(group) || /^\/root/.test(home)
        ? 'high'
        : 'moderate'
      : step.sub('userdel|usermod|lock|groupdel')
        ? step.sub('usermod')
          ? 'moderate'
          : 'high'
        : false;
  if (step.tool === 'sysadminctl')
    return step.some(/^-(?:addUser|resetPasswordFor|newPassword|deleteUser|secureTokenOn|guestAccount|autologin)$/)
      ? 'high'
      : false;
  if (/^(?:0|root|wheel)$/.test(group) || /^\/root/.test(home) || step.value('-p', '--password') !== undefined)
    return 'high';
  return step.flag('-r', '--system') && step.some(/sh$/) && step.flag('-M', '--no-create-home', '-N')
    ? 'high'
    : 'moderate';
};

/** The accounts service, called over D-Bus instead of by its own programs (CVE-2021-3560). */
const asksAccountsService = (step: Step): Verdict =>
  /org\.freedesktop\.Accounts.*\b(?:CreateUser|DeleteUser|SetPassword|SetAccountType)\b/.test(step.args.join(' ')) &&
  'high';

const dscl = (step: Step): Verdict =>
  step.some(/^-?(?:delete|passwd|change)$/)
    ? 'high'
    : step.some(/^-?(?:create|append|merge)$/)
      ? step.some(/UniqueID|PrimaryGroupID|UserShell|NFSHomeDirectory|IsHidden|^\/Users\/|GroupMembership/)
        ? 'high'
        : 'moderate'
      : false;

const changesPassword = (step: Step): Verdict => {
  if (step.tool === 'chpasswd' || step.tool === 'newusers') return 'high';
  if (step.tool === 'chage') return step.flag('-l') ? false : 'moderate';
  if (step.tool === 'vipw') return 'high';
  if (step.flag('-S', '--status', '-h', '--help')) return false;
  if (step.flag('-d', '--delete', '--stdin')) return 'high';
  if (step.operands.includes('root') || step.flag('-l', '--lock')) return 'high';
  return step.operands.length > 0 ? 'moderate' : false;
};

const ESSENTIAL =
  /^(?:libc6|libc-bin|glibc|musl|systemd(?:-sysv)?|init|coreutils|bash|dpkg|apt|sudo|openssh-server|linux-(?:image|generic|base)[\w.*-]*|kernel[\w.*-]*|linux|python3?(?:-minimal)?|grub[\w-]*|util-linux|passwd|login|network-manager|filesystem|base-files|pacman|rpm|dnf|yum|perl-base|e2fsprogs|mount|libpam[\w-]*|openssl|ca-certificates|gnome-shell|ubuntu-desktop|base)$/;
const removesPackage = (step: Step): Verdict => {
  const verb =
    step.sub('remove|purge|autoremove|erase|uninstall|del|delete|autopurge|full-upgrade|dist-upgrade') ||
    (step.tool === 'pacman' && step.some(/^-R[a-z]*$/)) ||
    step.flag('--erase', '--purge', '--remove', '--unmerge', '--depclean') ||
    // Of the others, `-r` names a file, `-e` a folder or a setting, `-C` a cache.
    (/^(?:dpkg|rpm|emerge|nix-env|pkg_delete|eopkg)$/.test(step.tool) && step.flag('-e', '-r', '-P', '-C'));
  if (
    !verb ||
    (step.tool === 'pacman'
      ? step.flag('-p', '--print')
      : step.flag('-s', '--simulate', '--dry-run', '--just-print', '--no-act', '-p')) ||
    (step.tool === 'pacman' && !step.some(/^-R/)) ||
    (step.tool === 'emerge' && !step.flag('-C', '--unmerge', '--depclean')) ||
    (step.tool === 'rpm' && !step.flag('-e', '--erase')) ||
    (step.tool === 'dpkg' && !step.flag('-r', '-P', '--remove', '--purge'))
  )
    return false;
  if (step.operands.some((name) => ESSENTIAL.test(name))) return 'critical';
  if (
    step.some(
      /^--(?:force-all|force-remove-essential|force-depends|nodeps|allow-remove-essential|ignore-dependencies|break)/,
    ) ||
    step.some(/^-R\w*dd/)
  )
    return 'high';
  if (step.operands.some((name) => /^\*$|^['"]?\*|\.\*/.test(name))) return 'high';
  return 'moderate';
};

const FORCES =
  /^(?:--force-yes|--allow-(?:unauthenticated|downgrades|insecure-repositories|untrusted)|--force-(?:all|overwrite|depends|bad-verify|breaks)|--no-?gpg-?check|--nogpgcheck|--no-verify|--nosignature|--nodigest|--break-system-packages|--trusted-host|--no-signature|--disable-gpg-check|--insecure|--legacy-peer-deps-force)/;

/** Settings of pacman, dnf, apt, zypper and apk that accept unsigned packages. */
const CHECKS_OFF =
  /\bSigLevel\s*=\s*(?:Never|Optional\s+TrustAll|TrustAll)|\b(?:repo_|pkg_)?gpgcheck\s*=\s*(?:0|no|off|false)|\[[^\]]*\b(?:trusted|allow-insecure)=yes|(?:AllowUnauthenticated|AllowInsecureRepositories|AllowDowngradeToInsecureRepositories)["\s=]*(?:true|1|yes)|\bgpg-?checks?\s*=\s*(?:off|no|0|false)/i;
const PACKAGE_SETTINGS = /(?:^|\/)(?:etc\/|yum\.repos\.d)|\.(?:repo|list|sources)$|(?:pacman|apt|dnf|yum|zypp)\.conf/;
const checksOff = (step: Step): boolean => {
  if (step.isWrapper) return false;
  const writes = step.writes.some(({ path }) => PACKAGE_SETTINGS.test(path));
  const sets = writes || /^(?:crudini|dnf|yum|yum-config-manager|apt|apt-get|aptitude|zypper)$/.test(step.tool);
  return sets && (step.some(CHECKS_OFF) || (writes && CHECKS_OFF.test(pipedText(step.invocation))));
};

const publishes = (step: Step): Verdict => {
  const [verb = ''] = step.operands;
  if (/^(?:unpublish|yank|deprecate|delete|owner)$/.test(verb))
    return verb === 'deprecate' || verb === 'owner' ? 'moderate' : 'high';
  return /^(?:publish|push|upload)$/.test(verb) && !step.flag('--dry-run') ? 'moderate' : false;
};

const NODE_MANAGERS = 'npm yarn pnpm bun';
const changesRegistry = (step: Step): Verdict =>
  step.sub('cache', 'clean|clear') && step.flag('--force', '-f', '--all')
    ? 'moderate'
    : step.sub('store', 'prune')
      ? 'moderate'
      : step.sub('audit', 'fix') && step.flag('--force')
        ? 'moderate'
        : step.sub('token', 'revoke|delete') ||
            step.sub('access', 'revoke') ||
            step.sub('owner', 'rm') ||
            step.sub('dist-tag', 'rm') ||
            step.sub('team|org', 'destroy|rm')
          ? 'high'
          : false;

/** An account that runs a service and never logs in is given a shell. */
const SERVICE_ACCOUNT =
  /^(?:nobody|daemon|bin|sys|www-data|apache|nginx|http|mysql|postgres|redis|games|mail|news|lp|uucp|backup|list|irc|gnats|sshd|messagebus|systemd-\w+|_\w+)$/;
const opensServiceAccount = (step: Step): boolean =>
  /(?:^|\/)(?:ba|z|da|k|a|fi)?sh$/.test(step.value('-s', '--shell') ?? '') &&
  step.operands.some((name) => SERVICE_ACCOUNT.test(name));

export const ACCOUNT_RULES: readonly StepRule[] = [
  ...inFamily('accounts', [
    {
      id: 'accounts.delete',
      level: 'high' as const,
      tools: 'userdel deluser groupdel delgroup rmuser',
      when: (s: Step) =>
        s.flag('-r', '--remove', '-f', '--force', '--remove-home', '--remove-all-files') || /user/.test(s.tool)
          ? 'high'
          : 'moderate',
      technique: 'T1531',
      reason: 'Deletes an account; its files may be deleted or lose their owner.',
      safer: 'Lock it first with usermod -L.',
    },
    {
      id: 'accounts.create',
      level: 'moderate' as const,
      tools: 'useradd adduser pw sysadminctl busctl dbus-send gdbus',
      when: (s: Step) => (/bus/.test(s.tool) ? asksAccountsService(s) : createsAccount(s)),
      technique: 'T1136.001',
      reason: 'Adds or removes an account on this machine.',
      safer: 'Use the organisation’s directory service.',
    },
    {
      id: 'accounts.directory',
      level: 'high' as const,
      tools: 'dscl dseditgroup',
      when: (s: Step) => (s.tool === 'dscl' ? dscl(s) : s.some(/^(?:delete|edit)$/) ? 'moderate' : false),
      technique: 'T1531',
      reason: 'Changes or deletes accounts on this Mac.',
      safer: 'Use System Settings.',
    },
    {
      id: 'accounts.password',
      level: 'high' as const,
      tools: 'passwd chpasswd chage newusers vipw',
      when: changesPassword,
      technique: 'T1098',
      reason: 'Changes, removes or locks an account’s password.',
      safer: 'Let the account’s owner run passwd.',
    },
    {
      id: 'accounts.modify',
      level: 'moderate' as const,
      tools: 'usermod chsh groupmod gpasswd',
      when: (s: Step) =>
        s.flag('-L', '--lock', '-e', '--expiredate') || opensServiceAccount(s)
          ? 'high'
          : s.args.length > 0 && !s.flag('-l', '--list-shells') && 'moderate',
      technique: 'T1098',
      reason: 'Changes an account.',
      safer: 'Write down the old settings first.',
    },
    {
      id: 'accounts.kick',
      level: 'moderate' as const,
      tools: 'loginctl',
      when: (s: Step) => s.sub('terminate-user|terminate-session|kill-user|kill-session|enable-linger'),
      technique: 'T1531',
      reason: 'Ends other users’ sessions, or lets their programs run without one.',
      safer: 'Ask the users first.',
    },
  ]),
  ...inFamily('packages', [
    {
      id: 'packages.remove',
      level: 'moderate' as const,
      tools:
        'apt apt-get aptitude dpkg dnf yum rpm zypper pacman yay paru apk emerge pkg pkg_delete xbps-remove eopkg brew port snap flatpak choco winget scoop nix-env pip',
      when: removesPackage,
      reason: 'Removes packages that others may depend on.',
      safer: 'Simulate it first, and read the list.',
    },
    {
      id: 'packages.unverified',
      level: 'high' as const,
      tools: 'apt apt-get dpkg dnf yum rpm zypper pacman apk pip gem snap brew npm choco',
      when: (s: Step) =>
        s.args.some((arg) => FORCES.test(arg))
          ? s.some(
              /^--(?:force-yes|allow-unauth|allow-insecure|allow-untrusted|force-all|no-?gpg|nogpg|nosig|disable-gpg)/,
            ) || s.flag('--trusted-host')
            ? 'high'
            : 'moderate'
          : s.tool === 'snap' && s.flag('--dangerous', '--devmode')
            ? 'high'
            : false,
      technique: 'T1195.002',
      reason: 'Installs packages without checking their origin or dependencies.',
      safer: 'Add the repository’s key.',
    },
    {
      id: 'packages.checks-off',
      level: 'high' as const,
      tools: '*',
      when: checksOff,
      technique: 'T1553',
      reason: 'Switches off the check that packages come from who they claim to.',
      safer: 'Import the repository’s key.',
    },
    {
      id: 'packages.trust-key',
      level: 'moderate' as const,
      tools: 'apt-key rpm',
      when: (s: Step) =>
        s.tool === 'apt-key' && s.sub('add|adv|del')
          ? s.invocation.input.kind === 'pipe'
            ? 'high'
            : 'moderate'
          : s.tool === 'rpm' && s.some(/^--import$/) && s.some(/^http:/),
      technique: 'T1553.004',
      reason: 'Trusts a signing key for all packages.',
      safer: 'Put the key into a file and name it with signed-by.',
    },
    {
      id: 'packages.publish',
      level: 'moderate' as const,
      tools: 'npm yarn pnpm cargo gem twine poetry',
      when: publishes,
      technique: 'T1195.001',
      reason: 'Publishes or withdraws a package for everyone.',
      safer: 'Publish from continuous integration, from a tag.',
    },
    {
      id: 'packages.registry',
      level: 'moderate' as const,
      tools: NODE_MANAGERS,
      when: changesRegistry,
      reason: 'Clears caches or removes access rights.',
      safer: 'Check what depends on them.',
    },
    {
      id: 'packages.collect-garbage',
      level: 'moderate' as const,
      tools: 'nix-collect-garbage nix-store nix home-manager guix nixos-rebuild',
      when: (s: Step) =>
        s.tool === 'nix-collect-garbage'
          ? s.flag('-d', '--delete-old', '--delete-older-than')
          : s.sub('profile', 'wipe-history') ||
            s.sub('store', 'delete|gc') ||
            s.flag('--delete', '--gc') ||
            s.sub('expire-generations') ||
            s.sub('gc'),
      reason: 'Deletes old generations, so that you cannot roll back to them.',
      safer: 'Keep the generations of the last few weeks.',
    },
  ]),
];
