/** Containers with access to the host, and deletion of containers, images and volumes. */
import { inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';

const ENGINES = 'docker podman nerdctl docker-compose podman-compose ctr crictl buildah';
/** `docker container rm` means the same as `docker rm`. */
const hasVerb = (step: Step, verbs: string): boolean =>
  step.sub(verbs) ||
  step.sub(
    'container|image|volume|network|system|builder|pod|stack|secret|swarm|context|buildx|manifest|machine|service|config|node',
    verbs,
  );
const runs = (step: Step): boolean =>
  step.sub('run|create') ||
  step.sub('container', 'run|create') ||
  step.sub('compose', 'run') ||
  step.sub('service', 'create');

const SENSITIVE_MOUNT =
  /^(?:\/|\/\*|\/(?:etc|root|home|usr|var|boot|proc|sys|dev|run|bin|lib|opt|Users|var\/run|var\/lib\/(?:docker|kubelet))\/?|.*\/(?:docker|containerd|podman|crio)\.sock)$/;
const mounts = (step: Step): readonly string[] =>
  step.args.flatMap((arg, at) => {
    const flag = step.args[at - 1] ?? '';
    if (/^(?:-[a-zA-Z]*v|--volume)$/.test(flag)) return [arg.split(':')[0] ?? ''];
    const joined = /^(?:-v=?|-[a-zA-Z]*v(?=\/)|--volume=)(.+)/.exec(arg)?.[1];
    if (joined !== undefined) return [joined.split(':')[0] ?? ''];
    const mount = flag === '--mount' ? arg : arg.startsWith('--mount=') ? arg.slice(8) : '';
    return [/(?:^|,)(?:src|source)=([^,]*)/.exec(mount)?.[1] ?? ''].filter((path) => path !== '');
  });

/** A container of LXD or Incus that is root on the host, or sees its files. */
const exposesHostOfLxc = (step: Step): boolean =>
  step.sub('init|launch|create|config|profile') &&
  (step.some(/^security\.(?:privileged|nesting)=(?:true|1)$|^raw\.lxc/) ||
    (step.sub('config|profile', 'set') &&
      step.operands.includes('security.privileged') &&
      step.operands.includes('true')) ||
    (step.sub('config|profile', 'device') && step.some(/^source=\/(?:etc|root|home|proc|sys|dev)?\/?$/)));

const exposesHost = (step: Step): Verdict => {
  if (step.tool === 'lxc' || step.tool === 'incus') return exposesHostOfLxc(step);
  if (!runs(step) && !step.sub('exec') && !step.sub('build|buildx')) return false;
  if (step.args.some((arg) => /^--privileged(?:=(?:true|1|"true"))?$/.test(arg))) return true;
  if (!runs(step)) return false;
  const options = step.args.join(' ');
  if (/--(?:pid|ipc|userns|uts|cgroupns)[= ]host\b/.test(options) && /--(?:pid|userns)/.test(options)) return true;
  if (
    /--cap-add[= ](?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH|DAC_OVERRIDE|BPF|NET_ADMIN)\b/i.test(
      options,
    )
  )
    return !/NET_ADMIN/.test(options) || 'moderate';
  if (/--security-opt[= ](?:seccomp|apparmor|label|systempaths)[=:](?:unconfined|disable)/.test(options)) return true;
  if (/--device[= ]\/dev\/(?:sd|nvme|vd|mem|kmem|disk|dm-|mapper)/.test(options)) return true;
  return mounts(step).some((path) => SENSITIVE_MOUNT.test(path.replace(/\/+$/, '') || '/'));
};

const CONTAINS = /^(?:docker|podman|nerdctl|docker-compose|kubectl|oc|ctr|crictl)$/;
/** `/host` is where containers have the host's files; `/mnt` is also where a system is repaired. */
const chrootLevel = (step: Step): Verdict => {
  const root = step.operands[0] ?? '';
  if (/^\/(?:host|hostfs|rootfs|proc\/1\/root)\b/.test(root)) return 'high';
  const isContained = step.invocation.via.some(({ name }) => CONTAINS.test(name));
  return /^\/mnt\b/.test(root) && (isContained ? 'high' : 'moderate');
};

/** Enters the namespaces of the host. */
const entersHost = (step: Step): Verdict => {
  if (step.tool === 'nsenter')
    return (
      (step.value('-t', '--target') ?? '') === '1' ||
      (step.flag('-m', '-a', '--all', '--mount') && step.some(/^(?:-t1|--target=1)$|\/proc\/1\//))
    );
  if (step.tool === 'chroot') return chrootLevel(step);
  if (step.tool === 'mount')
    return (
      /^cgroup$/.test(step.value('-t', '--types') ?? '') && step.operands.some((path) => step.kind(path) === 'scratch')
    );
  if (step.tool === 'unshare')
    return step.flag('-r', '--map-root-user', '-U', '--user') && step.flag('-m', '--mount', '-C', '--cgroup')
      ? 'high'
      : false;
  return false;
};

/** Images without a name and build caches hold nothing that a build cannot make again. */
const prunes = (step: Step): Verdict => {
  if (!hasVerb(step, 'prune') || step.flag('--dry-run')) return false;
  const rebuilt = step.sub('image|builder|buildx|network', 'prune') && !step.flag('-a', '--all');
  return rebuilt ? 'moderate' : 'high';
};
/** Whether each list that names what is removed is filtered like that: `$(…)`, `… | xargs`. */
const isFiltered = ({ invocation }: Step, filter: RegExp): boolean => {
  const items = invocation.via.at(-1)?.items;
  const lists = invocation.substitutions.map(({ invocations }) => invocations);
  if (items?.kind === 'pipe') lists.push(items.from);
  return lists.length > 0 && lists.every((list) => list.some(({ args }) => args.some(({ text }) => filter.test(text))));
};
/** Only unused images or stopped containers. */
const UNUSED = /dangling=true|status=(?:exited|created|dead)/;
const CHOSEN = /^(?:--filter=)?(?:name|label|ancestor|id|network|publish)=./;
const removes = (step: Step): Verdict => {
  if (step.tool === 'ctr' || step.tool === 'crictl') return hasVerb(step, 'rm|delete|rmi|rmp|remove') ? 'high' : false;
  if (
    step.sub('volume', 'rm|remove') ||
    step.sub('network', 'rm|remove') ||
    step.sub('stack', 'rm|remove|down') ||
    step.sub('service', 'rm|remove') ||
    step.sub('secret|config|context|node|plugin', 'rm|remove|disable')
  )
    return 'high';
  if (step.sub('swarm', 'leave') && step.flag('-f', '--force')) return 'high';
  if (step.sub('system|machine', 'reset|rm') || step.sub('pod', 'rm')) return 'high';
  const everything =
    step.words.some((word) => word.parts.some((part) => part.kind === 'command')) ||
    step.invocation.openArguments ||
    step.flag('-a', '--all');
  const forced = step.flag('-f', '--force', '-v', '--volumes');
  if (isFiltered(step, UNUSED)) return 'moderate';
  if (step.sub('rm|remove') || step.sub('container', 'rm|remove'))
    return forced || (everything && !isFiltered(step, CHOSEN)) ? 'high' : 'moderate';
  // Without -f, images that a container uses are kept.
  if (step.sub('rmi') || step.sub('image', 'rm|remove'))
    return forced ? 'high' : everything && (step.invocation.openArguments ? 'moderate' : 'high');
  if (step.sub('kill|stop') || step.sub('container', 'kill|stop'))
    return everything && (isFiltered(step, CHOSEN) ? 'moderate' : 'high');
  return false;
};

const composeDown = (step: Step): Verdict => {
  const compose = step.tool.endsWith('-compose')
    ? step.operands
    : step.sub('compose')
      ? step.operands.filter((word) => word !== 'compose')
      : [];
  if (compose.includes('down')) return step.flag('-v', '--volumes', '--rmi') ? 'high' : false;
  if (compose.includes('rm')) return step.flag('-v', '-f', '--force', '-s') ? 'high' : 'moderate';
  return false;
};

const exposesDaemon = (step: Step): Verdict =>
  /(?:^|\s)(?:-H|--host)[= ]tcp:\/\/(?:0\.0\.0\.0|\[::\])/.test(step.args.join(' ')) ||
  (step.tool === 'dockerd' && step.some(/tcp:\/\//));

export const CONTAINER_RULES: readonly StepRule[] = inFamily('containers', [
  {
    id: 'containers.escape',
    level: 'high',
    tools: 'docker podman nerdctl docker-compose ctr lxc incus',
    when: exposesHost,
    technique: 'T1611',
    reason: 'Gives the container access to the host’s devices, processes or files.',
    safer: 'Mount only the directory you need, read-only, and add only the capability you need.',
  },
  {
    id: 'containers.enter-host',
    level: 'high',
    tools: 'nsenter chroot unshare mount',
    when: entersHost,
    technique: 'T1611',
    reason: 'Enters the namespaces or the root directory of the host.',
    safer: 'Log in to the host with ssh.',
  },
  {
    id: 'containers.prune',
    level: 'high',
    tools: ENGINES,
    when: prunes,
    technique: 'T1485',
    reason: 'Deletes all stopped containers, or unused images, networks or volumes with their data.',
    safer: 'List them first, and remove them by name.',
  },
  {
    id: 'containers.remove',
    level: 'high',
    tools: 'docker podman nerdctl ctr crictl lxc incus',
    when: (s: Step) =>
      s.tool === 'lxc' || s.tool === 'incus'
        ? s.sub('delete|rm') || s.sub('storage|image|network|profile|project|cluster|snapshot', 'delete|remove')
        : removes(s),
    technique: 'T1485',
    reason: 'Removes containers or volumes and the data in them.',
    safer: 'Stop the container, copy the data, then remove it by name.',
  },
  {
    id: 'containers.compose-down',
    level: 'high',
    tools: 'docker podman nerdctl docker-compose podman-compose',
    when: composeDown,
    technique: 'T1485',
    reason: 'Removes the project’s containers and their volumes.',
    safer: 'Omit -v to keep the volumes.',
  },
  {
    id: 'containers.open-daemon',
    level: 'high',
    tools: 'docker dockerd',
    when: exposesDaemon,
    technique: 'T1133',
    reason: 'Allows everyone on the network to start containers as root.',
    safer: 'Use an ssh context.',
  },
  {
    id: 'containers.host-network',
    level: 'moderate',
    tools: 'docker podman nerdctl',
    when: (s: Step) => runs(s) && s.some(/^--net(?:work)?=host$/),
    technique: 'T1611',
    reason: 'Lets the container see all network traffic of the host.',
    safer: 'Publish only the ports it needs.',
  },
  {
    id: 'containers.guest-agent',
    level: 'high',
    tools: 'virsh',
    when: (s: Step) =>
      s.sub('qemu-agent-command') && s.some(/"guest-(?:exec|file-write|set-user-password|ssh-add-authorized-keys)"/),
    technique: 'T1059.004',
    reason: 'Runs a program or changes files and accounts in a virtual machine through its agent.',
    safer: 'Log in to the machine with your own account.',
  },
  {
    id: 'containers.destroy-machine',
    level: 'high',
    tools:
      'virsh vboxmanage multipass lima colima vagrant qm pct vmrun xl lxc-destroy minikube kind k3d docker-machine machinectl vim-cmd',
    when: (s: Step) => {
      if (s.tool === 'vim-cmd')
        return s.some(/^vmsvc\/(?:power\.(?:off|reset)|destroy|unregister|snapshot\.remove\w*)$/);
      if (s.tool === 'lxc-destroy') return true;
      if (s.tool === 'virsh')
        return (
          s.sub('undefine|vol-delete|pool-delete|snapshot-delete|vol-wipe|pool-destroy|net-undefine') ||
          (s.sub('destroy') ? 'moderate' : false)
        );
      if (s.tool === 'minikube' || s.tool === 'kind' || s.tool === 'k3d')
        return s.sub('delete') || s.sub('cluster', 'delete') ? 'high' : false;
      return (
        s.sub('destroy|delete|rm|remove|purge|unregistervm|deleteVM|factory-reset') ||
        s.sub('snapshot', 'delete|remove') ||
        s.some(/^--delete$/)
      );
    },
    technique: 'T1485',
    reason: 'Deletes a virtual machine or a local cluster and its disks.',
    safer: 'Stop it, or take a snapshot first.',
  },
]);
