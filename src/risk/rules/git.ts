/** History and work that git would discard. */
import { lookupTool } from '../../shell/catalogue/catalogue.ts';
import { inFamily, type StepRule } from '../rule.ts';
import type { Step } from '../step.ts';

/** Words after the subcommand and its options: refspecs, paths, branches. */
const rest = (step: Step): readonly string[] => {
  const style = step.value('--conflict');
  return step.after(1).filter((word) => word !== style);
};
const isDryRun = (step: Step): boolean => step.flag('-n', '--dry-run');
const paths = (step: Step): readonly string[] => {
  const at = step.args.indexOf('--');
  return at < 0 ? [] : step.args.slice(at + 1);
};

/**
 * `git -c alias.x=reset x --hard`, `GIT_CONFIG_VALUE_0=reset`: an alias defined on the line hides
 * the real command.
 */
const definesAlias = (step: Step): boolean =>
  step.args.some((arg, at) => {
    const name = step.args[at - 1] === '-c' ? /^alias\.([^=]+)=/.exec(arg)?.[1] : undefined;
    // An alias with the name of a command of git is ignored.
    return name !== undefined && name === step.operands[0] && lookupTool('git')?.subcommands.has(name) !== true;
  }) ||
  step.invocation.assignments.some(
    (item) => /^GIT_CONFIG_(?:KEY|PARAMETERS)/.test(item.name) && /alias\./i.test(item.value?.text ?? ''),
  );

const checkoutDiscards = (step: Step): boolean => {
  if (!step.sub('checkout')) return false;
  if (step.flag('-f', '--force', '--ours', '--theirs')) return true;
  if (step.flag('-b', '-B', '--orphan', '--detach', '-p', '--patch', '-h')) return false;
  const [first, ...more] = rest(step);
  return (
    paths(step).length > 0 ||
    first === '.' ||
    /^:/.test(first ?? '') ||
    (more.length > 0 && !step.flag('-t', '--track'))
  );
};

/** The objects, references and index of a repository; locks are removed after a crash. */
const STORE =
  /(?:^|\/)[\w.-]*\.git\/(?:objects|refs|logs|HEAD|index|packed-refs|info|modules|worktrees)(?:\/|$)(?!.*\.lock$)/;
const changesStore = (step: Step): boolean => {
  if (step.isWrapper || /^(?:git|ls|cat)$/.test(step.tool)) return false;
  const removed = /^(?:rm|unlink|shred|srm|trash|mv|rmdir|truncate)$/.test(step.tool) ? step.transfer.sources : [];
  const found = [...removed, ...step.operands.filter(() => step.tool === 'rm'), ...step.writes.map(({ path }) => path)];
  return found.some((path) => STORE.test(path) && !path.endsWith('.lock'));
};
/** Settings that switch a safeguard off for one command. */
const SAFEGUARD_OFF = /^(?:clean\.requireForce=(?:false|0|no)|gc\.(?:pruneExpire|reflogExpire\w*)=(?:now|all|0))$/i;

/** Settings whose value git runs as a program. */
const PROGRAM_SETTING =
  /^(?:alias\..+|core\.(?:pager|editor|sshcommand|fsmonitor|hookspath|askpass|gitproxy)|sequence\.editor|gpg\.program|.*\.(?:command|cmd|helper|textconv|driver|clean|smudge|process))$/i;
