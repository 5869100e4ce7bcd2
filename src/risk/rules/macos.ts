/** macOS settings, and programs of macOS that attackers use. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import { pipedText, type Step } from '../step.ts';

/** Mounts a snapshot without owners, so that protected files of all users can be read. */
const mountsSnapshot = (step: Step): Verdict =>
  /^mount(?:_apfs)?$/.test(step.tool) && step.some(/noowners/) && step.some(/com\.apple\.TimeMachine|^-s$/);

/** Loads code into a program of the system: scripts of osascript, tclsh, swift and ssh-keygen. */
const loadsCode = (step: Step): Verdict => {
  switch (step.tool) {
    case 'osascript':
      return (
        /dataWithContentsOfURL|NSURLSession|stringWithContentsOfURL|loadBundle|doShellScript\(.*(?:curl|wget|base64).*\|\s*(?:ba|z)?sh|ObjC\.import.*(?:NSTask|NSAppleScript)|JSHelper|eval\(/i.test(
          `${step.args.join(' ')} ${step.code}`,
        ) && /https?:|eval\(|NSTask|doShellScript/.test(`${step.args.join(' ')} ${step.code}`)
      );
    case 'osacompile':
      return step.flag('-x') ? 'high' : false;
    case 'tclsh':
      return /\bload\s+\S+\.(?:dylib|so)\b/.test(`${step.code} ${pipedText(step.invocation)}`);
    case 'ssh-keygen':
      return /\.(?:dylib|so)$/.test(step.value('-D') ?? '') && !/^\/(?:usr|opt)\//.test(step.value('-D') ?? '');
    case 'swift':
      return step.flag('-e') && /(?:URLSession|contentsOf:\s*URL|dlopen|Process\(\))/.test(step.args.join(' '));
    default:
      return false;
  }
};

/** Sends the traffic of this Mac through another machine. */
const setsProxy = (step: Step): Verdict =>
  step.some(/^-set(?:webproxy|securewebproxy|autoproxyurl|socksfirewallproxy)$/)
    ? step.some(/^(?:localhost|127\.|http:\/\/(?:localhost|127\.)|Empty$|$|""?$)/) || step.operands.length < 2
      ? 'moderate'
      : 'high'
    : step.some(/^-set(?:dnsservers|webproxy|securewebproxy|autoproxyurl|socksfirewallproxy)/) && 'moderate';

/** Records the user, or opens this Mac to others. */
const observes = (step: Step): Verdict => {
  switch (step.tool) {
    case 'screencapture':
      return step.invocation.inLoop ? 'high' : step.flag('-x') ? 'moderate' : false;
    case 'pbpaste':
      return step.invocation.inLoop ? 'high' : false;
    case 'sfltool':
      return step.sub('resetbtm') ? 'high' : false;
    case 'mdfind':
      return step.some(/kMDItemTextContent.*(?:PRIVATE|BEGIN (?:RSA|EC|OPENSSH)|passw|secret|AKIA)/i) ? 'high' : false;
    case 'sharing':
      return step.flag('-a') ? 'high' : false;
    case 'safaridriver':
      return step.flag('--enable') ? 'moderate' : false;
    case 'pluginkit':
      return step.flag('-e') && step.args.includes('use') ? 'moderate' : false;
    case 'hdiutil':
      return step.sub('attach|mount') && step.some(/^https?:\/\//) ? 'high' : false;
    case 'profiles':
      return step.sub('install') || step.flag('-I') ? 'high' : false;
    case 'dsconfigad':
      return step.flag('-add', '-a', '-remove', '-r') ? 'moderate' : false;
    case 'chflags':
      return step.operands.includes('hidden') ? 'moderate' : false;
    default:
      return false;
  }
};

export const MACOS_RULES: readonly StepRule[] = inFamily('macos', [
  {
    id: 'macos.system-settings',
    level: 'moderate',
    tools: 'defaults pmset scutil networksetup systemsetup launchctl softwareupdate',
    when: (s: Step) =>
      s.tool === 'defaults'
        ? s.sub('delete')
          ? s.after(1).length === 1 || s.sub('delete', '-g|NSGlobalDomain')
            ? 'high'
            : 'moderate'
          : false
        : s.tool === 'softwareupdate'
          ? s.flag('--ignore', '--schedule') && s.some(/off|ignore/)
          : s.tool === 'networksetup'
            ? setsProxy(s)
            : s.tool === 'scutil'
              ? s.some(/^--set$/)
              : false,
    reason: 'Changes macOS settings that other programs depend on.',
    safer: 'Save the old value first.',
  },
  {
    id: 'macos.remote-management',
    level: 'high',
    tools: 'kickstart ARDAgent systemsetup',
    when: (s: Step) =>
      s.tool === 'kickstart'
        ? s.some(/^-(?:activate|configure|access)/)
        : s.some(/^-setremotelogin$/) && s.some(/^on$/),
    technique: 'T1021.005',
    reason: 'Allows others to control this Mac.',
    safer: 'Use System Settings, for named users.',
  },
  {
    id: 'macos.trust-certificate',
    level: 'high',
    tools: 'security update-ca-certificates trust',
    when: (s: Step) =>
      s.tool === 'security'
        ? s.sub(
            'add-trusted-cert|remove-trusted-cert|trust-settings-import|set-keychain-settings|delete-keychain|delete-certificate',
          ) && (s.sub('set-keychain-settings') ? 'moderate' : 'high')
        : s.tool === 'trust'
          ? s.sub('anchor')
          : false,
    technique: 'T1553.004',
    reason: 'Changes which certificates this machine trusts.',
    safer: 'Use device management.',
  },
  {
    id: 'macos.plist-delete',
    level: 'moderate',
    tools: 'pkgutil plistbuddy kmutil',
    when: (s: Step) =>
      s.flag('--forget') ||
      (s.tool === 'plistbuddy' && s.some(/^Delete|^Clear/)) ||
      (s.tool === 'kmutil' && s.sub('trigger-panic|clear-staging')),
    reason: 'Removes system records of installed software.',
    safer: 'Save the file first.',
  },
  {
    id: 'macos.snapshot-mount',
    level: 'high',
    tools: 'mount mount_apfs',
    when: mountsSnapshot,
    technique: 'T1548',
    reason: 'Mounts a backup snapshot without owners, so that files of all users can be read.',
    safer: 'Restore single files with tmutil or Time Machine.',
  },
  {
    id: 'macos.file-dates',
    level: 'high',
    tools: 'SetFile setfile',
    when: (s: Step) => s.flag('-d', '-m'),
    technique: 'T1070.006',
    reason: 'Sets a false creation or modification date on a file.',
    safer: 'Leave the dates unchanged.',
  },
  {
    id: 'macos.loaded-code',
    level: 'high',
    tools: 'osascript osacompile tclsh ssh-keygen swift',
    when: loadsCode,
    technique: 'T1059',
    reason: 'Loads code into a program of the system, which hides where it comes from.',
    safer: 'Run the code as a program of its own.',
  },
  {
    id: 'macos.observation',
    level: 'moderate',
    tools: 'screencapture pbpaste sfltool mdfind sharing safaridriver pluginkit hdiutil profiles dsconfigad chflags',
    when: observes,
    technique: 'T1113',
    reason: 'Records what the user does, hides files, or opens this Mac to others.',
    safer: 'Use System Settings.',
  },
]);
