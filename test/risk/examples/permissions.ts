import type { RuleExamples } from './rule-examples.ts';

export const PERMISSIONS_EXAMPLES: RuleExamples = {
  'permissions.capability': {
    fires: ['setcap cap_setuid+ep /usr/bin/python3', 'sudo setcap cap_dac_read_search=ep /usr/bin/tar'],
    silent: ['setcap cap_net_bind_service=+ep ./server'],
  },
  'permissions.immutable-removed': {
    fires: ['chattr -ia /root/.ssh/authorized_keys', 'chattr -i /etc/passwd'],
    silent: ['chattr -V x'],
  },
  'permissions.immutable-set': {
    fires: ['chattr +i ~/.ssh/authorized_keys', 'chattr +i /etc/resolv.conf'],
    silent: ['chattr -V x'],
  },
  'permissions.lock-out': {
    fires: ['chmod 000 /etc/passwd', 'chmod -R 000 /'],
    silent: ['chmod 644 x', 'chmod +x script.sh', 'chmod 755 x', 'chmod 600 ~/.ssh/id_rsa'],
  },
  'permissions.ownership': {
    fires: ['chown -R nobody /', 'chown -R user:user /etc'],
    silent: [
      'chown me x',
      'sudo chown -R $USER:$USER /opt/app',
      'sudo chown -R www-data:www-data /var/www/html',
      'chown me file',
    ],
  },
  'permissions.recursive-on-system': {
    fires: [
      'setfacl -b -R /',

      'chmod -R --reference --help /',
      'chmod -R 777 /',
      'chown -R nobody /',
      'setfacl -R -m u:x:rwx /',
      'chmod -R 000 /',
      'chown -R user:user /etc',
    ],
    silent: [
      'setfacl -b notes.txt',

      'chmod --help -R /',
      'chown me x',
      'chmod 644 x',
      'sudo chown -R $USER:$USER /opt/app',
      'chmod +x script.sh',
    ],
  },
  'permissions.setuid': {
    fires: [
      'chmod 4755 /bin/bash',
      'chmod +s /usr/bin/find',
      'chmod u+s file',
      'chown root:root /tmp/x; chmod u+s /tmp/x',
    ],
    silent: ['pip install requests', 'ansible-galaxy install x', 'apt install x', 'chmod 644 x'],
  },
  'permissions.umask-open': {
    fires: ['umask 000'],
    silent: ['umask 022'],
  },
  'permissions.world-writable': {
    fires: ['chmod -R 777 /', 'chmod 777 /etc', 'chmod a+rwx /etc/shadow', 'chmod -R 777 .'],
    silent: ['chmod 644 x', 'chmod +x script.sh', 'chmod 755 x', 'chmod 600 ~/.ssh/id_rsa'],
  },
};
