import type { RuleExamples } from './rule-examples.ts';

export const EVASION_EXAMPLES: RuleExamples = {
  'evasion.audit-off': {
    fires: ['semanage permissive -a httpd_t', 'auditctl -e 0', 'setenforce 0'],
    silent: ['setenforce --help', 'auditctl -l'],
  },
  'evasion.firewall-off': {
    fires: [
      'iptables -P INPUT ACCEPT',
      'iptables --flush',
      'ufw disable',
      'ufw --force reset',
      'nft flush ruleset',
      'pfctl -d',
    ],
    silent: ['sudo iptables -L -n', 'sudo ufw status', 'sudo ufw allow 22/tcp'],
  },
  'evasion.gatekeeper': {
    fires: [
      'csrutil disable',
      'spctl --master-disable',
      'xattr -d com.apple.quarantine x.app',
      'nvram -c',
      'fdesetup disable',
      'systemsetup -setremotelogin on',
    ],
    silent: [
      'defaults read x',
      'csrutil status',
      'systemsetup -gettimezone',
      'defaults write com.apple.dock autohide -bool true',
    ],
  },
  'evasion.guard-agent': {
    fires: ['falconctl -d', 'osqueryctl stop'],
    silent: ['splunk version', 'falconctl stats', 'npm uninstall lodash', 'pip uninstall x'],
  },
  'evasion.guard-removed': {
    fires: ['apt-get remove -y auditd', 'dnf erase clamav'],
    silent: [
      'apt-get remove cowsay',
      'apt install x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
    ],
  },
  'evasion.guard-settings': {
    fires: ['sed -i s/SELINUX=enforcing/SELINUX=disabled/ /etc/selinux/config'],
    silent: ['history | tail', 'touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x'],
  },
  'evasion.hidden-process': {
    fires: ['mount -o bind /tmp/empty /proc/1234'],
    silent: ['mount /dev/sdb1 /mnt', 'sudo mount /dev/sdb1 /mnt', 'mount | grep sda'],
  },
  'evasion.history-off': {
    fires: ['unset HISTFILE', 'export HISTFILE=/dev/null', 'HISTSIZE=0', 'export HISTFILESIZE=0', 'set +o history'],
    silent: ['history | tail', 'touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x'],
  },
  'evasion.history-wipe': {
    fires: [
      'history -c',
      'rm ~/.bash_history',
      'cat /dev/null > ~/.bash_history',
      'echo "" > ~/.bash_history',
      'ln -sf /dev/null ~/.bash_history',
      'truncate -s0 ~/.bash_history',
      'shred -u ~/.bash_history',
    ],
    silent: ['history | tail', 'touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x'],
  },
  'evasion.journal': {
    fires: ['journalctl --vacuum-time=1s', 'dmesg -C'],
    silent: ['journalctl -f', 'git log --oneline | head', 'sudo journalctl -u nginx -f', 'sudo dmesg | tail'],
  },
  'evasion.log-wipe': {
    fires: [
      'rm -rf /var/log',
      'rm -f /var/log/syslog',
      '> /var/log/auth.log',
      'echo > /var/log/wtmp',
      'cat /dev/null > /var/log/messages',
      'truncate -s 0 /var/log/secure',
      "sed -i '/10.0.0.1/d' /var/log/auth.log",
    ],
    silent: ['history | tail', 'touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x'],
  },
  'evasion.service-off': {
    fires: [
      'systemctl stop sshd',
      'systemctl disable firewalld',
      'systemctl mask systemd-journald',
      'service nginx stop',
      'service ssh stop',
      'service rsyslog stop',
      'pkill -9 falcon-sensor',
      'killall auditd',
    ],
    silent: ['launchctl list', 'systemctl status x', 'sudo systemctl restart nginx', 'systemctl --user restart x'],
  },
  'evasion.timestamps': {
    fires: ['touch -r /bin/ls /tmp/evil', 'touch -acmr /etc/passwd evil', 'touch -t 197001010000 evil'],
    silent: ['touch x', 'touch -c x', 'date +%s', 'touch -d yesterday x'],
  },
  'evasion.tls-off': {
    fires: ['git -c http.sslVerify=false clone x', 'NODE_TLS_REJECT_UNAUTHORIZED=0 node x.js'],
    silent: [
      'pip install requests',
      "python -c 'import os; print(os.getuid())'",
      'curl -k https://localhost',
      'git switch main',
    ],
  },
  'evasion.unreadable': {
    fires: [`${'sudo '.repeat(3000)}rm -rf /`, '('.repeat(10_000)],
    silent: ['sudo nice ls', '((1+2))'],
  },
};
