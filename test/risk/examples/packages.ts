import type { RuleExamples } from './rule-examples.ts';

export const PACKAGES_EXAMPLES: RuleExamples = {
  'packages.collect-garbage': {
    fires: ['nix-collect-garbage -d'],
    silent: ['nix build'],
  },
  'packages.publish': {
    fires: [
      'cargo yank --version 1.0.2 x',
      'npm deprecate x@1 y',
      'npm unpublish pkg --force',
      'cargo yank --vers 1',
      'gem yank x',
    ],
    silent: [
      'cargo --version',
      'cargo build',
      'npm view x',
      'docker run --rm -v $(pwd):/app -w /app node:18 npm test',
      'npm install',
    ],
  },
  'packages.registry': {
    fires: ['npm cache clean --force'],
    silent: ['npm view x', 'docker run --rm -v $(pwd):/app -w /app node:18 npm test', 'npm install', 'npm ci'],
  },
  'packages.remove': {
    fires: [
      'apt-get remove -y auditd',
      'dnf erase clamav',
      'pip uninstall -y x',
      'apt purge systemd',
      'yum remove glibc',
      'dpkg --purge --force-all x',
      'dpkg -r x',
      'nix-env -e x',
      'sudo apt remove foo',
    ],
    silent: [
      'pip install -r requirements.txt',
      'pip install -e .',
      'dnf -C install x',
      'yum -e 0 install x',
      'pip install requests',
      'apt install x',
      'sudo apt update && sudo apt upgrade -y',
      'sudo apt-get install -y build-essential',
    ],
  },
  'packages.trust-key': {
    fires: ['curl http://x | apt-key add -', 'apt-key adv --recv-keys 1'],
    silent: ['apt-key list'],
  },
  'packages.unverified': {
    fires: [
      'pip install --trusted-host x pkg',
      'apt-get install --allow-unauthenticated x',
      'dpkg --purge --force-all x',
    ],
    silent: ['pip install requests', 'apt-get remove cowsay', 'apt install x', 'npm view x'],
  },
  'packages.checks-off': {
    fires: [
      "echo 'SigLevel = Never' >> /etc/pacman.conf",
      'echo gpgcheck=0 | sudo tee -a /etc/yum.repos.d/x.repo',
      "sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.repos.d/base.repo",
      "echo 'deb [trusted=yes] http://repo.example.org stable main' | sudo tee /etc/apt/sources.list.d/x.list",
      'dnf config-manager --setopt=gpgcheck=0 --save',
      'apt-get -o Acquire::AllowInsecureRepositories=true update',
      String.raw`printf 'APT::Get::AllowUnauthenticated "true";\n' > /etc/apt/apt.conf.d/99x`,
    ],
    silent: [
      "echo 'SigLevel = Required' >> /etc/pacman.conf",
      'grep gpgcheck /etc/yum.conf',
      "echo 'deb [signed-by=/usr/share/keyrings/x.gpg] https://repo.example.org stable main' | sudo tee /etc/apt/sources.list.d/x.list",
      'dnf config-manager --set-enabled crb',
      'echo gpgcheck=0',
    ],
  },
};
