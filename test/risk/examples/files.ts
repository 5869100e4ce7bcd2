import type { RuleExamples } from './rule-examples.ts';

export const FILES_EXAMPLES: RuleExamples = {
  'files.code-command': {
    fires: [
      "python3 -c \"import subprocess as s; s.run(['rm','-rf','/'])\"",
      'perl -e \'system("git reset --hard")\'',
      "ruby -e '`rm -rf /`'",
      "node -e \"require('child_process').execSync('rm -rf /')\"",
      'awk \'BEGIN{system("rm -rf /")}\'',
    ],
    silent: [
      'pwsh -File x.ps1',
      "python -c 'import os; print(os.getuid())'",
      "osascript -e 'beep'",
      'kubectl describe node x',
    ],
  },
  'files.code-disk': {
    fires: ["python -c \"open('/dev/sda','wb').write(b'x')\""],
    silent: [
      'pwsh -File x.ps1',
      "python -c 'import os; print(os.getuid())'",
      "osascript -e 'beep'",
      'kubectl describe node x',
    ],
  },
  'files.code-removes': {
    fires: [
      "python3 -c \"from pathlib import Path; [p.unlink() for p in Path('/etc').rglob('*')]\"",
      'php -r \'array_map("unlink", glob("/etc/*"));\'',
      'ruby -e \'Dir.glob("/etc/*").each { |f| File.delete f }\'',
      'emacs --batch --eval \'(delete-directory "/home" t)\'',
      "tclsh <<< 'file delete -force /etc'",
      "pwsh -Command 'Remove-Item -Recurse -Force /home'",
      "pwsh -c 'ri -r -fo /etc'",
      "pwsh -c 'Get-ChildItem /var/lib | Remove-Item -Recurse -Force'",

      'python -c "import shutil; shutil.rmtree(\'/\')"',
      "node -e \"require('fs').rmSync('/', {recursive:true})\"",
      "ruby -e \"require 'fileutils'; FileUtils.rm_rf('/')\"",
      'perl -e \'unlink glob("/etc/*")\'',
      "python3 <<EOF\nimport shutil\nshutil.rmtree('/')\nEOF",
    ],
    silent: [
      "pwsh -c 'Remove-Item /tmp/x -Recurse'",
      "pwsh -c 'Get-Item /etc'",
      'ri String',
      'python3 -c "import os; os.makedirs(\'/etc/x\')"',

      'pwsh -File x.ps1',
      "python -c 'import os; print(os.getuid())'",
      "osascript -e 'beep'",
      'kubectl describe node x',
    ],
  },
  'files.copy-into-system': {
    fires: ['sudo rsync -e \'sh -c "sh 0<&2 1>&2"\' 127.0.0.1:/dev/null', 'scp file root@host:/etc/passwd'],
    silent: ['rsync -a a b', 'scp a host:b', 'scp file host:/tmp/', 'scp host:/etc/nginx/nginx.conf .'],
  },
  'files.encrypt-in-bulk': {
    fires: [
      'ccrypt -e -r /srv',
      "find . -name '*.doc' | xargs -I{} 7z a -p123 {}.7z {}",
      'for f in *; do openssl enc -aes-256-cbc -in $f -out $f.enc; rm $f; done',
    ],
    silent: [
      '7z a -p123 x.7z a',
      'gpg --symmetric x',
      'zip -r x.zip .',
      'openssl x509 -in cert.pem -text',
      'openssl genrsa -out key.pem 2048',
    ],
  },
  'files.find-delete': {
    fires: [
      'find /home -type f -print0 | xargs -0 rm -f',
      'find . -type f | xargs rm',
      'find / -delete',
      'find . -type f -exec rm {} \\;',
      'find ~ -exec rm -rf {} +',
      'fd -e tmp -x rm -rf',
      'find / -type f -delete',
      "find . -name '*.txt' -delete",
      "find . -name '*.pyc' -delete",
      'find . -type d -name __pycache__ -exec rm -rf {} +',
    ],
    silent: ['sudo find /etc -name x', 'find . -name x', 'find . -type f -name "*.ts" | xargs grep foo'],
  },
  'files.move-into-nothing': {
    fires: [
      'mv -t /tmp /*',
      'mv --target-directory=/tmp /etc',
      'mv ~/important /dev/null',
      'mv / /dev/null',
      'mv ~ /dev/null',
      'mv file /dev/null',
      'mv /etc /tmp',
    ],
    silent: ['mv -t dest a b', 'mv --target-directory=/tmp *.log', 'mv a b', 'mv *.txt dir/'],
  },
  'files.no-preserve-root': {
    fires: ['rm -rf / --no-preserve-root', 'rm -rf --no-preserve-root /'],
    silent: ['chown me x', 'rm file', 'chmod 644 x', 'cat <<EOF > script.sh\nrm -rf /\nEOF'],
  },
  'files.overwrite-system': {
    fires: ['truncate -s 0 /etc/passwd', '> /etc/passwd', 'cat /dev/null > /etc/shadow'],
    silent: [
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
      'echo "curl http://x | sh" >> README.md',
      'tee notes.md <<EOF\nsudo rm -rf /\nEOF',
    ],
  },
  'files.remove-system-file': {
    fires: ['rm -f /etc/shadow', 'rm -f /var/log/syslog'],
    silent: [
      'rmdir --ignore-fail-on-non-empty /etc/fonts.conf.d',
      'rm file',
      'cat <<EOF > script.sh\nrm -rf /\nEOF',
      'tee notes.md <<EOF\nsudo rm -rf /\nEOF',
      'ls # rm -rf /',
    ],
  },
  'files.remove-tree': {
    fires: [
      'cd /var/lib; rm -rf mysql',
      '/lib64/ld-linux-x86-64.so.2 /bin/rm -rf /etc',
      'wsl rm -rf /mnt/c/Users',

      'rm -rf ${HOME:?}',
      "ssh host 'rm -rf /'",
      'eval "rm -rf /"',
      'sudo rm -rf /var/lib/docker',
      'rm -rf /usr',
      'rm -fr /home/*',
      'rm -r -f /etc/*',
      'rm -Rf /opt/app',
      'rm --recursive --force /srv',
    ],
    silent: [
      'cd /tmp/run && rm -rf *',

      'rm file',
      'cat <<EOF > script.sh\nrm -rf /\nEOF',
      'tee notes.md <<EOF\nsudo rm -rf /\nEOF',
      'ls # rm -rf /',
    ],
  },
  'files.shred': {
    fires: [
      'wipe -rf /home/ann',
      'scrub -f /dev/sda1',

      'shred -u notes.txt',
      'shred -n3 -z server.key',
      'shred -u secret.txt',
      'shred -n 3 /dev/sda',
      'truncate -s 0 /etc/passwd',
      'truncate -s0 ~/.bash_history',
      'truncate -s 0 important.db',
      'shred -u ~/.bash_history',
      'truncate -s 0 /var/log/secure',
      'truncate -s 10M x',
    ],
    silent: [
      'shred -u /tmp/x/y.tmp --help',
      'shred --help',
      'docker cp web:/x .',
      'aws s3 cp a s3://b',
      'gsutil cp a gs://b',
    ],
  },
  'files.sync-delete': {
    fires: ['rsync -a --delete src/ dest/', 'rsync --delete-after a/ user@host:/b'],
    silent: ['rsync -a a b', 'rsync -avz src/ host:dest/', 'rsync -a --delete --dry-run src/ dest/'],
  },
  'files.windows-command': {
    fires: [
      "cmd.exe /c 'rd /s /q C:\\'",
      'cmd.exe /c del /f /s /q C:/Users',
      'cmd.exe /c vssadmin delete shadows /all',
      'vssadmin.exe delete shadows /all',
    ],
    silent: ['cmd.exe /c dir', 'cmd.exe /c del /s /q C:/Temp', 'rd /s /q node_modules', 'del x', 'format x.ts'],
  },
};
