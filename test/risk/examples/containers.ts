import type { RuleExamples } from './rule-examples.ts';

export const CONTAINERS_EXAMPLES: RuleExamples = {
  'containers.compose-down': {
    fires: ['docker-compose down -v', 'docker compose down --volumes --rmi all'],
    silent: [
      'docker ps -q -f name=x | xargs docker logs',
      'docker -H ssh://host ps',
      'docker ps',
      'docker run -it ubuntu bash',
      'docker build -t x .',
    ],
  },
  'containers.destroy-machine': {
    fires: ['vim-cmd vmsvc/power.off 1', 'virsh undefine vm', 'minikube delete', 'vagrant destroy -f'],
    silent: ['vim-cmd vmsvc/getallvms', 'virsh list', 'vagrant up', 'vagrant ssh'],
  },
  'containers.enter-host': {
    fires: [
      'mkdir /tmp/c && mount -t cgroup -o rdma cgroup /tmp/c',
      'sudo docker run -v /:/mnt --rm -it alpine chroot /mnt sh',
      'nsenter -t 1 -m -u -i -n sh',
      'docker exec -it node chroot /host sh',
    ],
    silent: ['mount -t cgroup2 none /sys/fs/cgroup', 'nsenter --help'],
  },
  'containers.escape': {
    fires: [
      'docker run -itdv /var/run/docker.sock:/var/run/docker.sock x',
      'docker run -itv/:/mnt alpine ls',
      'lxc init ubuntu:24.04 t -c security.privileged=true',
      'lxc config device add t d disk source=/ path=/mnt',
      'sudo docker run -v /:/mnt --rm -it alpine chroot /mnt sh',
      'docker run --privileged -it ubuntu',
      'docker run -v /:/host ubuntu',
      'docker run --pid=host ubuntu',
      'docker run -v /var/run/docker.sock:/var/run/docker.sock x',
      'docker run --cap-add=SYS_ADMIN x',
      'docker run --cap-add ALL x',
    ],
    silent: [
      'lxc launch ubuntu:24.04 t',
      'lxc config device add t d disk source=/srv/data path=/mnt',
      'docker -H ssh://host ps',
      'docker ps',
      'docker run -it ubuntu bash',
      'docker build -t x .',
    ],
  },
  'containers.guest-agent': {
    fires: [`virsh qemu-agent-command vm '{"execute":"guest-exec","arguments":{"path":"/bin/sh"}}'`],
    silent: [`virsh qemu-agent-command vm '{"execute":"guest-ping"}'`, 'virsh list'],
  },
  'containers.host-network': {
    fires: ['docker run --network=host x'],
    silent: ['docker -H ssh://host ps', 'docker ps', 'docker run -it ubuntu bash', 'docker build -t x .'],
  },
  'containers.open-daemon': {
    fires: ['docker -H tcp://0.0.0.0:2375 ps'],
    silent: ['docker -H ssh://host ps', 'docker ps', 'docker run -it ubuntu bash', 'docker build -t x .'],
  },
  'containers.prune': {
    fires: [
      'docker system prune -a',
      'docker volume prune',
      'docker network prune',
      'docker image prune -a',
      'docker container prune',
    ],
    silent: ['docker -H ssh://host ps', 'docker ps', 'docker run -it ubuntu bash', 'docker build -t x .'],
  },
  'containers.remove': {
    fires: [
      'docker rm -f $(docker ps -aq)',
      'docker rmi -f image',
      'docker volume rm data',
      'docker stop $(docker ps -q)',
      'docker swarm leave --force',
      'podman system reset',
      'docker rm -f web',
      'docker rm web',
    ],
    silent: ['docker -H ssh://host ps', 'docker ps', 'docker run -it ubuntu bash', 'docker build -t x .'],
  },
};
