import type { RuleExamples } from './rule-examples.ts';

export const ACCOUNTS_EXAMPLES: RuleExamples = {
  'accounts.create': {
    fires: [
      'busctl call org.freedesktop.Accounts /org/freedesktop/Accounts org.freedesktop.Accounts CreateUser ssi bd bd 1',
      "useradd -p '$6$abc$def' -m bob",
      'useradd -o -u 0 evil',
      'useradd -g 0 -M -d /root -s /bin/bash butter',
      'pw userdel bob',
      'sysadminctl -deleteUser x',
      'useradd -m bob',
      'sudo adduser bob',
    ],
    silent: ['busctl list', 'sysadminctl --help'],
  },
  'accounts.delete': {
    fires: ['userdel -r bob'],
    silent: ['userdel --help', 'deluser --help'],
  },
  'accounts.directory': {
    fires: ['dscl . -create /Users/x UniqueID 501'],
    silent: ['dscl . -list /Users'],
  },
  'accounts.kick': {
    fires: ['loginctl terminate-user bob'],
    silent: ['loginctl list-sessions'],
  },
  'accounts.modify': {
    fires: [
      'usermod -s /bin/bash www-data',
      'usermod -L bob',
      'chsh -s /bin/zsh bob',
      'usermod -aG sudo evil',
      'usermod -aG docker user',
    ],
    silent: ['gpasswd --help', 'usermod --help'],
  },
  'accounts.password': {
    fires: ['passwd -d root', 'echo root:toor | chpasswd'],
    silent: ['chpasswd --help', 'passwd'],
  },
};
