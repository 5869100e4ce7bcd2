/** Modes, owners and attributes. */

import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';

const recursive = (step: Step): boolean => step.flag('-R', '--recursive');
/**
 * Operands of chmod and chown after the mode or owner. A mode such as `-x` looks like an option.
 */
const targets = (step: Step): readonly string[] =>
  step.some(/^--reference/) || (step.tool === 'setfacl' && step.flag('-b', '-k', '--remove-all', '--remove-default'))
    ? step.operands
    : step.args.some((arg) => /^-[rwxXst]+$/.test(arg))
      ? step.operands
      : step.operands.slice(1);
const mode = (step: Step): string =>
  step.args.find((arg) => /^[0-7]{1,5}$|^[ugoa]*[-+=]/.test(arg) && !/^-[Rvcf]+$/.test(arg)) ?? '';

const OPEN = /^0*[0-7]?(?:777|666|776|767)$|^(?:a|o|ugo)?[+=](?:rwx?|w|wx|wrx|rwX|xrw)$/;
/** Nobody can remove or replace the files of others, as in `/tmp`. */
const STICKY = /^0*[13]777$/;
/** Directories of one service. */
const OF_A_SERVICE = /^\/(?:var\/(?:lib|spool|cache|run)|run|srv|opt|data)\/[^/]/;
const CLOSED = /^0*(?:000)?$|^(?:a|ugo)?(?:-rwx|=)$/;

const SENSITIVE =
  /^(?:\/private)?\/etc\/(?:passwd|shadow|group|sudoers|ssh|pam|cron|crontab|security|ld\.so)|\/\.ssh(?:\/|$)|\/\.gnupg|\/dev\/(?:k?mem|sd|nvme)|\/docker\.sock$|id_(?:rsa|ed25519|ecdsa)/;

const tooOpen = (step: Step): Verdict => {
  if (!OPEN.test(mode(step))) return false;
  const kinds = targets(step).map((path) => step.kind(path));
  if (recursive(step) && kinds.some((kind) => kind === 'root' || kind === 'system' || kind === 'home'))
    return 'critical';
  if (kinds.some((kind) => kind === 'root')) return 'critical';
  const isSticky = STICKY.test(mode(step)) && !recursive(step);
  if (isSticky && targets(step).every((path) => OF_A_SERVICE.test(path))) return 'moderate';
  if (
    targets(step).some((path) => SENSITIVE.test(path)) ||
    kinds.some((kind) => kind === 'system' || kind === 'system-part' || kind === 'home')
  )
    return 'high';
  return recursive(step) && kinds.some((kind) => kind !== 'scratch') ? 'high' : 'moderate';
};

/** Files that decide who can log in or what starts. Who locks them keeps a change of their own. */
const LOGIN_FILE =
  /authorized_keys$|^\/etc\/(?:passwd|shadow|sudoers|ld\.so\.preload|crontab|cron\.)|^\/var\/spool\/cron/;
const lockOut = (step: Step): Verdict => {
  if (!CLOSED.test(mode(step)) || mode(step) === '') return false;
  const kinds = targets(step).map((path) => step.kind(path));
  return kinds.some((kind) => kind === 'root' || kind === 'system' || kind === 'home' || kind === 'system-part') ||
    recursive(step)
    ? 'high'
    : 'moderate';
};

/** The data, logs or programs of one service: `/var/lib/postgresql`, `/usr/share/elasticsearch`. */
const SERVICE =
  /^\/(?:var\/(?:lib|log|run|cache|spool|opt)\/(?!(?:dpkg|apt|rpm|systemd|sudo|pam|docker|kubelet|cron)\b)[^/]+|var\/www|var\/[\w-]+_home|usr\/share\/[\w.-]+|usr\/src\/[^/]+|usr\/local\/(?!s?bin|lib\/?$|etc)[^/]+|opt\/[^/]+|srv\/[^/]+|run\/[^/]+)(?:\/|$)/;
/** `chown -R nginx /etc/nginx`: the directory has the name of the owner. */
const ownDirectory = (step: Step, path: string): boolean => {
  const owner = (step.operands[0] ?? '').replace(/[:.].*$/, '');
  return owner.length > 2 && path.split('/').some((part) => part.startsWith(owner));
};
const recursiveOnSystem = (step: Step): Verdict => {
  if (
    step.tool === 'setfacl' &&
    ((step.some(/:[r-]?w/) && step.operands.some((path) => SENSITIVE.test(path))) ||
      (step.some(/:[r-]?[wr]/) && step.operands.some((path) => /^\/etc\/(?:g?shadow|sudoers)/.test(path))))
  )
    return 'high';
  if (!recursive(step)) return false;
  const isService = (path: string): boolean =>
    SERVICE.test(normalPath(path)) || (step.tool !== 'chmod' && ownDirectory(step, path));
  const kinds = targets(step)
    .filter((path) => !isService(path))
    .map((path) => step.kind(path));
  if (kinds.includes('root')) return 'critical';
  if (kinds.includes('system')) return 'critical';
  if (step.tool === 'chmod') return kinds.includes('home') || kinds.includes('system-part') ? 'high' : false;
  return kinds.includes('system-part') ? 'high' : false;
};

