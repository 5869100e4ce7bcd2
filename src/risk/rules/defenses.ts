/** Defenses that are disabled: services, firewalls, auditing, macOS protections. */

import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';
import { normalPath } from '../subjects/paths.ts';

/** Services that monitor or protect. */
export const DEFENSES =
  /^(?:auditd?|rsyslogd?|syslog(?:-ng|d)?|systemd-journald|journald|firewalld|ufw|iptables|ip6tables|nftables|apparmor|selinux\w*|fail2ban|ossec\w*|wazuh\w*|falco\w*|falcon-sensor|falcond|crowdstrike\w*|cbagentd|cbdaemon|cbdefense|carbonblack|sentinel(?:one|d|agent)\w*|mdatp|osqueryd?|clamav\w*|clamd|clamav-freshclam|esets?|sophos\w*|sav-protect|symantec\w*|mcafee\w*|ds_agent|traps?_?pmd|cortex\w*|qualys\w*|nessus\w*|tanium\w*|splunk\w*|SplunkForwarder|filebeat|auditbeat|elastic-agent|packetbeat|telegraf|datadog-agent|aide|tripwire|rkhunter|chkrootkit|usbguard|snort|suricata|zeek|sysmon|auoms|omsagent|azuremonitoragent|amazon-ssm-agent|google-cloud-ops-agent|security|unattended-upgrades|apt-daily\w*|sssd|caro|caro-mesh|com\.(?:apple\.(?:alf|syslogd|auditd|XProtect\w*|MRT\w*|SoftwareUpdate)|crowdstrike\.\w+|objective-see\.\w+|carbonblack\.\w+|microsoft\.\w+)|at\.obdev\.\w+|LuLu|LittleSnitch|littlesnitch\w*|opensnitchd?|santad?|BlockBlock|kesl\w*|klnagent\w*|drweb\w*|drwebd|avast\w*|avgd?|bdsec\w*|bitdefender\w*|eset\w*|eraagent|fsma\w*|f-secure\w*|cmdagent|cylance\w*|cybereason\w*|xagt|mfe\w+|nails|isectpd?|ampdaemon|sysmonforlinux|laurel|wdavdaemon\w*|mde_netfilter|esensor|elastic-endpoint|elasticendpoint|AliYunDun\w*|aliyun\w*|qcloud\w*|aegis\w*|cloudmonitor|YDService|YDLive|hostguard|uniagent|sfc\w+|nessusd?|rapid7\w*|ir_agent|insight\w*agent|velociraptor\w*|orbit\w*|fleetd|limacharlie|rphcp|tetragon|tracee|sysdig\w*|stacrox|prismacloud|twistlock\w*|defender\w*|newrelic-infra|fluentd?|fluent-bit|td-agent|syslogd?)(?:[-_.@][\w.@:-]*)?$/i;
const CRITICAL_SERVICE =
  /^(?:sshd?|network(?:ing|manager)?|systemd-(?:networkd|resolved|logind|timesyncd)|dbus|docker|containerd|kubelet|nginx|haproxy|apache2|httpd|traefik|envoy|caddy|mysqld?|mariadb|postgresql[\w@.-]*|mongod|redis(?:-server)?|rabbitmq-server|kafka|elasticsearch|etcd|vault|consul|cron|crond|chronyd?|ntpd?|bind9|named|dnsmasq|unbound|postfix|libvirtd)(?:\.service|\.socket)?$/i;