/** A program from the network, or from where anyone may write. Others are in many dot files. */
const FOREIGN = /\b(?:curl|wget|nc|ncat|socat|telnet)\b|\/dev\/tcp\/|(?:^|[\s!"'=])\/(?:tmp|var\/tmp|dev\/shm)\//;
/** `git config core.pager 'curl … | sh'`: it runs with a later command of git. */
const storesProgram = (step: Step): boolean => {
  const [verb, ...words] = step.operands;
  if (verb !== 'config') return false;
  const at = words.findIndex((word) => PROGRAM_SETTING.test(word));
  return at >= 0 && words.slice(at + 1).some((value) => FOREIGN.test(value));
};

/** `url."https://a/".insteadOf https://b/`: another server than the address of a remote names. */
const redirectsServer = (step: Step): boolean => {
  const words = step.operands;
  const at = words.findIndex((word) => /^url\..+\.insteadof$/i.test(word));
  const [from, to] = [words[at + 1], words[at]?.slice(4, -10)].map((address) => SERVER.exec(address ?? '')?.[1] ?? '');
  return at >= 0 && from !== '' && to !== '' && from !== to && to !== `ssh.${from}`;
};
const SERVER = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([\w-]+(?:\.[\w-]+)+)/;

export const GIT_RULES: readonly StepRule[] = inFamily('git', [
  {
    id: 'git.redirected-server',
    level: 'high',
    tools: 'git',
    when: redirectsServer,
    technique: 'T1195.001',
    reason: 'Makes git talk to another server than its addresses name.',
    safer: 'Change the address of the one remote with git remote set-url.',
  },
  {
    id: 'git.push-force',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      s.sub('push') &&
      !isDryRun(s) &&
      (s.flag('-f', '--force', '--mirror', '--prune') || rest(s).some((word) => word.startsWith('+'))),
    technique: 'T1565.001',
    reason: 'Overwrites remote history that others may already use.',
    safer: 'Use --force-with-lease on your own branch, or push a new branch.',
  },
  {
    id: 'git.push-lease',
    level: 'moderate',
    tools: 'git',
    when: (s: Step) => s.sub('push') && !isDryRun(s) && s.some(/^--force-(?:with-lease|if-includes)/),
    reason: 'Rewrites the remote branch unless someone else has pushed in the meantime.',
    safer: 'Make sure that nobody else works on this branch.',
  },
  {
    id: 'git.push-delete',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      s.sub('push') &&
      !isDryRun(s) &&
      (s.flag('-d', '--delete') ||
        rest(s)
          .slice(1)
          .some((word) => word.startsWith(':'))),
    reason: 'Deletes a branch or tag on the remote.',
    safer: 'Check that it is merged, and delete it on the hosting site, which can restore it.',
  },
  {
    id: 'git.reset-hard',
    level: 'high',
    tools: 'git',
    when: (s: Step) => (s.sub('reset') && s.flag('--hard', '--merge')) || (s.sub('read-tree') && s.flag('--reset')),
    technique: 'T1485',
    reason: 'Discards uncommitted changes permanently.',
    safer: 'Run git stash first, or use git reset --keep.',
  },
  {
    id: 'git.clean',
    level: 'high',
    tools: 'git',
    when: (s: Step) => s.sub('clean') && !isDryRun(s) && s.flag('-f', '--force', '-x', '-X', '-d'),
    technique: 'T1485',
    reason: 'Deletes untracked files, which git cannot restore.',
    safer: 'Run git clean -n first, or use git clean -i.',
  },
  {
    id: 'git.checkout-discard',
    level: 'high',
    tools: 'git',
    when: checkoutDiscards,
    reason: 'Overwrites uncommitted changes in the working tree.',
    safer: 'Run git stash first; switch branches with git switch.',
  },
  {
    id: 'git.switch-discard',
    level: 'high',
    tools: 'git',
    when: (s: Step) => s.sub('switch') && s.flag('-f', '--force', '--discard-changes'),
    reason: 'Switches branches and discards uncommitted changes.',
    safer: 'Run git stash first, or commit.',
  },
  {
    id: 'git.restore-discard',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      s.sub('restore') && (!s.flag('-S', '--staged') || s.flag('-W', '--worktree')) && !s.flag('-p', '--patch', '-h'),
    reason: 'Overwrites uncommitted changes in the working tree.',
    safer: 'Run git stash first, or check with git diff.',
  },
  {
    id: 'git.stash-drop',
    level: 'high',
    tools: 'git',
    when: (s: Step) => s.sub('stash', 'drop|clear'),
    reason: 'Discards stashed changes; only git fsck may still find them.',
    safer: 'Turn the stash into a branch with git stash branch.',
  },
  {
    id: 'git.branch-delete',
    level: 'high',
    tools: 'git',
    when: (s: Step) => s.sub('branch') && (s.flag('-D') || (s.flag('-d', '--delete') && s.flag('-f', '--force'))),
    reason: 'Deletes a branch that is not merged.',
    safer: 'Use git branch -d, which refuses unmerged branches.',
  },
  {
    id: 'git.history-rewrite',
    level: 'high',
    tools: 'git git-filter-repo bfg',
    when: (s: Step) =>
      s.tool !== 'git' ||
      s.sub('filter-branch|filter-repo') ||
      (s.sub('replace') && !s.flag('-l', '--list')) ||
      (s.sub('fast-import') && (s.flag('--force') ? 'high' : 'moderate')),
    technique: 'T1565.001',
    reason: 'Rewrites the whole history, so that other clones no longer match.',
    safer: 'Work on a fresh mirror clone and keep the old one.',
  },
  {
    id: 'git.reflog-expire',
    level: 'high',
    tools: 'git',
    when: (s: Step) => s.sub('reflog', 'expire|delete|drop') && !isDryRun(s),
    technique: 'T1070',
    reason: 'Removes the log that is used to recover lost commits.',
    safer: 'Let git expire the log automatically.',
  },
  {
    id: 'git.gc-now',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      (s.sub('gc') && /^(?:now|all)$/.test(s.value('--prune') ?? '')) || (s.sub('prune') && !isDryRun(s)),
    reason: 'Deletes unreachable commits immediately and permanently.',
    safer: 'Run git gc without --prune=now.',
  },
  {
    id: 'git.ref-delete',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      (s.sub('update-ref') && s.flag('-d', '--stdin')) || (s.sub('symbolic-ref') && s.flag('-d', '--delete')),
    reason: 'Removes a reference without any check.',
    safer: 'Use git branch -d or git tag -d.',
  },
  {
    id: 'git.worktree-remove',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      (s.sub('worktree', 'remove') && s.flag('-f', '--force')) ||
      (s.sub('submodule', 'deinit') && s.flag('-f', '--force', '--all')),
    reason: 'Removes a working tree and its uncommitted changes.',
    safer: 'Omit --force; git then keeps trees that have changes.',
  },
  {
    id: 'git.rm-force',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      s.sub('rm') &&
      !s.flag('--cached') &&
      !isDryRun(s) &&
      (s.flag('-f', '--force') || (s.flag('-r') && rest(s).some((p) => /^(?:\.|\*|\.\/)$/.test(p)))),
    reason: 'Deletes files that have uncommitted changes.',
    safer: 'Use git rm --cached, or omit -f.',
  },
  {
    id: 'git.store',
    level: 'high',
    tools: '*',
    when: changesStore,
    technique: 'T1485',
    reason: 'Changes the files in which git stores commits and branches.',
    safer: 'Use git commands, such as git branch -d or git gc.',
  },
  {
    id: 'git.safeguard-off',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      s.args.some((arg, at) => SAFEGUARD_OFF.test(arg) && s.args[at - 1] === '-c') &&
      s.sub('clean|gc|prune|reflog|maintenance'),
    technique: 'T1485',
    reason: 'Switches off the setting that keeps git from deleting files or commits at once.',
    safer: 'Omit the setting; run git clean -n first.',
  },
  {
    id: 'git.alias-hidden',
    level: 'high',
    tools: 'git',
    when: definesAlias,
    technique: 'T1202',
    reason: 'Runs a git command through an alias that is defined on the same line.',
    safer: 'Write the real command.',
  },
  {
    id: 'git.hook-or-pager-command',
    level: 'high',
    tools: 'git',
    when: (s: Step) =>
      s.some(/^ext::/) ||
      storesProgram(s) ||
      s.args.some(
        (arg, at) =>
          /^(?:-c|--config)$/.test(s.args[at - 1] ?? '') &&
          /^(?:core\.(?:pager|editor|sshCommand|fsmonitor|hooksPath)|.*\.(?:command|cmd|helper))=.*(?:\bsh\b|[;|`]|\/tmp(?:\/|$))/i.test(
            arg,
          ),
      ),
    technique: 'T1059',
    reason: 'Makes git run a program that is named in a setting or a URL.',
    safer: 'Run the program directly.',
  },
  {
    id: 'git.rewrite-local',
    level: 'moderate',
    tools: 'git',
    when: (s: Step) =>
      (s.sub('rebase') &&
        !s.flag('--abort', '--continue', '--quit', '--skip') &&
        s.flag('-i', '--root', '--onto', '--exec')) ||
      (s.sub('commit') && s.flag('--amend')) ||
      (s.sub('branch') && s.flag('-f', '--force', '-M')) ||
      (s.sub('rm') && s.flag('-r') && !s.flag('--cached')) ||
      (s.sub('tag') && s.flag('-d', '--delete', '-f', '--force')) ||
      s.sub('remote', 'rm|remove|prune') ||
      (s.sub('reset') && /[~^]/.test(rest(s).join(' '))),
    reason: 'Changes existing commits, tags or remotes; the reflog keeps old commits for a while.',
    safer: 'Create a branch at the old commit first.',
  },
  {
    id: 'git.other-vcs-discard',
    level: 'high',
    tools: 'hg svn jj',
    when: (s: Step) =>
      (s.tool === 'hg' &&
        ((s.sub('update|checkout|co|up') && s.flag('-C', '--clean')) ||
          s.sub('strip|purge|rollback') ||
          (s.sub('revert') && s.flag('-a', '--all', '--no-backup')) ||
          (s.sub('push') && s.flag('-f', '--force')))) ||
      (s.tool === 'svn' &&
        ((s.sub('revert') && s.flag('-R', '--recursive', '--depth')) ||
          (s.sub('delete|rm|remove') && s.some(/:\/\//)) ||
          (s.sub('cleanup') && s.some(/^--remove/)))) ||
      (s.tool === 'jj' &&
        (s.sub('abandon') || s.sub('op', 'abandon|undo|restore') || (s.sub('git', 'push') && s.flag('--deleted')))),
    reason: 'Discards changes or history of the working copy.',
    safer: 'Shelve or commit first.',
  },
]);
