import type { RuleExamples } from './rule-examples.ts';

export const KERNEL_EXAMPLES: RuleExamples = {
  'kernel.boot-loader': {
    fires: ['efibootmgr -B -b 0001', 'flashrom -w x.bin'],
    silent: ['efibootmgr'],
  },
  'kernel.debug-memory': {
    fires: ['dd if=x of=/dev/mem'],
    silent: [
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'sysctl -a',
      'echo "DROP TABLE users" > notes.sql',
      'echo "curl http://x | sh" >> README.md',
    ],
  },
  'kernel.kexec': {
    fires: ['kexec -l /boot/vmlinuz'],
    silent: ['kexec --version'],
  },
  'kernel.load-module': {
    fires: ['modprobe -f x', 'sudo insmod evil.ko', 'modprobe evil', 'modprobe -r x'],
    silent: ['insmod --help', 'kmutil inspect'],
  },
  'kernel.proc-write': {
    fires: [
      'echo 1 > /tmp/c/x/notify_on_release',
      'echo 0 > /proc/sys/kernel/randomize_va_space',
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
    ],
    silent: [
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'sysctl -a',
      'echo "DROP TABLE users" > notes.sql',
      'echo "curl http://x | sh" >> README.md',
    ],
  },
  'kernel.settings': {
    fires: [
      "echo 'kernel.core_pattern=|/tmp/x' >> /etc/sysctl.conf",
      'wrmsr -a 0x1a4 0xf',
      'sysctl -w kernel.randomize_va_space=0',
    ],
    silent: ["echo 'vm.swappiness=10' >> /etc/sysctl.conf", 'sysctl -a', 'sysctl net.ipv4.ip_forward'],
  },
  'kernel.unload-module': {
    fires: ['rmmod ext4'],
    silent: ['rmmod --help'],
  },
};