const setuid = (step: Step): boolean =>
  /^0*[2467][0-7]{3}$|^[ugoa,]*[+=][rwxXt]*s/.test(mode(step)) ||
  step.args.some((arg) => /^[ugoa+=,rwxXst]*[ug]?[+=][rwx]*s[rwx]*/.test(arg)) ||
  (step.tool === 'install' && /^0*[2467][0-7]{3}$|[+=].*s/.test(step.value('-m', '--mode') ?? ''));
const setuidDirectory = (step: Step): Verdict => {
  if (!setuid(step)) return false;
  if (step.tool === 'install' && step.flag('-d', '--directory')) return 'moderate';
  // On a directory, the set-group-ID bit only makes new files inherit the group.
  const onlyGroup =
    /^0*2[0-7]{3}$|^g[+=]/.test(mode(step)) &&
    targets(step).every((path) => path.endsWith('/') || !step.elevated) &&
    !targets(step).some((path) => /bin|tmp/.test(path));
  return onlyGroup ? 'moderate' : 'high';
};

export const PERMISSION_RULES: readonly StepRule[] = inFamily('permissions', [
  {
    id: 'permissions.world-writable',
    level: 'high',
    tools: 'chmod',
    when: tooOpen,
    raise: true as const,
    technique: 'T1222.002',
    reason: 'Allows every local user and program to change these files.',
    safer: 'Grant only what is needed, such as u+rwX or access for one group.',
  },
  {
    id: 'permissions.lock-out',
    level: 'high',
    tools: 'chmod',
    when: lockOut,
    technique: 'T1222.002',
    reason: 'Removes all access, including yours and that of services.',
    safer: 'Remove only group and other access with go-rwx.',
  },
  {
    id: 'permissions.recursive-on-system',
    level: 'critical',
    tools: 'chmod chown chgrp setfacl',
    when: recursiveOnSystem,
    technique: 'T1222.002',
    reason: 'Changes modes or owners in a system directory tree, which can break logins, sudo and services.',
    safer: 'Name the one directory that needs the change.',
  },
  {
    id: 'permissions.setuid',
    level: 'high',
    tools: 'chmod install',
    when: setuidDirectory,
    technique: 'T1548.001',
    reason: 'Makes a program run with its owner’s rights, no matter who starts it.',
    safer: 'Use a sudo rule or a single capability.',
  },
  {
    id: 'permissions.capability',
    level: 'high',
    tools: 'setcap',
    when: (s: Step) =>
      !s.flag('-r', '-v') &&
      s.some(
        /cap_(?:setuid|setgid|sys_admin|sys_ptrace|dac_override|dac_read_search|sys_module|chown|fowner|setfcap|net_raw|net_admin|sys_rawio|mac|all)|^(?:all)?[=+]e?i?p|=ep/i,
      ) &&
      !/^cap_net_bind_service[=+]e?i?p$/.test(s.operands[0] ?? ''),
    technique: 'T1548.001',
    reason: 'Permanently gives a program part of root’s privileges.',
    safer: 'Give the service the capability in its systemd unit.',
  },
  {
    id: 'permissions.ownership',
    level: 'high',
    tools: 'chown chgrp',
    when: (s: Step) =>
      targets(s).some(
        (path) =>
          SENSITIVE.test(path) ||
          s.kind(path) === 'root' ||
          (s.kind(path) === 'system' && !SERVICE.test(normalPath(path)) && !ownDirectory(s, path)) ||
          /^\/(?:usr\/)?s?bin\//.test(path),
      ) && !/^(?:root|0)(?::|$)/.test(s.operands[0] ?? ''),
    technique: 'T1222.002',
    reason: 'Gives system files to another owner.',
    safer: 'Leave the files to root; add your user to a group.',
  },
  {
    id: 'permissions.immutable-removed',
    level: 'high',
    tools: 'chattr chflags',
    when: (s: Step) =>
      s.some(/^-[a-zA-Z]*i|^nos?u?chg|^nouchg/) &&
      s.operands.some(
        (path) => /^(?:\/|~)/.test(path) && (LOGIN_FILE.test(path) || !['scratch', 'personal'].includes(s.kind(path))),
      ),
    technique: 'T1222.002',
    reason: 'Removes the protection against changes from system files.',
    safer: 'Find out who set the protection and why.',
  },
  {
    id: 'permissions.immutable-set',
    level: 'moderate',
    tools: 'chattr chflags',
    when: (s: Step) =>
      s.some(/^\+[a-zA-Z]*[ia]|^s?u?chg/) && (s.operands.some((path) => LOGIN_FILE.test(path)) ? 'high' : 'moderate'),
    technique: 'T1222.002',
    reason: 'Makes files immutable, even for root, until the attribute is removed.',
    safer: 'Use ordinary permissions.',
  },
  {
    id: 'permissions.umask-open',
    level: 'moderate',
    tools: 'umask',
    when: (s: Step) => s.some(/^0*0{1,3}$/),
    technique: 'T1222.002',
    reason: 'Makes new files writable by everyone.',
    safer: 'Use umask 022 or 077.',
  },
]);
