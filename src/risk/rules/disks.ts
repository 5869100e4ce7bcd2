/** Overwritten disks, partitions, volumes and file systems. */

import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';
import { DEVICE, normalPath } from '../subjects/paths.ts';

const DISKLIKE =
  /^\/dev\/(?!null$|zero$|u?random$|full$|tty|pts|std|fd\/|shm|tcp|udp|pt|console$|input|snd|dri|log$|kmsg$|term\/|serial\/|usb\/|lp\d|cu\.|rfcomm|spidev|i2c|video|hidraw|dsp|audio|midi|uinput|watchdog|fb\d|gpio|rtc|parport|bus\/|char\/|hugepages|mqueue|vcs|fuse|net\/|vhost|vfio|kvm|nvidia)/;
const isDevice = (path: string): boolean => DEVICE.test(normalPath(path)) || DISKLIKE.test(normalPath(path));
const onDevice = (step: Step): boolean => step.operands.some(isDevice);

/** Devices that are memory or a file: what was in them was put there by hand. */
const IN_MEMORY = /^\/dev\/(?:zram|ram|loop)\d+$/;

const writesDevice = (step: Step): Verdict =>
  step.writes.some((item) => isDevice(item.path) && item.mode !== 'link') && step.tool !== 'touch';

/**
 * `mkfs.ext4 file.img` creates an image; only a device as target is critical. List and help options
 * do not format.
 */
