/**
 * Signs of a dangerous command in text that was not parsed. They decide what is worth parsing
 * (`rest.ts`) and rate nothing. `test/risk/long-lines.test.ts` holds them to the examples of the
 * rules.
 *
 * Each alternative begins with one of few characters, so that most text is passed over quickly.
 */

/** Where a command may begin: also inside quotes, which may be the text of a shell. */
const HEAD = String.raw`(?:^|[\n;&|({\x60'"!])[ \t]*(?:[A-Za-z_]\w*=[^\s;&|]{0,80}[ \t]+){0,3}(?:[~.$\w]*/[\w./-]{0,60})?\\?`;

/** Programs of which any use is worth parsing, if an argument follows. */
const PROGRAMS = [
  // Deletes, overwrites, stops.
  'rm|rmdir|srm|unlink|shred|wipe|wipefs|dd|mkfs(?:\\.\\w+)?|mke2fs|mkswap|newfs|fdisk|sfdisk|cfdisk|sgdisk|gdisk|parted',
  'blkdiscard|hdparm|nvme|diskutil|truncate|mv|cp|ln|install|chmod|chown|chgrp|chattr|chflags|setfacl|setcap',
  'killall|pkill|umount|cryptsetup|zpool|zfs|lvremove|vgremove|pvremove|mdadm|kill(?=[ \\t]+[-01])|mount(?=[ \\t]+[-/])',
  // Fetches, sends, listens.
  'curl|wget|aria2c|httpie|https?|xh|lynx|scp|sftp|rsync|rclone|ftp|tftp|mutt|mailx?|sendmail',
  'nc|ncat|netcat|socat|telnet|openssl|ssh|sshd|chisel|ngrok|cryptcat|dig|nslookup|xxd|base64|base32',
  // Starts text as a program, or starts it with the rights of others.
  'sudo|doas|su|pkexec|run0|eval|source|exec|xargs|parallel|env|nohup|setsid|chroot|nsenter|unshare|coproc|mkfifo',
  '(?:ba|z|da|k|mk|c|tc|fi)?sh|busybox|python[\\d.]*|perl|ruby|node|deno|bun|php|lua|g?awk|osascript|pwsh|powershell|tclsh|elixir|julia|crystal',
  // Tools with subcommands.
  'git|docker|podman|kubectl|oc|helm|aws|gcloud|az|terraform|tofu|pulumi|ansible|systemctl|launchctl|crontab',
  'useradd|usermod|userdel|groupdel|passwd|chpasswd|visudo|iptables|nft|ufw|firewall-cmd|setenforce|auditctl|journalctl',
  'fd|security|defaults|csrutil|spctl|tccutil|nvram|insmod|modprobe|rmmod|kexec|sysctl|reboot|shutdown|halt|poweroff|init',
  'apt|apt-get|yum|dnf|pacman|rpm|dpkg|npm|pip[\\d.]*|gem|gh|redis-cli|mysql|psql|mongosh?|dropdb|vault|gpg|tar|zip|gzip',
  'while|until|for|tee|sed|history|export|declare|alias|trap|crictl|ctr|set|shopt|unset|printenv|find(?=[ \\t]+[-/~.$"\'*])',
].join('|');

const SIGNS: readonly string[] = [
  String.raw`${HEAD}(?:${PROGRAMS})[ \t]+\S`,
  // A variable that changes what the program after it does.
  String.raw`(?:^|[\n;&|({\x60'"!])[ \t]*(?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|BASH_ENV|PROMPT_COMMAND|HIST[A-Z]{1,12}|TAR_OPTIONS|GIT_[A-Z_]{1,20}|PERL5OPT)=`,
  // A name that is spelled so that it is not recognized.
  String.raw`${HEAD}\w{1,10}(?:\\|''|"")\w`,
  // Text that becomes a program.
  String.raw`\|[ \t&]*(?:[\w./=-]+[ \t]+){0,4}[\w./]{0,40}(?:sh|python[\d.]*|perl|ruby|node|php|lua)\b`,
  String.raw`[<>]\(`,
  // Places.
  '/dev/(?:tcp|udp|mem|kmem|port|sd|hd|vd|xvd|nvme|disk|rdisk|mmcblk|mapper|shm)',
  String.raw`/proc/(?:sys|self|kcore|\d|\*)|/etc/(?:[g]?shadow|passwd|sudoers|cron|pam|ld\.so|ssh|profile|rc|init|systemd|apt)|/var/log/`,
  String.raw`\.(?:ssh/|aws/|kube/|gnupg|netrc|bash_history|zsh_history|git/|bashrc|zshrc|profile|env\b)|/id_(?:rsa|dsa|ecdsa|ed25519)`,
  String.raw`/169\.254\.169\.254`,
  // A page of a web server that is written.
  String.raw`>[ \t]*[\w./~-]{1,200}\.(?:php|phtml|phar|jsp|asp)`,
  // A function or a loop that starts copies of itself.
  String.raw`(?:^|[\n;&|({\x60'"!])[ \t]*([\w:.]{1,20})[ \t]*\(\)[ \t]*\{?[^\n]{0,60}?\1[ \t]*[|&]`,
  String.raw`(?:^|[\n;&|({\x60'"!])[ \t]*(?:while|until|for)[ \t]+[^\n;&|]{0,60}[;&][^\n]{0,80}?&[ \t]*(?:done|\})`,
];

/** A new one for each text, because it keeps its position. */
export const dangerSigns = (): RegExp => new RegExp(SIGNS.join('|'), 'g');
