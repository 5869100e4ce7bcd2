/** Lost files: rm, find -delete, mv to a wrong target, shred, emptied and overwritten files. */

import { riskRank } from '../../domain/events/risk-level.ts';
import type { Severity } from '../rule.ts';
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { REDIRECTION_ONLY, type Step } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';
import { DEFENSES } from './defenses.ts';

const worst = (verdicts: readonly Verdict[]): Verdict => {
  let found: Verdict = false;
  for (const verdict of verdicts)
    if (typeof verdict === 'string' && (typeof found !== 'string' || riskRank(verdict) > riskRank(found)))
      found = verdict;
  return found;
};

const PRECIOUS_NAME =
  /(?:^|\/)(?:\.git|\.ssh|\.gnupg|\.aws|\.kube|\.hg|\.svn|\.config|\.local|\.password-store|Documents|Desktop|Library|Pictures)\/?\*?$/;
const TEMP_NAME = /(?:te?mp|build|cache|out|dist|scratch|work_?dir|stag)/i;

/**
 * If `$X` is empty, `$X/…` starts at the root, and `$X` alone is nothing. `${X:?}` cannot be empty.
 */
const unknownPath = (path: string): Severity => {
  if (/^\$\{\w+:\?|^\$\(mktemp\b/.test(path)) return 'moderate';
  const match = /^\$\{?(\w+)[^/}]*\}?(.*)$/.exec(path);
  if (!match) return 'high';
  const [, name = '', tail = ''] = match;
  if (/\/\.\.(?:\/|$)/.test(tail)) return 'high';
  if (TEMP_NAME.test(name)) return 'moderate';
  if (/^\/(?:\*|\.\*)?$/.test(tail)) return 'critical';
  return tail.startsWith('/') ? 'high' : 'moderate';
};

/** Level of deleting this path and everything in it. */
export const deletionLevel = (step: Step, path: string): Verdict => {
  switch (step.kind(path)) {
    case 'root':
    case 'home':
    case 'system':
    case 'device':
      return 'critical';
    case 'system-part':
    case 'absolute':
    case 'here':
    case 'parent':
      return 'high';
    case 'personal':
      return /^(?:~|\/home\/[^/]+|\/Users\/[^/]+)\/\.(?:cache|npm|yarn|gradle|m2|cargo\/registry|Trash)(?:\/|$)/.test(
        normalPath(path),
      )
        ? 'moderate'
        : 'high';
    case 'unknown':
      return unknownPath(path);
    case 'installed':
      return 'moderate';
    case 'scratch':
      return false;
    case 'relative':
      return PRECIOUS_NAME.test(path) || /(?:^|\/)\*$/.test(path) ? 'high' : 'moderate';
  }
};

const targets = (step: Step): readonly string[] => step.operands;
const recursive = (step: Step): boolean => step.flag('-r', '-R', '--recursive', '-d', '--dir');

const FILTERS = /^-i?(?:name|path|regex|wholename|lname)$/;
const ARTEFACT =
  /^["']?(?:\*?\.?(?:\*\.)?(?:pyc|pyo|o|obj|class|tmp|temp|log|bak|orig|rej|swp|swo|old|gz|cache|core|DS_Store)|\*~|#\*#|__pycache__|node_modules|\.DS_Store|Thumbs\.db|\.pytest_cache|dist|build|target|\._\*|\.mypy_cache|\.terraform|core\.?\*?)["']?$/;

/** Files that programs make again, and tests of installed libraries: safe to delete anywhere. */
const REBUILT =
  /^["']?(?:\*?\.?(?:pyc|pyo|class|o|lo|la|a|orig|DS_Store)|\*\.py\[co\]|\*\.py\[cod\]|__pycache__|\.DS_Store|Thumbs\.db|\._\*|tests?|idle_test|\.pytest_cache|\.mypy_cache|node_modules)["']?$/;
/**
 * Level of deleting everything that a find with these words matches, by its start paths and
 * filters.
 */
const searchLevel = (step: Step, args: readonly string[]): Verdict => {
  const end = args.findIndex((arg) => /^[-(!]/.test(arg));
  const starts = end < 0 ? args : args.slice(0, end);
  const kinds = (starts.length > 0 ? starts : ['.']).map((path) => step.kind(path));
  const names = args.flatMap((arg, at) => (FILTERS.test(arg) ? [args[at + 1] ?? ''] : []));
  const empty = args.includes('-empty');
  if (kinds.every((kind) => kind === 'scratch') || (names.length > 0 && names.every((name) => REBUILT.test(name))))
    return 'moderate';
  const isOld = args.some((arg, at) => /^\+[1-9]/.test(arg) && /^-[acm](?:time|min)$/.test(args[at - 1] ?? ''));
  const isArtefact = names.length > 0 && names.every((name) => ARTEFACT.test(name));
  if (isOld && isArtefact && !kinds.includes('root')) return 'moderate';
  if (kinds.some((kind) => kind === 'root' || kind === 'home' || kind === 'system'))
    return names.length > 0 || empty ? 'high' : 'critical';
  return empty || isArtefact ? 'moderate' : 'high';
};

const removeTree = (step: Step): Verdict => {
  if (!recursive(step) && !step.some(/^--no-preserve-root/)) return false;
  if (step.invocation.openArguments && targets(step).every((path) => path.includes('{}') || path === ''))
    // `find -exec` is rated at the step of find.
    return step.invocation.via.at(-1)?.name === 'find' ? false : 'high';
  const level = worst(targets(step).map((path) => deletionLevel(step, path)));
  // Another version of software that was built or unpacked there is installed by root.
  const isBuilt = (path: string): boolean => step.kind(path) === 'installed' && path.startsWith('/usr/');
  const raises = step.elevated && !targets(step).every(isBuilt);
  return level === 'moderate' && raises ? 'high' : level;
};

/** What package managers and editors leave beside a settings file. */
const LEFTOVER = /\.(?:dpkg-\w+|ucf-\w+|rpm(?:save|new|orig)|pac(?:save|new|orig)|bak|old|orig|save|swp)$|~$/;
/** Units that an administrator has written, as opposed to those of packages in /usr. */
const OWN_UNIT = /^\/etc\/systemd\/(?:system|user)\/[\w@.-]+\.(?:service|timer|socket|path|mount)$/;
const unitName = (path: string): string => path.replace(/^.*\/|\.\w+$/g, '');

/** Without these files nobody can log in. */
const ACCOUNT_FILES = /^\/etc\/(?:passwd|shadow|group)$/;

/** Without -r, only files are deleted: rated if they belong to the system or a glob matches all. */
const removeFiles = (step: Step): Verdict => {
  if (recursive(step)) return false;
  return worst(
    targets(step).map((written) => {
      const path = step.located(written);
      if (LEFTOVER.test(path) || (OWN_UNIT.test(path) && !DEFENSES.test(unitName(path)))) return 'moderate';
      if (ACCOUNT_FILES.test(normalPath(path))) return 'critical';
      const kind = step.kind(path);
      if (kind === 'root' || kind === 'device') return 'critical';
      if (
        kind === 'system' ||
        (kind === 'system-part' &&
          !/^\/(?:var\/(?:cache|tmp|run|lock|crash|www|spool\/cups)|run|opt|usr\/(?:local|src))\//.test(path))
      )
        return 'high';
      if (kind === 'home' || kind === 'parent') return path.includes('*') ? 'high' : false;
      if (kind === 'here') return path.includes('*') ? 'moderate' : false;
      return false;
    }),
  );
};

const DELETES = /^(?:rm|unlink|shred|srm|truncate)$/;
const findDeletes = (step: Step): Verdict => {
  const execDeletes = step.args.some(
    (arg, at) =>
      /^-(?:exec|execdir|ok|okdir)$/.test(arg) && DELETES.test((step.args[at + 1] ?? '').replace(/^.*\//, '')),
  );
  return (step.args.includes('-delete') || execDeletes) && searchLevel(step, step.args);
};

/** `find /home -type f | xargs rm` has the same effect as `find -delete`. */
const searchIsRemoved = (step: Step): Verdict => {
  const { input } = step.invocation;
  const search = input.kind === 'pipe' ? input.from.find((item) => item.tool === 'find') : undefined;
  if (!search || !step.args.some((arg) => DELETES.test(arg.replace(/^.*\//, '')))) return false;
  return searchLevel(
    step,
    search.args.map((word) => word.text),
  );
};

/** `fd -e pyc -x rm`: only files that programs make again. */
const fdDeletes = (step: Step): Verdict => {
  if (!step.some(/^(?:-[xX]|--exec(?:-batch)?)$/) || !step.args.includes('rm')) return false;
  const extension = step.value('-e', '--extension');
  return extension !== undefined && REBUILT.test(`*.${extension}`) ? 'moderate' : 'high';
};

const SEARCHES: Readonly<Record<string, (step: Step) => Verdict>> = {
  find: findDeletes,
  fd: fdDeletes,
  xargs: searchIsRemoved,
  parallel: searchIsRemoved,
};

const SYSTEM_FILE =
  /^(?:\/private)?\/etc\/(?:passwd|shadow|group|gshadow|sudoers|fstab|hosts|hostname|resolv\.conf|nsswitch\.conf|crypttab|ssh\/sshd_config|default\/grub|inittab|login\.defs|profile|environment|ld\.so\.conf)$|^\/boot\/|^\/(?:usr\/)?s?bin\/|^\/(?:usr\/)?lib(?:64)?\/|^\/proc\/(?!(?:self|\d+|\$\$|\$\w+|\$\{\w+\})\/(?:fd|oom|autogroup|comm|coredump_filter|[ug]id_map|setgroups|clear_refs)|sys)|^\/sys\/(?:firmware|power)/;

/** Without these directories nothing runs any more. */
const NEEDED = /^\/(?:bin|sbin|lib(?:32|64)?|usr|etc|boot)$/;
const moveAway = (step: Step): Verdict => {
  const { sources, target } = step.transfer;
  if (target === undefined) return false;
  const bad = sources.some((path) => ['root', 'home', 'system'].includes(step.kind(path)));
  if (/^\/dev\/null/.test(target)) return bad ? 'critical' : 'high';
  if (sources.some((path) => step.kind(path) === 'root' || NEEDED.test(normalPath(path)))) return 'critical';
  if (sources.some((path) => SYSTEM_FILE.test(normalPath(path))))
    // From one directory of programs to another: the program is still found.
    return /^\/(?:usr\/)?(?:local\/)?s?bin(?:\/|$)/.test(target) ? 'moderate' : 'high';
  return bad && !sources.every((path) => /[^/]\*|\{/.test(path)) ? 'high' : false;
};

/** `> file`, `: > file`, `cat /dev/null > file`, `truncate`, `cp /dev/null file`. */
const empties = (step: Step): boolean =>
  step.tool === REDIRECTION_ONLY
    ? !step.invocation.conditional
    : step.writes.some((item) => item.mode === 'empty') ||
      /^(?::|true)$/.test(step.tool) ||
      (step.tool === 'cat' && step.args.every((arg) => arg === '/dev/null'));
const EDITED_BY_HAND = new Set(['vim', 'nano', 'nvim', 'emacs', 'visudo']);
/**
 * Root replaces programs and libraries when installing software, but has no ordinary reason to
 * overwrite a whole settings file.
 */
const overwritesSystem = (step: Step): Verdict => {
  if (EDITED_BY_HAND.has(step.tool)) return false;
  const hit = step.writes
    .filter((item) => item.mode !== 'append')
    .map((item) => normalPath(item.path))
    .filter((path) => SYSTEM_FILE.test(path) && !/^\/etc\/(?:hosts|resolv\.conf|profile|environment)$/.test(path));
  if (hit.length === 0) return false;
  const installs =
    /^(?:cp|ln|install|rsync|ditto)$/.test(step.tool) &&
    hit.every((path) => /^\/(?:usr\/)?(?:s?bin|lib(?:64)?)\//.test(path));
  if (hit.some((path) => ACCOUNT_FILES.test(path)) && empties(step)) return 'critical';
  // A line of a settings file that an editor without questions replaces.
  if (/^(?:sed|perl)$/.test(step.tool) && hit.every((path) => path.startsWith('/etc/'))) return 'moderate';
  return installs && !step.writes.some((item) => item.mode === 'empty') ? 'moderate' : 'high';
};

/** `scp x host:/etc/passwd`, `rsync x /usr/bin/`: the path after the host name is rated. */
const copiesIntoSystem = (step: Step): Verdict => {
  const target = (step.operands.at(-1) ?? '').replace(/^[\w@.-]+:/, '');
  return (
    step.operands.length > 1 &&
    ['root', 'system', 'system-part'].includes(step.kind(target)) &&
    !/^\/(?:opt|srv|var|mnt|media|Volumes|home|Users)\b/.test(target)
  );
};

/** Nothing can restore what shred overwrites, so only scratch files are an ordinary use. */
const shredLevel = (step: Step, path: string): Verdict =>
  step.kind(path) === 'scratch' ? 'moderate' : deletionLevel(step, path) === 'critical' ? 'critical' : 'high';

const emptied = (step: Step): Verdict => {
  if (step.tool === 'srm' || (step.tool === 'shred' && step.invocation.openArguments)) return 'high';
  if (/^(?:shred|wipe|scrub)$/.test(step.tool))
    return worst(step.operands.map((path) => shredLevel(step, path))) || 'moderate';
  return worst(
    step.writes
      .filter((item) => item.mode === 'empty')
      .map((item) =>
        ['root', 'home', 'system', 'system-part', 'device', 'here', 'parent'].includes(step.kind(item.path)) ||
        item.path.includes('*')
          ? 'high'
          : 'moderate',
      ),
  );
};

const syncDeletes = (step: Step): Verdict => {
  if (!step.some(/^--(?:delete|del$|remove-source-files)/) || step.flag('-n', '--dry-run')) return false;
  const target = step.operands.at(-1) ?? '';
  const level = deletionLevel(step, target);
  if (level === 'critical') return 'critical';
  return step.kind(target) === 'scratch' ? 'moderate' : 'high';
};

export const DELETION_RULES: readonly StepRule[] = inFamily('files', [
  {
    id: 'files.remove-tree',
    level: 'high',
    tools: 'rm',
    when: removeTree,
    technique: 'T1485',
    reason: 'Deletes a directory and everything in it permanently.',
    safer: 'List the directory first, use a relative path, or move it to the trash.',
  },
  {
    id: 'files.remove-system-file',
    level: 'high',
    tools: 'rm unlink trash',
    when: removeFiles,
    technique: 'T1070.004',
    reason: 'Deletes files that the system or your account depends on.',
    safer: 'Back the files up first; remove packages with the package manager.',
  },
  {
    id: 'files.no-preserve-root',
    level: 'critical',
    tools: 'rm chmod chown chgrp',
    when: (s: Step) => s.some(/^--no-p/),
    technique: 'T1485',
    reason: 'Disables the safeguard that protects the root directory.',
    safer: 'Omit the option; no ordinary task needs it.',
  },
  {
    id: 'files.find-delete',
    level: 'high',
    tools: 'find fd xargs parallel',
    when: (s: Step) => SEARCHES[s.tool]?.(s) ?? false,
    technique: 'T1485',
    reason: 'Deletes every file that the search matches; one wrong condition can match all files.',
    safer: 'Run the search with -print first.',
  },
  {
    id: 'files.move-into-nothing',
    level: 'high',
    tools: 'mv',
    when: moveAway,
    technique: 'T1485',
    reason: 'Moves files to a place where they are lost, or moves a system directory.',
    safer: 'Move the files to an existing directory, such as a backup.',
  },
  {
    id: 'files.overwrite-system',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: overwritesSystem,
    technique: 'T1565.001',
    reason: 'Overwrites a file that the system needs to run or boot.',
    safer: 'Edit a copy and move it into place.',
  },
  {
    id: 'files.copy-into-system',
    level: 'high',
    tools: 'scp rsync',
    when: copiesIntoSystem,
    technique: 'T1570',
    reason: 'Copies files over system files on this or another machine.',
    safer: 'Copy the files to your home directory and move them from there.',
  },
  {
    id: 'files.shred',
    level: 'high',
    tools: 'shred truncate cp srm wipe scrub',
    when: emptied,
    technique: 'T1485',
    reason: 'Destroys the content of files so that it cannot be recovered.',
    safer: 'Make sure that a backup exists.',
  },
  {
    id: 'files.sync-delete',
    level: 'high',
    tools: 'rsync',
    when: syncDeletes,
    technique: 'T1485',
    reason: 'Deletes target files that the source does not have; an empty or swapped source deletes everything.',
    safer: 'Run it with --dry-run first.',
  },
  {
    id: 'files.encrypt-in-bulk',
    level: 'high',
    tools: 'gpg openssl 7z zip ccrypt age',
    when: (s: Step) =>
      ((s.invocation.openArguments || s.invocation.inLoop) &&
        ((s.tool === 'gpg' && s.flag('-c', '--symmetric', '-e', '--encrypt')) ||
          (s.tool === 'openssl' && s.sub('enc|rsautl|pkeyutl') && s.flag('-e', '-encrypt', '-in')) ||
          (s.tool === 'zip' && s.flag('-P', '-e', '-m') && s.flag('-m')) ||
          (s.tool === '7z' && s.some(/^-p./)) ||
          s.tool === 'ccrypt')) ||
      (s.tool === 'ccrypt' && s.flag('-e', '--encrypt') && s.flag('-r', '--recursive')),
    technique: 'T1486',
    reason: 'Encrypts many files one by one, as ransomware does.',
    safer: 'Create one encrypted archive and keep the originals until you have checked it.',
  },
  {
    id: 'files.windows-command',
    level: 'high',
    tools: 'rd rmdir del erase format vssadmin wbadmin diskpart',
    when: (s: Step) => {
      if (s.tool === 'format') return s.some(/^[A-Za-z]:/) && 'critical';
      if (s.tool === 'vssadmin' || s.tool === 'wbadmin') return s.sub('delete');
      if (s.tool === 'diskpart') return s.some(/^\/s$/i);
      return s.some(/^\/s$/i) && s.some(/^(?:[a-z]:|\\|%\w+%)(?!.*\bte?mp\b)/i);
    },
    technique: 'T1485',
    reason: 'Deletes a tree, the copies or a disk of Windows.',
    safer: 'List the directory first, and delete by name.',
  },
]);
