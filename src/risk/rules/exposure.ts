/** Data and services made accessible to others. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';

const ANYWHERE = /(?:^|[^\d.])0\.0\.0\.0\/0|::\/0|(?:^|[\s="'])\*$/;

/** The ports of logins: ssh, remote desktops, VNC. */
const LOGIN_PORT = /^(?:(?:ssh|rdp|tcp):\/\/)?(?:[\w.-]+:)?(?:22|3389|5900)$/;

const publicGrant = (step: Step): Verdict => {
  const line = step.args.join(' ');
  switch (step.tool) {
    case 'aws':
      return /--acl[= ]public-read|authorize-security-group-(?:in|e)gress.*(?:0\.0\.0\.0\/0|::\/0)|"?Principal"?\s*:\s*"?\{?"?(?:AWS"?\s*:\s*"?)?\*|put-public-access-block.*false|delete-public-access-block|--publicly-accessible|publicAccessCidrs=\[?"?0\.0\.0\.0\/0|--public-access|add-permission.*--principal[= ]\*|modify-(?:image|snapshot)-attribute.*all/i.test(
        line,
      );
    case 'gcloud':
    case 'gsutil':
      return (
        /all(?:Authenticated)?Users|\bAllUsers\b|--allow-unauthenticated|--source-ranges[= ]?"?0\.0\.0\.0\/0|public-read|--authorized-networks[= ]0\.0\.0\.0\/0/i.test(
          line,
        ) && !/remove-iam|ch -d/.test(line)
      );
    case 'az':
      return /--public-access[= ](?:blob|container|Enabled)|--allow-blob-public-access[= ]true|--source-address-prefixes?[= ]['"]?(?:\*|0\.0\.0\.0\/0|Internet)|--default-action[= ]Allow|--start-ip-address[= ]0\.0\.0\.0|public-network-access[= ]enabled/i.test(
        line,
      );
    case 'mc':
    case 's3cmd':
      return /anonymous set (?:public|download|upload)|policy set public|--acl-public/.test(line);
    case 'gh':
      return step.sub('repo', 'edit') && /--visibility[= ]public/.test(line);
    default:
      return false;
  }
};

/** An address in the Tor network, or at a gateway to it. */
const ONION = /^(?:https?:\/\/)?(?:[\w.-]+@)?[\w.-]+\.onion(?:\.\w+)?(?:[:/]|$)/;
const SERVERS = /^(?:http\.server|SimpleHTTPServer|pyftpdlib|smtpd|uploadserver)$/;

/** What `-R` opens: a login or the screen of this machine, or a proxy into its network. */
const OPENS_INWARDS = /^(?:[\w.*-]+:)?\d+$|:(?:22|23|3389|5900|5985)$/;
const sshForward = (step: Step): Verdict => {
  const dynamic = step.value('-D') ?? '';
  if (/^(?:0\.0\.0\.0|\*|\[::\])?:\d/.test(dynamic) || (step.flag('-g') && step.flag('-D'))) return 'high';
  const remote = step.value('-R');
  if (remote !== undefined && /^(?:\d+|0\.0\.0\.0|\*|:)/.test(remote))
    return OPENS_INWARDS.test(remote) || (step.flag('-f') && step.flag('-N')) ? 'high' : 'moderate';
  return step.flag('-g') && step.flag('-L') ? 'moderate' : false;
};

/** The directory that a file server shares. */
const sharesSystem = (step: Step): boolean =>
  [step.value('-d', '--directory'), step.value('-t', '-h'), ...step.operands].some(
    (path) => path?.startsWith('/') === true && /^(?:root|home|system|system-part)$/.test(step.kind(path)),
  );
const servesFiles = (step: Step): Verdict => {
  const serves =
    (step.tool === 'python' &&
      step.args.some((arg, at) => SERVERS.test(arg) && step.args[at - 1] === '-m') &&
      !step.some(/^(?:127\.0\.0\.1|localhost|::1)$/)) ||
    (step.tool === 'php' && /^(?:0\.0\.0\.0|\[::\]):/.test(step.value('-S') ?? '')) ||
    (step.tool === 'ruby' && step.args.includes('httpd') && step.some(/^-r?un$/)) ||
    step.tool === 'updog' ||
    step.tool === 'miniserve' ||
    (step.tool === 'busybox' && step.sub('httpd|ftpd|telnetd'));
  return serves && (sharesSystem(step) ? 'high' : 'moderate');
};

