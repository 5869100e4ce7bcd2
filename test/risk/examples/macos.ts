import type { RuleExamples } from './rule-examples.ts';

export const MACOS_EXAMPLES: RuleExamples = {
  'macos.plist-delete': {
    fires: ['pkgutil --forget com.x'],
    silent: ['pkgutil --pkgs', 'kmutil inspect'],
  },
  'macos.remote-management': {
    fires: ['kickstart -activate -configure', 'systemsetup -setremotelogin on'],
    silent: ['systemsetup -gettimezone'],
  },
  'macos.system-settings': {
    fires: ['defaults delete com.x', 'sudo networksetup -setdnsservers Wi-Fi 1.1.1.1'],
    silent: ['launchctl list', 'defaults read x', 'softwareupdate -l', 'systemsetup -gettimezone'],
  },
  'macos.trust-certificate': {
    fires: ['security add-trusted-cert -d x.pem'],
    silent: ['security find-certificate -a', 'trust list'],
  },
};
