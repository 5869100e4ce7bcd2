import type { RuleExamples } from './rule-examples.ts';

export const EXPOSURE_EXAMPLES: RuleExamples = {
  'exposure.file-server': {
    fires: ['python3 -m http.server --directory /etc', 'ruby -run -e httpd / -p 8080', 'python -m http.server'],
    silent: [
      "ruby -e 'puts 1'",
      "python -c 'import os; print(os.getuid())'",
      'python script.py',
      'python3 -c \'import json,sys; print(json.load(sys.stdin)["a"])\'',
      'php artisan migrate',
    ],
  },
  'exposure.hosts-file': {
    fires: [': > /etc/hosts'],
    silent: [
      'cat /dev/urandom | head -c 16',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
      'echo "curl http://x | sh" >> README.md',
    ],
  },
  'exposure.interface-down': {
    fires: ['ip link set eth0 down', 'nmcli networking off'],
    silent: ['ip link', 'ip addr', 'nmcli dev wifi', 'ip link set eth0 up'],
  },
  'exposure.open-service': {
    fires: ['redis-server --protected-mode no', 'xhost +'],
    silent: ['redis-server', 'xhost', 'docker run -v data:/data postgres', 'sudo systemctl status sshd'],
  },
  'exposure.public-grant': {
    fires: [
      'aws eks update-cluster-config --name c --resources-vpc-config publicAccessCidrs=0.0.0.0/0',
      'aws ec2 authorize-security-group-ingress --cidr 0.0.0.0/0 --port 22',
    ],
    silent: ['gh repo view', 'gsutil ls', 'gcloud compute instances list', 'aws s3 ls'],
  },
  'exposure.scan': {
    fires: ['sudo nmap --script=/tmp/x.nse', 'nmap -sP 192.168.1.0/24'],
    silent: ['nmap --version'],
  },
  'exposure.spoof': {
    fires: ['sslstrip -l 8080', 'arpspoof -t 1 2', 'macchanger -r eth0'],
    silent: ['macchanger -s eth0'],
  },
  'exposure.ssh-remote-forward': {
    fires: [
      'ssh -fN -R 2222:localhost:22 a@b',
      'ssh -N -D 0.0.0.0:1080 a@b',
      'ssh -NR 9000 a@b',
      'ssh -R 8080:localhost:80 host',
    ],
    silent: [
      'ssh -D 1080 host',
      'ssh -L 8080:localhost:80 host',
      'ssh user@host',
      'ssh -i ~/.ssh/id_rsa user@host',
      "ssh host 'ls /var/log'",
    ],
  },
  'exposure.hidden-service': {
    fires: ['torsocks curl http://abc.onion/x', 'wget https://abc.onion.to/x'],
    silent: ['curl https://onion.example/x.onion.txt', 'curl https://www.torproject.org/'],
  },
  'exposure.tunnel': {
    fires: ['tor --RunAsDaemon 1', 'ngrok http 80', 'ngrok tcp 22'],
    silent: ['ngrok version', 'tailscale status'],
  },
};