export const EXPOSURE_RULES: readonly StepRule[] = inFamily('exposure', [
  {
    id: 'exposure.public-grant',
    level: 'high',
    tools: 'aws gcloud gsutil az mc s3cmd gh',
    when: publicGrant,
    technique: 'T1530',
    reason: 'Makes data or a network accessible to everyone.',
    safer: 'Grant access to one account or address.',
  },
  {
    id: 'exposure.file-server',
    level: 'moderate',
    tools: 'python php ruby http-server serve busybox updog miniserve goshs',
    when: servesFiles,
    technique: 'T1048',
    reason: 'Shares the files in this directory with the whole network.',
    safer: 'Bind it to 127.0.0.1.',
  },
  {
    id: 'exposure.tunnel',
    level: 'moderate',
    tools: 'ngrok cloudflared localtunnel tailscale frpc bore inlets serveo pagekite devtunnel tor i2pd',
    when: (s: Step) =>
      (s.tool === 'tailscale'
        ? s.sub('funnel')
        : s.tool === 'cloudflared'
          ? s.sub('tunnel') && s.flag('--url', '--hello-world')
          : s.tool === 'ngrok'
            ? s.sub('http|tcp|tls|start')
            : s.args.length > 0) &&
      !s.flag('--help', '--version') &&
      (s.some(LOGIN_PORT) ? 'high' : 'moderate'),
    technique: 'T1572',
    reason: 'Makes this machine reachable from the internet, bypassing the firewall.',
    safer: 'Use the company’s VPN.',
  },
  {
    id: 'exposure.hidden-service',
    level: 'high',
    tools: 'curl wget http aria2c nc socat ssh git',
    when: (s: Step) => s.some(ONION),
    technique: 'T1090.003',
    reason: 'Talks to a hidden service, of which nobody knows who runs it or where.',
    safer: 'Use a server with a known owner.',
  },
  {
    id: 'exposure.ssh-remote-forward',
    level: 'moderate',
    tools: 'ssh autossh sshuttle',
    when: sshForward,
    technique: 'T1572',
    reason: 'Lets the other machine connect into this network.',
    safer: 'Forward locally with -L, bound to 127.0.0.1.',
  },
  {
    id: 'exposure.open-service',
    level: 'high',
    tools: 'redis-server mongod mysqld postgres vncserver x11vnc telnetd rshd dockerd memcached xhost sshd',
    when: (s: Step) => {
      const line = s.args.join(' ');
      if (s.tool === 'xhost') return s.args.includes('+');
      if (s.tool === 'redis-server') return /--protected-mode no|--bind (?:0\.0\.0\.0|\*)/.test(line);
      if (s.tool === 'mongod') return /--bind_ip_all|--noauth|--bind_ip 0\.0\.0\.0/.test(line) && 'moderate';
      if (s.tool === 'mysqld') return /--skip-grant-tables/.test(line);
      if (s.tool === 'x11vnc') return !s.flag('-localhost', '-rfbauth', '-passwd') || s.flag('-nopw');
      if (s.tool === 'vncserver') return /-localhost[= ]no|SecurityTypes[= ]None/i.test(line);
      return (
        s.tool === 'telnetd' ||
        s.tool === 'rshd' ||
        (s.tool === 'sshd' && /PermitRootLogin[= ]yes|PermitEmptyPasswords[= ]yes/.test(line))
      );
    },
    technique: 'T1133',
    reason: 'Starts a service that anyone can use without protection.',
    safer: 'Bind it to 127.0.0.1 and require a password.',
  },
  {
    id: 'exposure.scan',
    level: 'moderate',
    tools:
      'nmap masscan zmap rustscan nikto sqlmap gobuster ffuf feroxbuster dirb wfuzz wpscan nuclei amass enum4linux theharvester aircrack-ng airmon-ng crackmapexec',
    when: (s: Step) =>
      s.args.length > 0 &&
      !s.flag('--help', '-h', '--version', '-V') &&
      (/^(?:masscan|zmap|sqlmap)$/.test(s.tool) || s.operands.some((word) => ANYWHERE.test(word))
        ? 'high'
        : 'moderate'),
    technique: 'T1046',
    reason: 'Scans other machines, which their owners may see as an attack.',
    safer: 'Use it only on networks that you have permission for.',
  },
  {
    id: 'exposure.spoof',
    level: 'high',
    tools:
      'sslstrip mitmf evilginx evilginx2 wifiphisher arpspoof ettercap bettercap macchanger aireplay-ng mdk3 mdk4 wifite dnsspoof',
    when: (s: Step) =>
      s.args.length > 0 &&
      !s.flag('--help', '-h', '--version', '-V') &&
      !(s.tool === 'macchanger' && s.flag('-s', '--show', '-l', '--list')),
    technique: 'T1557',
    reason: 'Impersonates another machine on the network.',
    safer: 'Use it only on networks that you have permission for.',
  },
  {
    id: 'exposure.hosts-file',
    level: 'moderate',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) =>
      s.writes.some((item) => /^(?:\/private)?\/etc\/(?:hosts|resolv\.conf)$/.test(item.path)) &&
      !['vim', 'nano'].includes(s.tool),
    technique: 'T1565.001',
    reason: 'Changes how host names are resolved.',
    safer: 'Use the resolver’s own settings.',
  },
  {
    id: 'exposure.interface-down',
    level: 'moderate',
    tools: 'ip ifconfig ifdown nmcli route networksetup',
    when: (s: Step) =>
      (s.tool === 'ip' &&
        ((s.sub('link|l') && s.operands.includes('down')) ||
          (s.sub('route|r|addr|address|a|rule') && s.operands.some((word) => /^(?:del|delete|flush)$/.test(word))))) ||
      (s.tool === 'ifconfig' && s.operands.at(-1) === 'down') ||
      s.tool === 'ifdown' ||
      (s.tool === 'route' && s.sub('del|delete|flush')) ||
      (s.tool === 'nmcli' && (s.sub('networking', 'off') || s.sub('connection|con|c', 'delete'))),
    reason: 'Disconnects this machine from the network; over ssh, you lock yourself out.',
    safer: 'Set a timer that reverts the change.',
  },
]);
