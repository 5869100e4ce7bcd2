import type { RuleExamples } from './rule-examples.ts';

export const RESOURCES_EXAMPLES: RuleExamples = {
  'resources.fill-disk': {
    fires: ['yes > /dev/null &', 'yes > /tmp/x', 'cat /dev/zero > big'],
    silent: [
      'yes | head -n 5 > /dev/null',
      'yes | head -3',
      'cat /dev/urandom | head -c 16',
      'cat <<EOF > script.sh\nrm -rf /\nEOF',
      "cat <<'EOF'\ngit push --force\nEOF",
    ],
  },
  'resources.flood': {
    fires: ['slowhttptest -c 1000 -H -u http://x', 'hping3 --flood target', 'ping -f host'],
    silent: ['ping -c 1 host', 'ansible all -m ping', 'redis-cli ping', 'ping -c 3 x'],
  },
  'resources.fork-bomb': {
    fires: [
      ':(){:|:&};:',
      'while true; do work & done',
      'until false; do a & done',
      'for ((;;)); do a & done',
      'while :; do a & wait; b & done',
      'while [ 1 ]; do a & done',
      ':(){ :|:& };:',
      'bomb() { bomb | bomb & }; bomb',
    ],
    silent: [
      'while true; do work; sleep 1; done &',
      'while true; do work & wait; done',
      'while true; do work & sleep 5; done',
      'for f in *; do gzip "$f" & done',
      'while read -r l; do work "$l" & done',
      'until curl -sf localhost; do sleep 1; done',
      'while true; do work & break; done',
      'yes | head -3',
      'ping -c 1 host',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
    ],
  },
  'resources.kill-all': {
    fires: [
      'kill -9 -1',
      'kill -KILL 1',
      'kill -9 -1',
      'kill -KILL 1',
      'pkill -9 -u root',
      'killall -9 systemd',
      'kill -9 1',
      'pkill -f .',
    ],
    silent: ['kill -9 1234', 'kill -l', 'killall5 --help', 'sudo kill 1234', 'kill -9 1234', 'pkill node'],
  },
  'resources.miner': {
    fires: [
      'docker run -d xmrig/xmrig',
      'kubectl run m --image=xmrig/xmrig:latest',
      './a -o stratum+tcp://pool.example.org:3333 -u x',
      '/opt/x --donate-level 1',
      './k --algo=rx/0 --url pool.supportxmr.com:443',
      './sys --threads 4 --url pool.minexmr.com:4444 --user x',
      'xmrig -o stratum+tcp://pool:3333',
    ],
    silent: [
      'docker run -d nginx',
      'ab -n 10 http://pool.example.org/',
      'wrk --threads 4 http://localhost',
      'node server.js --url pool.internal.example.org',
      'curl https://pool.example.org',
      'yes | head -3',
      'ping -c 1 host',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
    ],
  },
  'resources.self-start': {
    fires: ["while true; do bash -c '$0 &' & done"],
    silent: [
      'yes | head -3',
      'ping -c 1 host',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
    ],
  },
  'resources.shutdown': {
    fires: [
      'shutdown -h now',
      'sudo reboot',
      'halt',
      'poweroff',
      'init 0',
      'init 6',
      'systemctl poweroff',
      'systemctl reboot',
    ],
    silent: ['shutdown -c', 'systemctl status x', 'terraform init', 'sudo systemctl restart nginx'],
  },
  'resources.stress': {
    fires: ['stress -c 8'],
    silent: ['stress --help'],
  },
  'resources.sysrq': {
    fires: ['echo c > /proc/sysrq-trigger'],
    silent: [
      'yes | head -3',
      'ping -c 1 host',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
    ],
  },
};