const formats = (step: Step): Verdict => {
  if (step.flag('-V', '-n', '-N', '--help', '--version')) return false;
  const operands = step.operands;
  if (operands.some((path) => (isDevice(path) && !IN_MEMORY.test(path)) || /[$`{]/.test(path))) return 'critical';
  return operands.some((path) => step.kind(path) === 'root') ? 'critical' : operands.length > 0 ? 'moderate' : false;
};

const partitions = (step: Step): Verdict => {
  if (
    step.flag(
      '-l',
      '--list',
      '-s',
      '--getsz',
      '-d',
      '--dump',
      '-V',
      '--version',
      '-p',
      '--print',
      '-v',
      '--verify',
      '-J',
      '--json',
    ) &&
    !step.some(/mk|rm|^-[a-zA-Z]*[zZod]/)
  )
    return false;
  if (step.tool === 'gpart') return step.sub('destroy|delete|create|recover|restore');
  if (step.tool === 'parted')
    return (
      step.some(/^(?:mklabel|mktable|mkpart|rm|resizepart|resize|rescue|set|name|toggle|disk_set)$/) ||
      /mklabel|mkpart|\brm\b/.test(step.args.join(' '))
    );
  if (step.tool === 'partprobe' || step.tool === 'partx') return false;
  return onDevice(step) && !step.some(/^-[lxG]$/);
};

const DISKUTIL =
  /^(?:erase\w*|partitionDisk|reformat|secureErase|zeroDisk|randomDisk|mergePartitions|splitPartition|resizeVolume|appleRAID|cs|apfs)$/i;
const diskutil = (step: Step): Verdict => {
  const [verb = '', second = ''] = step.operands;
  if (!DISKUTIL.test(verb)) return false;
  return !/^(?:apfs|cs|appleRAID)$/i.test(verb) || /^(?:delete|erase|remove)/i.test(second);
};

const VOLUMES = 'lvremove vgremove pvremove lvreduce vgreduce lvm zpool zfs btrfs mdadm dmsetup cryptsetup';
/** All data of a disk, of a pool or of a group of disks is lost, as with a new file system. */
const losesDisks = (step: Step): boolean => {
  if (step.tool === 'cryptsetup')
    return step.sub('erase|luksErase|luksFormat|format') && !step.flag('--test-args') && onDevice(step);
  return (
    (step.tool === 'zpool' && step.sub('destroy')) ||
    (step.tool === 'vgremove' && step.flag('-f', '--force', '-y', '--yes') && !step.flag('-t', '--test'))
  );
};
const volumes = (step: Step): Verdict => {
  if (losesDisks(step)) return 'critical';
  const says = (...path: readonly string[]): boolean => step.sub(...path);
  if (/^(?:lvremove|vgremove|pvremove)$/.test(step.tool)) return !step.flag('-t', '--test');
  switch (step.tool) {
    case 'lvreduce':
    case 'vgreduce':
      return true;
    case 'lvm':
      return says('lvremove|vgremove|pvremove|lvreduce');
    case 'zpool':
      return (
        says('destroy|labelclear') ||
        (says('create|import|export|offline|detach|remove') && step.flag('-f')) ||
        says('remove|detach')
      );
    case 'zfs':
      return (
        (says('destroy') && !step.flag('-n')) || (says('rollback') && step.flag('-r', '-R', '-f')) || says('unload-key')
      );
    case 'btrfs':
      return (
        says('subvolume', 'delete') ||
        says('device', 'delete|remove') ||
        (says('check') && step.flag('--repair', '--init-csum-tree')) ||
        says('rescue', 'zero-log') ||
        (says('balance', 'start') && step.flag('-f', '--full-balance')) ||
        says('filesystem', 'resize')
      );
    case 'mdadm':
      return step.flag('--zero-superblock', '--stop', '-S', '--remove', '-r', '--fail', '-f', '--create', '-C');
    case 'dmsetup':
      return says('remove|remove_all|wipe_table|clear|create|load|reload|suspend');
    default:
      return says(
        'luksFormat|erase|luksErase|luksKillSlot|luksRemoveKey|reencrypt|luksHeaderRestore|luksRemoveKey|format',
      );
  }
};

const wipes = (step: Step): Verdict => {
  switch (step.tool) {
    case 'wipefs':
      return (
        !step.flag('-n', '--no-act') && (step.flag('-a', '--all', '-o', '--offset', '-f', '--force', '-t') || false)
      );
    case 'blkdiscard':
      return true;
    case 'hdparm':
      return step.some(
        /^--(?:security-erase|security-set-pass|trim-sector|write-sector|make-bad-sector|sanitize|security-disable|yes-i-know|dco-restore)/,
      );
    case 'nvme':
      return step.sub('format|sanitize|delete-ns|write|write-zeroes|dsm|fw-commit');
    case 'badblocks':
      return step.flag('-w');
    case 'sg_format':
    case 'scrub':
    case 'nwipe':
    case 'dban':
      return true;
    default:
      return false;
  }
};

export const DISK_RULES: readonly StepRule[] = inFamily('disks', [
  {
    id: 'disks.format',
    level: 'critical',
    tools:
      'mkfs mke2fs mkswap mkdosfs mkntfs mkreiserfs mkfs.minix mkfs.jfs mkfs.reiserfs mkfs.bfs mkfs.cramfs newfs newfs_hfs newfs_apfs newfs_msdos mkexfatfs',
    when: formats,
    technique: 'T1561.001',
    reason: 'Creates a new, empty file system; all data on the device is lost.',
    safer: 'Check the device with lsblk -f, and unplug other devices.',
  },
  {
    id: 'disks.write-device',
    level: 'critical',
    tools: '*',
    needs: 'writes' as const,
    when: writesDevice,
    technique: 'T1561.002',
    reason: 'Writes directly to a disk, over its partitions and files.',
    safer: 'Check the device with lsblk; use an imaging tool that asks for confirmation.',
  },
  {
    id: 'disks.partition',
    level: 'critical',
    tools: 'fdisk sfdisk cfdisk gdisk sgdisk parted gpart gpt partprobe',
    when: partitions,
    technique: 'T1561.002',
    reason: 'Changes the partition table of a disk.',
    safer: 'Save the partition table with sfdisk --dump first.',
  },
  {
    id: 'disks.wipe',
    level: 'critical',
    tools: 'wipefs blkdiscard hdparm nvme badblocks sg_format scrub nwipe dban',
    when: wipes,
    technique: 'T1561.001',
    reason: 'Erases the data or the signatures on a disk.',
    safer: 'Run wipefs --no-act first, and check the device with lsblk.',
  },
  {
    id: 'disks.volume-remove',
    level: 'high',
    tools: VOLUMES,
    when: volumes,
    technique: 'T1485',
    reason: 'Removes or shrinks a volume, pool, array or encrypted container.',
    safer: 'Take a snapshot or a backup, and use the test option first.',
  },
  {
    id: 'disks.shrink-or-repair',
    level: 'high',
    tools: 'resize2fs fsck e2fsck xfs_repair tune2fs debugfs ntfsresize xfs_growfs',
    when: (s: Step) =>
      (s.tool === 'resize2fs' && (s.flag('-M') || s.operands.length > 1)) ||
      (s.tool === 'fsck' && !s.flag('-n', '-N') && s.flag('-y', '-a', '-L')) ||
      (s.tool === 'debugfs' && s.flag('-w')) ||
      (s.tool === 'tune2fs' && s.flag('-O', '-U', '-f')),
    reason: 'Rewrites file system structures, which loses data on a mounted or damaged disk.',
    safer: 'Unmount the disk, make an image, and check it in read-only mode.',
  },
  {
    id: 'disks.diskutil-erase',
    level: 'critical',
    tools: 'diskutil asr',
    when: (s: Step) => (s.tool === 'asr' ? s.flag('--erase', '-erase') : diskutil(s)),
    technique: 'T1561.001',
    reason: 'Erases or repartitions a disk.',
    safer: 'Check the disk with diskutil list, and disconnect other disks.',
  },
  {
    id: 'disks.unmount-force',
    level: 'moderate',
    tools: 'umount swapoff losetup',
    when: (s: Step) =>
      (s.tool === 'umount' && s.flag('-f', '--force', '-l', '--lazy', '-a', '--all')) ||
      (s.tool === 'swapoff' && s.flag('-a', '--all')) ||
      (s.tool === 'losetup' && s.flag('-D')),
    reason: 'Unmounts a file system while programs still use it.',
    safer: 'Find these programs with fuser -vm and stop them first.',
  },
]);
