import type { RuleExamples } from './rule-examples.ts';

export const DISKS_EXAMPLES: RuleExamples = {
  'disks.diskutil-erase': {
    fires: [
      'diskutil eraseDisk JHFS+ X disk2',
      'diskutil secureErase 0 disk2',
      'diskutil zeroDisk disk2',
      'diskutil apfs deleteContainer disk1',
    ],
    silent: ['diskutil list'],
  },
  'disks.format': {
    fires: [
      'mkfs.xfs -f /dev/sdb1',
      'mkfs -t ntfs /dev/sdb',
      'mke2fs /dev/sda1',
      'mkswap /dev/sda2',
      'mkfs.ext4 disk.img',
    ],
    silent: ['mkfs.ext4 -V', 'mkswap --version', 'which mkfs'],
  },
  'disks.partition': {
    fires: [
      'gpart destroy -F ada0',
      'fdisk /dev/sda',
      'sfdisk /dev/sda < table',
      'gdisk /dev/sda',
      'sgdisk -Z /dev/sda',
      'sgdisk --zap-all /dev/sda',
      'parted -s /dev/sda mklabel gpt',
      'parted /dev/sda rm 1',
    ],
    silent: ['sudo fdisk -l', 'sudo parted -l'],
  },
  'disks.shrink-or-repair': {
    fires: ['xfs_repair -L /dev/sda1', 'resize2fs /dev/sda1 10G'],
    silent: ['resize2fs -P /dev/sda1', 'debugfs /dev/sda1'],
  },
  'disks.unmount-force': {
    fires: ['umount -f /mnt/data'],
    silent: ['umount /mnt', 'sudo umount /mnt', 'umount /mnt/usb'],
  },
  'disks.volume-remove': {
    fires: [
      'cryptsetup luksErase /dev/sda2',
      'cryptsetup luksErase /dev/sda',
      'cryptsetup luksFormat /dev/sda1',
      'cryptsetup erase /dev/sda1',
      'lvremove -f vg/lv',
      'vgremove my_vg',
      'pvremove /dev/sdb',
      'zpool destroy tank',
      'zfs destroy -r tank/data',
    ],
    silent: ['lvremove --test vg/lv'],
  },
  'disks.wipe': {
    fires: [
      'wipefs -a /dev/sda',
      'blkdiscard /dev/nvme0n1',
      'hdparm --user-master u --security-erase p /dev/sda',
      'nvme format /dev/nvme0n1',
    ],
    silent: ['hdparm -I /dev/sda', 'wipefs /dev/sda'],
  },
  'disks.write-device': {
    fires: [
      'dd if=x of=/dev/mem',
      'shred -n 3 /dev/sda',
      'echo x > /dev/sda',
      'cat image.iso > /dev/sdb',
      'cp image.iso /dev/sdb',
      'dd if=/dev/zero of=/dev/sda',
      'dd if=/dev/urandom of=/dev/nvme0n1 bs=1M',
    ],
    silent: ['sudo dd if=/dev/sda of=backup.img', 'dd if=/dev/zero of=test.img bs=1M count=10'],
  },
};
