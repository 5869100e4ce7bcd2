/**
 * The MITRE ATT&CK techniques that rules name: Enterprise matrix, version 19. That version split
 * the tactic Defense Evasion into Stealth (TA0005) and Defense Impairment (TA0112).
 */

/** Enterprise tactics of ATT&CK v19, in the order of the matrix. */
export const TACTICS = [
  'Reconnaissance',
  'Resource Development',
  'Initial Access',
  'Execution',
  'Persistence',
  'Privilege Escalation',
  'Stealth',
  'Defense Impairment',
  'Credential Access',
  'Discovery',
  'Lateral Movement',
  'Collection',
  'Command and Control',
  'Exfiltration',
  'Impact',
] as const;
export type Tactic = (typeof TACTICS)[number];

export interface Technique {
  /** Name in ATT&CK, without that of the parent technique. */
  readonly name: string;
  /** The tactic that the rules are about, where ATT&CK lists several. */
  readonly tactic: Tactic;
}

const technique = (name: string, tactic: Tactic): Technique => ({ name, tactic });

/** By id; in the order of the ids. */
export const TECHNIQUES = {
  'T1003.007': technique('Proc Filesystem', 'Credential Access'),
  'T1003.008': technique('/etc/passwd and /etc/shadow', 'Credential Access'),
  T1014: technique('Rootkit', 'Stealth'),
  'T1021.005': technique('VNC', 'Lateral Movement'),
  T1027: technique('Obfuscated Files or Information', 'Stealth'),
  'T1036.003': technique('Rename Legitimate Utilities', 'Stealth'),
  'T1037.002': technique('Login Hook', 'Persistence'),
  'T1037.004': technique('RC Scripts', 'Persistence'),
  T1040: technique('Network Sniffing', 'Credential Access'),
  T1046: technique('Network Service Discovery', 'Discovery'),
  T1048: technique('Exfiltration Over Alternative Protocol', 'Exfiltration'),
  'T1048.003': technique('Exfiltration Over Unencrypted Non-C2 Protocol', 'Exfiltration'),
  'T1053.002': technique('At', 'Persistence'),
  'T1053.003': technique('Cron', 'Persistence'),
  'T1053.006': technique('Systemd Timers', 'Persistence'),
  'T1056.001': technique('Keylogging', 'Credential Access'),
  'T1056.002': technique('GUI Input Capture', 'Credential Access'),
  T1059: technique('Command and Scripting Interpreter', 'Execution'),
  'T1059.001': technique('PowerShell', 'Execution'),
  'T1059.004': technique('Unix Shell', 'Execution'),
  T1068: technique('Exploitation for Privilege Escalation', 'Privilege Escalation'),
  T1070: technique('Indicator Removal', 'Stealth'),
  'T1070.003': technique('Clear Command History', 'Stealth'),
  'T1070.004': technique('File Deletion', 'Stealth'),
  'T1070.006': technique('Timestomp', 'Stealth'),
  T1072: technique('Software Deployment Tools', 'Lateral Movement'),
  'T1090.003': technique('Multi-hop Proxy', 'Command and Control'),
  T1098: technique('Account Manipulation', 'Persistence'),
  'T1098.003': technique('Additional Cloud Roles', 'Persistence'),
  'T1098.004': technique('SSH Authorized Keys', 'Persistence'),
  'T1098.006': technique('Additional Container Cluster Roles', 'Privilege Escalation'),
  'T1098.007': technique('Additional Local or Domain Groups', 'Privilege Escalation'),
  T1105: technique('Ingress Tool Transfer', 'Command and Control'),
  'T1110.001': technique('Password Guessing', 'Credential Access'),
  T1113: technique('Screen Capture', 'Collection'),
  T1133: technique('External Remote Services', 'Persistence'),
  'T1136.001': technique('Local Account', 'Persistence'),
  T1140: technique('Deobfuscate/Decode Files or Information', 'Stealth'),
  'T1195.001': technique('Compromise Software Dependencies and Development Tools', 'Initial Access'),
  'T1195.002': technique('Compromise Software Supply Chain', 'Initial Access'),
  T1202: technique('Indirect Command Execution', 'Stealth'),
  T1219: technique('Remote Access Tools', 'Command and Control'),
  'T1222.002': technique('Linux and Mac File and Directory Permissions Modification', 'Defense Impairment'),
  T1485: technique('Data Destruction', 'Impact'),
  T1486: technique('Data Encrypted for Impact', 'Impact'),
  T1489: technique('Service Stop', 'Impact'),
  T1490: technique('Inhibit System Recovery', 'Impact'),
  'T1496.001': technique('Compute Hijacking', 'Impact'),
  T1498: technique('Network Denial of Service', 'Impact'),
  T1499: technique('Endpoint Denial of Service', 'Impact'),
  'T1499.001': technique('OS Exhaustion Flood', 'Impact'),
  'T1505.001': technique('SQL Stored Procedures', 'Persistence'),
  'T1505.003': technique('Web Shell', 'Persistence'),
  T1529: technique('System Shutdown/Reboot', 'Impact'),
  T1530: technique('Data from Cloud Storage', 'Collection'),
  T1531: technique('Account Access Removal', 'Impact'),
  T1542: technique('Pre-OS Boot', 'Persistence'),
  'T1543.002': technique('Systemd Service', 'Persistence'),
  'T1543.004': technique('Launch Daemon', 'Persistence'),
  T1546: technique('Event Triggered Execution', 'Persistence'),
  'T1546.004': technique('Unix Shell Configuration Modification', 'Persistence'),
  'T1546.005': technique('Trap', 'Persistence'),
  'T1547.006': technique('Kernel Modules and Extensions', 'Persistence'),
  'T1547.013': technique('XDG Autostart Entries', 'Persistence'),
  T1548: technique('Abuse Elevation Control Mechanism', 'Privilege Escalation'),
  'T1548.001': technique('Setuid and Setgid', 'Privilege Escalation'),
  'T1548.003': technique('Sudo and Sudo Caching', 'Privilege Escalation'),
  'T1552.001': technique('Credentials In Files', 'Credential Access'),
  'T1552.003': technique('Shell History', 'Credential Access'),
  'T1552.004': technique('Private Keys', 'Credential Access'),
  'T1552.005': technique('Cloud Instance Metadata API', 'Credential Access'),
  'T1552.007': technique('Container API', 'Credential Access'),
  T1553: technique('Subvert Trust Controls', 'Defense Impairment'),
  'T1553.001': technique('Gatekeeper Bypass', 'Defense Impairment'),
  'T1553.004': technique('Install Root Certificate', 'Defense Impairment'),
  T1555: technique('Credentials from Password Stores', 'Credential Access'),
  'T1556.003': technique('Pluggable Authentication Modules', 'Persistence'),
  T1557: technique('Adversary-in-the-Middle', 'Credential Access'),
  'T1561.001': technique('Disk Content Wipe', 'Impact'),
  'T1561.002': technique('Disk Structure Wipe', 'Impact'),
  T1564: technique('Hide Artifacts', 'Stealth'),
  'T1564.001': technique('Hidden Files and Directories', 'Stealth'),
  'T1565.001': technique('Stored Data Manipulation', 'Impact'),
  T1570: technique('Lateral Tool Transfer', 'Lateral Movement'),
  T1571: technique('Non-Standard Port', 'Command and Control'),
  T1572: technique('Protocol Tunneling', 'Command and Control'),
  'T1574.006': technique('Dynamic Linker Hijacking', 'Persistence'),
  'T1587.001': technique('Malware', 'Resource Development'),
  T1609: technique('Container Administration Command', 'Execution'),
  T1611: technique('Escape to Host', 'Privilege Escalation'),
  T1685: technique('Disable or Modify Tools', 'Defense Impairment'),
  'T1685.004': technique('Disable or Modify Linux Audit System Log', 'Defense Impairment'),
  'T1685.006': technique('Clear Linux or Mac System Logs', 'Defense Impairment'),
  T1686: technique('Disable or Modify System Firewall', 'Defense Impairment'),
  T1690: technique('Prevent Command History Logging', 'Defense Impairment'),
} as const satisfies Readonly<Record<string, Technique>>;

export type TechniqueId = keyof typeof TECHNIQUES;

/** Name and tactic of a technique; undefined for ids that no rule names. */
export const techniqueOf = (id: string): Technique | undefined =>
  Object.hasOwn(TECHNIQUES, id) ? TECHNIQUES[id as TechniqueId] : undefined;