const serviceOff = (step: Step): Verdict => {
  const words = step.operands;
  if (step.tool === 'systemctl') {
    if (!step.sub('stop|disable|mask|kill')) return false;
    return serviceLevel(step.after(1));
  }
  if (step.tool === 'service' || step.tool === 'rc-service' || step.tool === 'initctl' || step.tool === 'invoke-rc.d')
    return (
      words.some((word) => /^(?:stop|disable|onedisable|onestop)$/.test(word)) &&
      serviceLevel(words.filter((word) => !/^(?:stop|disable|onestop|onedisable)$/.test(word)))
    );
  if (step.tool === 'chkconfig' || step.tool === 'update-rc.d' || step.tool === 'rc-update')
    return words.some((word) => /^(?:off|remove|del|delete|disable|--del)$/.test(word)) && serviceLevel(words);
  if (step.tool === 'launchctl')
    return (
      step.sub('unload|bootout|disable|stop|remove|kill') &&
      serviceLevel(words.slice(1).map((word) => word.replace(/^.*\//, '').replace(/\.plist$/, '')))
    );
  if (step.tool === 'sv' || step.tool === 's6-svc' || step.tool === 'insserv')
    return (
      (step.sub('down|stop|exit|force-stop|d|x') || step.flag('-d', '-r', '--remove')) &&
      serviceLevel(words.slice(step.tool === 'sv' ? 1 : 0).map((word) => word.replace(/^.*\//, '')))
    );
  if (step.tool === 'sysrc')
    return step.some(/^(?:syslogd|auditd|firewall|pf|ipfilter|ipfw|blacklistd|newsyslog|cron|sshd|ntpd)_enable="?'?no/i)
      ? 'high'
      : false;
  if (/^(?:pkill|killall|kill|xargs)$/.test(step.tool) && !RELOADS.test(step.args.join(' ')))
    return killedNames(step).some((name) => DEFENSES.test(name));
  return false;
};
/** Signals that make a service read its settings again. */
const RELOADS = /(?:^|\s)-(?:s |-signal[= ])?(?:SIG)?(?:HUP|USR[12]|CONT|WINCH|[01])(?:\s|$)/;
/** Names in `pkill -f "a|b"`, `kill $(pidof a)` and `pgrep a | xargs kill`. */
const killedNames = (step: Step): readonly string[] => {
  const { substitutions, input } = step.invocation;
  if (step.tool === 'xargs' && !step.operands.some((word) => /^(?:.*\/)?kill$/.test(word))) return [];
  const found = [...substitutions.flatMap((item) => item.invocations), ...(input.kind === 'pipe' ? input.from : [])];
  const searched = found.filter(({ tool }) => /^(?:pgrep|pidof|grep|ps|awk)$/.test(tool)).flatMap(({ args }) => args);
  return [...step.operands, ...searched.map(({ text }) => text)].flatMap((word) =>
    word.split('|').map((name) => name.replace(/^.*\/|[\^$()[\]"'*]/g, '')),
  );
};
const serviceLevel = (names: readonly string[]): Verdict =>
  names.some((name) => DEFENSES.test(name) || CRITICAL_SERVICE.test(name)) ? 'high' : 'moderate';

const INIT_SCRIPT = /(?:^|\/)(?:init\.d|rc\.d)\/[\w.-]+$/;

/** Rules that hide a backdoor or keep logs from their server. */
const hidesTraffic = (step: Step): boolean =>
  /--tcp-flags \S*RST\S* RST .*-j (?:DROP|REJECT)|OUTPUT .*--dport (?:514|6514|1514|5044|8089|9997) .*-j (?:DROP|REJECT)/.test(
    step.args.join(' '),
  );
/** Sends the traffic of others to another port or host. */
const redirectsTraffic = (step: Step): boolean =>
  step.some(/^PREROUTING$/) &&
  step.flag('-A', '--append', '-I', '--insert') &&
  step.some(/^(?:REDIRECT|DNAT|NETMAP|TPROXY)$/) &&
  !step.some(/^--(?:to-)?destination=?127\./);
const opensTables = (step: Step): boolean =>
  step.flag('-F', '--flush', '-X', '--delete-chain', '-D', '--delete') ||
  /(?:-P|--policy) (?:INPUT|FORWARD|OUTPUT) ACCEPT|(?:-A|-I) INPUT (?:-j ACCEPT|-s 0\.0\.0\.0\/0 -j ACCEPT)$/.test(
    step.args.join(' '),
  );

/** A VMware host: its firewall, log targets, accounts and running machines. */
const esxi = (line: string): boolean =>
  /firewall set .*(?:--enabled|-e)[= ]?false|permission set .*Admin\b|account (?:add|set)|syslog config set|vm process kill|system settings encryption set .*false|acceptance set .*CommunitySupported|software vib (?:install|update) .*(?:--no-sig-check|--force|-f\b)/.test(
    line,
  );
const firewallOff = (step: Step): Verdict => {
  switch (step.tool) {
    case 'iptables':
      return (opensTables(step) || hidesTraffic(step) || redirectsTraffic(step)) && 'high';
    case 'nft':
      return step.sub('flush|delete|destroy|reset') ? 'high' : false;
    case 'ufw':
      return (
        step.sub('disable|reset') ||
        step.sub('--force', 'disable|reset') ||
        step.some(/^(?:disable|reset)$/) ||
        step.sub('default', 'allow') ||
        /^allow (?:in )?from (?:any|0\.0\.0\.0\/0)$/.test(step.operands.join(' ')) ||
        (step.sub('logging', 'off')
          ? 'high'
          : step.sub('delete')
            ? step.sub('delete', 'allow')
              ? 'moderate'
              : 'high'
            : false)
      );
    case 'firewall-cmd':
      return step.some(/^--(?:panic-off|set-target=ACCEPT|remove-|complete-reload|set-default-zone=trusted)/)
        ? 'high'
        : false;
    case 'pfctl':
      return step.flag('-d', '-F');
    case 'ipfw':
      return step.sub('flush') || step.sub('-f', 'flush') || step.sub('disable') || step.some(/^flush$/);
    case 'socketfilterfw':
      return step.some(/^--set(?:globalstate|stealthmode|blockall)$/) && step.args.includes('off');
    case 'csf':
    case 'shorewall':
      return step.flag('-x', '-f') || step.sub('stop|clear');
    case 'fail2ban-client':
      return step.sub('stop') || (step.sub('unban') && step.flag('--all'));
    case 'esxcli':
      return esxi(step.args.join(' '));
    default:
      return false;
  }
};

/**
 * Settings of SELinux that protect the machine, or let programs run code that they have written.
 */
const PROTECTS =
  /^(?:secure_mode|deny_ptrace|polyinstantiation|(?:allow_|selinuxuser_)?exec(?:mem|mod|stack|heap)|(?:allow_)?\w+_disable_trans|ssh_sysadm_login|unconfined_login|domain_kernel_load)/;
const auditOff = (step: Step): Verdict => {
  if (step.tool === 'auditctl')
    return (
      step.flag('-D', '-d') ||
      /^(?:0|1)$/.test(step.value('-e') ?? 'x') ||
      step.flag('-W') ||
      step.some(/^-e0$/) ||
      /^0$/.test(step.value('-r', '-b') ?? '') ||
      step.some(/^(?:never,\w+|\w+,never)$/)
    );
  if (step.tool === 'setenforce') return step.some(/^(?:0|permissive)$/i);
  if (step.tool === 'setsebool') return step.args.length > 0 && (step.some(PROTECTS) ? 'high' : 'moderate');
  if (step.tool === 'semanage') return step.sub('permissive') && step.flag('-a');
  if (step.tool === 'aa-disable' || step.tool === 'aa-teardown' || step.tool === 'aa-complain') return true;
  if (step.tool === 'apparmor_parser') return step.flag('-R');
  return false;
};

const DEFENSE_FILES =
  /^(?:\/private|\/usr\/local)?\/etc\/(?:selinux\/|sysconfig\/(?:selinux|iptables)|audit\/|auditd|rsyslog|syslog|systemd\/journald|apparmor|fail2ban|firewalld|ufw\/|default\/ufw|iptables|nftables|libaudit\.conf|security\/audit|pf\.conf|hosts\.(?:allow|deny)|newsyslog|logrotate\.conf|asl|clamav|osquery)/;
const editsDefenseFiles = (step: Step): Verdict => {
  const hit = step.writes.some((item) => DEFENSE_FILES.test(normalPath(item.path)));
  if (!hit)
    return (
      (step.tool === 'rm' || step.tool === 'mv') && step.operands.some((path) => DEFENSE_FILES.test(normalPath(path)))
    );
  return ['vim', 'nano', 'nvim', 'sudoedit'].includes(step.tool) ? 'moderate' : 'high';
};

/** Settings of macOS that let someone in without a password. */
const OPENS_LOGIN = /^(?:autoLoginUser|GuestEnabled|AllowGuestAccess)$/;
/** Settings by which programs accept any certificate. */
const UNCHECKED = /^(?:NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY)=0$|^GIT_SSL_NO_VERIFY=(?:1|true|yes)$/;
const DISABLES = /(?:disable-security|--no-verify-ssl|GIT_SSL_NO_VERIFY)/;

const WINDOWS_DEFENSE_OFF =
  /\b(?:Set|Add)-MpPreference\s|\bStop-Service\s[^;]{0,40}WinDefend|\bSet-NetFirewallProfile\s[^;]{0,80}-Enabled\s{1,4}False|^netsh advfirewall set \w{1,20} state off/i;

export const DEFENSE_RULES: readonly StepRule[] = inFamily('evasion', [
  {
    id: 'evasion.service-off',
    level: 'high',
    tools:
      'systemctl service rc-service initctl invoke-rc.d chkconfig update-rc.d rc-update launchctl sv s6-svc insserv sysrc pkill killall kill xargs',
    when: serviceOff,
    technique: 'T1685',
    reason: 'Stops a service that others or the machine’s security depend on.',
    safer: 'Restart the service, or change its settings.',
  },
  {
    id: 'evasion.init-script',
    level: 'high',
    tools: '*',
    when: (s: Step) =>
      !s.isWrapper &&
      INIT_SCRIPT.test(s.invocation.name.text) &&
      s.some(/^(?:stop|disable|onestop|force-stop|uninstall)$/) &&
      serviceLevel([s.invocation.tool]),
    technique: 'T1685',
    reason: 'Stops a service that others or the machine’s security depend on.',
    safer: 'Restart the service, or change its settings.',
  },
  {
    id: 'evasion.firewall-off',
    level: 'high',
    tools: 'iptables nft ufw firewall-cmd pfctl ipfw socketfilterfw csf shorewall fail2ban-client esxcli',
    when: firewallOff,
    technique: 'T1686',
    reason: 'Opens or disables the firewall.',
    safer: 'Add one rule for the traffic that is needed.',
  },
  {
    id: 'evasion.audit-off',
    level: 'high',
    tools: 'auditctl setenforce setsebool semanage aa-disable aa-teardown aa-complain apparmor_parser',
    when: auditOff,
    technique: 'T1685.004',
    reason: 'Disables auditing or mandatory access control.',
    safer: 'Add an exception for the one program.',
  },
  {
    id: 'evasion.guard-settings',
    level: 'high',
    tools: '*',
    when: editsDefenseFiles,
    technique: 'T1685',
    reason: 'Changes the settings of logging, auditing or a firewall.',
    safer: 'Use reviewed configuration management.',
  },
  {
    id: 'evasion.gatekeeper',
    level: 'high',
    tools: 'spctl csrutil xattr tccutil fdesetup systemsetup socketfilterfw mdutil profiles defaults nvram',
    when: (s: Step) => {
      switch (s.tool) {
        case 'spctl':
          return s.flag('--master-disable', '--global-disable', '--disable', '--add');
        case 'csrutil':
          return s.sub('disable|clear') || s.sub('authenticated-root', 'disable');
        case 'xattr':
          return (s.flag('-d', '-c') && s.some(/com\.apple\.quarantine/)) || (s.flag('-c') && s.operands.length > 0);
        case 'fdesetup':
          return s.sub('disable|remove|removerecovery');
        case 'tccutil':
          return s.sub('reset');
        case 'profiles':
          return s.sub('remove') || s.flag('-R', '-D');
        case 'systemsetup':
          return s.some(/^-setremotelogin$/) && s.some(/^on$/i) ? 'high' : s.some(/^-setremoteappleevents$/);
        case 'nvram':
          return s.flag('-c', '-d') || s.some(/^boot-args=/);
        case 'defaults':
          return (
            (s.sub('write') &&
              /(?:LSQuarantine|GKAutoRearm|com\.apple\.(?:alf|LaunchServices|SoftwareUpdate|screensaver|universalaccess)|ScreenSharing|DisableScreenLock|AutomaticCheckEnabled|askForPassword)/.test(
                s.args.join(' '),
              ) &&
              /(?:\s|^)(?:0|false|no|NO|FALSE|False)$/.test(s.args.at(-1) ?? '')) ||
            (s.sub('write') && s.some(OPENS_LOGIN) && !/^(?:0|false|no)$/i.test(s.args.at(-1) ?? ''))
          );
        default:
          return s.tool === 'mdutil' && s.flag('-i') && s.args.includes('off') ? 'moderate' : false;
      }
    },
    technique: 'T1553.001',
    reason: 'Disables a macOS protection.',
    safer: 'Allow the one program in System Settings.',
  },
  {
    id: 'evasion.guard-removed',
    level: 'high',
    tools: 'apt apt-get dpkg yum dnf rpm zypper pacman brew apk',
    when: (s: Step) =>
      (s.sub('remove|purge|autoremove|erase|uninstall|del|rm|-e|-r|-P|-R') ||
        s.flag('-e', '-r', '-P', '-R', '-Rns', '--purge', '--erase')) &&
      s.operands.some((name) => DEFENSES.test(name)),
    technique: 'T1685',
    reason: 'Uninstalls software that monitors or protects the machine.',
    safer: 'Ask the administrator of the machine.',
  },
  {
    id: 'evasion.windows-defender',
    level: 'high',
    tools: 'pwsh netsh',
    when: (s: Step) => WINDOWS_DEFENSE_OFF.test(`${s.tool} ${s.args.join(' ')}`),
    technique: 'T1685',
    reason: 'Switches off Defender or the firewall of Windows, or makes an exception.',
    safer: 'Ask the administrator of the machine.',
  },
  {
    id: 'evasion.guard-agent',
    level: 'high',
    tools:
      'falconctl mdatp sentinelctl osqueryctl wazuh-control ossec-control esets_daemon cbagentd datadog-agent splunk uninstall',
    when: (s: Step) =>
      s.some(/^(?:stop|disable|unload|uninstall|off|disabled|unprotect|-d|--disable)$/) ||
      (s.tool === 'falconctl' && s.flag('-d')),
    technique: 'T1685',
    reason: 'Stops an agent that monitors the machine.',
    safer: 'Ask the administrator of the machine.',
  },
  {
    id: 'evasion.tls-off',
    level: 'moderate',
    tools: 'curl wget git npm pip node python export yarn pnpm npx',
    when: (s: Step) =>
      (s.tool === 'git' && /http\.sslVerify[= ]false/i.test(s.args.join(' '))) ||
      (s.tool === 'npm' && s.args.join(' ').includes('strict-ssl false')) ||
      (s.tool === 'pip' && s.sub('config', 'set', 'global.trusted-host|install.trusted-host')) ||
      s.invocation.assignments.some(({ name, value }) => UNCHECKED.test(`${name}=${value?.text ?? ''}`)) ||
      (s.tool === 'export' && s.some(UNCHECKED)) ||
      s.some(DISABLES),
    technique: 'T1553',
    reason: 'Accepts any server without checking its certificate.',
    safer: 'Add the missing certificate authority.',
  },
]);
