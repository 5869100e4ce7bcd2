/** The kernel, its modules and the boot loader. */

import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, type Step } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';

const sysctl = (step: Step): Verdict => {
  const sets = step.args.filter((arg) => /^[\w./-]+\s*=/.test(arg));
  if (sets.length === 0) return false;
  const names = sets.map((arg) => arg.replace(/\//g, '.').replace(/\s*=.*$/, ''));
  return names.some((name) => PROTECTS.test(name)) ? 'high' : 'moderate';
};
const PROTECTS =
  /^kernel\.(?:sysrq|randomize_va_space|yama|kptr|core_pattern|modules_disabled|modprobe)|suid_dumpable|protected_/;
/** A setting that is made at every boot: a program that the kernel starts. */
const STARTS_PROGRAM = /kernel\.(?:core_pattern\s*=\s*\||modprobe\s*=|hotplug\s*=)/;
const writesSettings = (step: Step): boolean =>
  step.writes.some(({ path }) => /^\/etc\/sysctl(?:\.conf$|\.d\/)/.test(normalPath(path))) &&
  (step.some(STARTS_PROGRAM) || STARTS_PROGRAM.test(pipedText(step.invocation)));

export const KERNEL_RULES: readonly StepRule[] = inFamily('kernel', [
  {
    id: 'kernel.load-module',
    level: 'high',
    tools: 'insmod modprobe kextload kmutil kldload',
    when: (s: Step) => {
      if (s.tool === 'modprobe')
        return s.flag('-r', '--remove')
          ? 'moderate'
          : s.flag('-n', '--dry-run', '--show-depends', '-c', '--showconfig', '-D', '-R')
            ? false
            : s.some(/\.ko|\//) || s.flag('-f', '--force')
              ? 'high'
              : s.operands.length > 0 && 'moderate';
      return s.tool === 'kmutil' ? s.sub('load') : s.operands.length > 0;
    },
    technique: 'T1547.006',
    reason: 'Loads code into the kernel, where it can do and hide anything.',
    safer: 'Use signed modules of your distribution.',
  },
  {
    id: 'kernel.unload-module',
    level: 'high',
    tools: 'rmmod kextunload kldunload',
    when: (s: Step) =>
      s.operands.length > 0 &&
      (s.flag('-f', '--force') ||
      s.operands.some((name) =>
        /audit|apparmor|falco|sysmon|vmmon|ip_tables|nf_|kvm|ext4|xfs|crowdstrike|cb/.test(name),
      )
        ? 'high'
        : 'moderate'),
    technique: 'T1685',
    reason: 'Unloads a module from the running kernel.',
    safer: 'Blacklist the module and reboot.',
  },
  {
    id: 'kernel.settings',
    level: 'moderate',
    tools: '*',
    when: (s: Step) =>
      s.tool === 'sysctl'
        ? sysctl(s)
        : s.tool === 'wrmsr'
          ? s.operands.length > 1 && 'high'
          : writesSettings(s) && 'high',
    technique: 'T1685',
    reason: 'Changes the security or network settings of the running kernel.',
    safer: 'Use a reviewed file in sysctl.d.',
  },
  {
    id: 'kernel.proc-write',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) =>
      s.writes.some((item) =>
        /^\/(?:proc\/sys\/|sys\/(?:kernel|module|devices\/system|fs\/cgroup|firmware|block|bus)|proc\/self\/(?:mem|uid_map)|(?:sys\/fs\/)?selinux\/)|\/(?:release_agent|notify_on_release)$/.test(
          normalPath(item.path),
        ),
      ) &&
      (s.writes.some((item) =>
        /core_pattern|release_agent|uevent_helper|modprobe|randomize|binfmt_misc|selinux|ptrace_scope|notify_on_release/.test(
          item.path,
        ),
      )
        ? 'high'
        : 'moderate'),
    technique: 'T1611',
    reason: 'Changes the running kernel through /proc or /sys.',
    safer: 'Use sysctl with a file under version control.',
  },
  {
    id: 'kernel.kexec',
    level: 'high',
    tools: 'kexec',
    when: (s: Step) => s.flag('-e', '--exec', '-l', '--load', '-f', '--force'),
    technique: 'T1542',
    reason: 'Boots another kernel without the checks of a normal boot.',
    safer: 'Install the kernel and reboot.',
  },
  {
    id: 'kernel.boot-loader',
    level: 'high',
    tools:
      'grub-install efibootmgr bless bootctl flashrom fwupdtool update-grub grubby dracut update-initramfs mkinitcpio fastboot',
    when: (s: Step) => {
      if (s.tool === 'efibootmgr')
        return s.flag('-B', '--delete-bootnum', '-b', '-c', '--create', '-o', '--bootorder', '-O', '-D');
      if (s.tool === 'flashrom') return s.flag('-w', '--write', '-E', '--erase');
      if (s.tool === 'bootctl')
        return s.sub('remove|install|set-default') ? (s.sub('remove') ? 'high' : 'moderate') : false;
      if (s.tool === 'grubby')
        return (
          s.some(/^--(?:remove|update)/) &&
          (s.some(/selinux=0|audit=0|mitigations=off|init=/) || s.flag('--remove-kernel'))
        );
      if (s.tool === 'fastboot') return s.sub('erase|flash|flashing|format|oem') || s.flag('-w');
      if (s.tool === 'bless') return s.some(/^--?(?:setBoot|nextonly|unbless)$/i);
      return s.tool === 'grub-install' ? s.operands.length > 0 : false;
    },
    technique: 'T1542',
    reason: 'Changes what the machine boots.',
    safer: 'Have a rescue medium ready.',
  },
  {
    id: 'kernel.debug-memory',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) => s.writes.some((item) => /^\/(?:dev\/k?mem|proc\/kcore|dev\/port)$/.test(item.path)),
    technique: 'T1014',
    reason: 'Writes to kernel memory.',
    safer: 'Do not use it; no ordinary task needs it.',
  },
]);
