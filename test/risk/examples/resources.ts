import type { RuleExamples } from './rule-examples.ts';

export const RESOURCES_EXAMPLES: RuleExamples = {
  'resources.fill-disk': {
    fires: ['yes > /tmp/x', 'cat /dev/zero > big'],
    silent: [
      'yes | head -3',
      'cat /dev/urandom | head -c 16',
      'cat <<EOF > script.sh\nrm -rf /\nEOF',
      "cat <<'EOF'\ngit push --force\nEOF",
    ],
  },
  'resources.flood': {
    fires: ['hping3 --flood target', 'ping -f host'],
    silent: ['ping -c 1 host', 'ansible all -m ping', 'redis-cli ping', 'ping -c 3 x'],
  },
  'resources.fork-bomb': {
    fires: [':(){ :|:& };:', 'bomb() { bomb | bomb & }; bomb'],
    silent: [
      'yes | head -3',
      'ping -c 1 host',
      "echo 'show stat' | socat stdio /run/haproxy.sock",
      'echo "DROP TABLE users" > notes.sql',
    ],
  },
  'resources.kill-all': {
    fires: ['kill -9 -1', 'kill -KILL 1', 'pkill -9 -u root', 'killall -9 systemd', 'kill -9 1', 'pkill -f .'],
    silent: ['killall5 --help', 'sudo kill 1234', 'kill -9 1234', 'pkill node'],
  },
  'resources.miner': {
    fires: ['xmrig -o stratum+tcp://pool:3333'],
    silent: [
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
