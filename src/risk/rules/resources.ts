/** Commands that stop the machine: fork bombs, floods, kills, shutdowns. */

import type { CommandLineContext } from '../rule.ts';
import { type CommandLineRule, inFamily, type StepRule, type Verdict } from '../rule.ts';
import type { Step } from '../step.ts';

/** A function that calls itself more than once, or in the background. */
const forkBomb = ({ analysis }: CommandLineContext): boolean =>
  analysis.functions.some((definition) => {
    const own = definition.invocations.filter((item) => item.tool === definition.name);
    return own.length >= 2 || own.some((item) => item.background);
  });

const ENDS_LOOP = /^(?:break|exit|return|sleep|usleep|read|inotifywait|fswatch|entr)$/;
/** `while true; do work & done`: starts jobs without end and without waiting for the last one. */
const jobsInLoop = ({ analysis }: CommandLineContext): boolean => {
  const loop = analysis.invocations.filter((item) => item.endless);
  if (loop.some((item) => ENDS_LOOP.test(item.tool))) return false;
  const started = loop.findLastIndex((item) => item.background);
  return started >= 0 && !loop.slice(started).some((item) => item.tool === 'wait');
};

const selfStart = (step: Step): boolean =>
  (/^(?:\$0|\$\{0\}|\$BASH_SOURCE)$/.test(step.invocation.name.text) &&
    (step.invocation.background || step.invocation.pipesTo !== null)) ||
  /\bfork\s+while\s+(?:1|fork|true)|while\s*(?:\(\s*)?(?:1|True|true)\s*(?:\))?\s*[:{]?\s*(?:os\.)?fork\b|(?:loop|fork)\s*\{\s*fork|os\.fork\(\)\s+while|while\s*\(\s*pcntl_fork/.test(
    step.code,
  );

const INIT = /^(?:1|-1|0)$/;
const kills = (step: Step): Verdict => {
  const targets = step.args.filter(
    (arg, at) => !/^-(?:s|n|SIG\w+|[A-Z]+\d?|\d{1,2})$/.test(arg) || (arg === '-1' && at > 0),
  );
  if (step.tool === 'kill') {
    if (step.some(/^-(?:l|L|0)$/)) return false;
    return targets.some((arg) => /^-?1$/.test(arg)) ? 'critical' : targets.some((arg) => INIT.test(arg));
  }
  if (step.tool === 'killall5' || (step.tool === 'pkill' && step.operands.some((name) => /^\.[*+]?$/.test(name))))
    return true;
  if (
    step.operands.some((name) =>
      /^(?:systemd|init|launchd|kernel_task|sshd|Xorg|gnome-shell|loginwindow|WindowServer|dbus-daemon)$/.test(name),
    )
  )
    return true;
  return step.some(/^(?:-u|--user|--euid|-U)$/) && step.some(/^(?:root|-9|-KILL)$/);
};

const fills = (step: Step): boolean => {
  if (step.tool === 'yes')
    return (
      step.writes.some((item) => !/^\/dev\/null/.test(item.path) || step.invocation.background) ||
      (step.invocation.background && step.invocation.inLoop)
    );
  const source =
    step.tool === 'cat'
      ? step.args
      : step.tool === 'dd'
        ? step.args.filter((arg) => arg.startsWith('if=')).map((arg) => arg.slice(3))
        : [];
  if (!source.some((path) => /^\/dev\/(?:zero|u?random)$/.test(path))) return false;
  if (step.tool === 'dd') {
    if (step.invocation.inLoop && step.invocation.background) return true;
    // A device ends by itself; that it is overwritten is another rule's matter.
    const isFile = step.writes.some(({ path }) => /^[/~$]/.test(path) && !path.startsWith('/dev/'));
    return isFile && !step.some(/^count=/);
  }
  return step.writes.some((item) => !/^\/dev\/null/.test(item.path));
};

const POWER = /^(?:poweroff|reboot|halt|kexec|emergency|rescue|soft-reboot)$/;
const shutsDown = (step: Step): boolean => {
  if (step.flag('-c', '-k', '--help', '--show', '-w', '--wtmp-only')) return false;
  if (step.tool === 'systemctl')
    return (
      POWER.test(step.operands[0] ?? '') ||
      step.sub(
        'isolate',
        'poweroff.target|reboot.target|halt.target|rescue.target|emergency.target|runlevel0.target|runlevel6.target',
      )
    );
  // The service processor of a server switches it off like its button.
  if (step.tool === 'ipmitool')
    return step.operands.some(
      (word, at) => word === 'power' && /^(?:off|cycle|reset|soft|diag)$/.test(step.operands[at + 1] ?? ''),
    );
  if (step.tool === 'racadm')
    return step.some(/^(?:power(?:down|cycle|off)|hardreset|graceshutdown|nmi|racreset\w*|systemerase)$/);
  if (step.tool === 'init' || step.tool === 'telinit') return /^[016]$/.test(step.operands[0] ?? '');
  return true;
};

const MINER =
  /^(?:xmrig(?:-\w+)?|minerd|cpuminer(?:-\w+)?|ethminer|xmr-stak\w*|t-rex|nbminer|cgminer|bfgminer|ccminer|lolminer|phoenixminer|nanominer|gminer|teamredminer|srbminer\S*|kdevtmpfsi|xmr|claymore|wildrig\S*)$/i;
const MINER_OPTION =
  /^--(?:donate-level|cpu-max-threads-hint|randomx-\w+|nicehash|rig-id|cuda-devices|opencl-platform)(?:=|$)|^--(?:algo|coin)=?(?:rx\/|cn\/|randomx|cryptonight|monero|xmr)|^(?:rx\/0|randomx|cryptonight)$/i;
const MINER_SETTING = /^--(?:cpu-priority|threads|url|user|wallet|algo|coin|keepalive|max-cpu-usage)(?:=|$)/;
const POOL =
  /(?:^|[/.@])(?:pool|xmr|mine|mining|stratum)[\w-]*\.[\w.-]+(?::\d+)?$|(?:hashvault|nanopool|supportxmr|minexmr|nicehash|f2pool|c3pool|moneroocean|unmineable|2miners|herominers|minergate|dwarfpool|hashcity|ethermine)\b/i;
const MINER_IMAGE = /^(?:--image=)?(?:[\w.-]+\/)*(?:xmrig|cpuminer|minerd|ethminer|monero|xmr)[\w-]*(?::[\w.-]+)?$/;
const mines = (step: Step): boolean => {
  if (step.isWrapper) return false;
  if (MINER.test(step.tool) || step.some(/^stratum\d?\+(?:tcp|udp|ssl|tls|http):/) || step.some(MINER_OPTION))
    return !/^(?:pip|npm|apt|apt-get|brew|git|curl|wget|which|man|cat|grep|pkill|killall)$/.test(step.tool);
  if (/^(?:docker|podman|nerdctl|kubectl)$/.test(step.tool) && step.sub('run|create') && step.some(MINER_IMAGE))
    return true;
  return step.some(POOL) && step.args.filter((arg) => MINER_SETTING.test(arg) || /^-[oup]$/.test(arg)).length > 1;
};

export const RESOURCE_LINE_RULES: readonly CommandLineRule[] = inFamily('resources', [
  {
    id: 'resources.fork-bomb',
    level: 'critical',
    whenAll: (context: CommandLineContext) => forkBomb(context) || jobsInLoop(context),
    technique: 'T1499.001',
    reason: 'Starts copies of itself until the machine stops responding.',
    safer: 'Do not run it; set a process limit to protect the machine.',
  },
]);

export const RESOURCE_RULES: readonly StepRule[] = inFamily('resources', [
  {
    id: 'resources.self-start',
    level: 'critical',
    tools: '*',
    when: selfStart,
    technique: 'T1499.001',
    reason: 'Starts copies of itself until the machine stops responding.',
    safer: 'Do not run it; set a process limit to protect the machine.',
  },
  {
    id: 'resources.kill-all',
    level: 'high',
    tools: 'kill pkill killall killall5 skill',
    when: kills,
    technique: 'T1489',
    reason: 'Kills the init process, every process, or all processes of a user.',
    safer: 'Find the process with pgrep, and send it SIGTERM.',
  },
  {
    id: 'resources.fill-disk',
    level: 'high',
    tools: 'yes cat dd',
    when: fills,
    technique: 'T1499.001',
    reason: 'Writes without limit until the disk or memory is full.',
    safer: 'Set a size limit, as with head -c or fallocate -l.',
  },
  {
    id: 'resources.shutdown',
    level: 'high',
    tools: 'shutdown reboot halt poweroff init telinit systemctl ipmitool racadm',
    when: shutsDown,
    technique: 'T1529',
    reason: 'Stops or restarts the machine and everything running on it.',
    safer: 'Announce it and set a delay: shutdown +10.',
  },
  {
    id: 'resources.sysrq',
    level: 'high',
    tools: '*',
    needs: 'writes' as const,
    when: (s: Step) => s.writes.some((item) => /^\/proc\/(?:sysrq-trigger|sys\/kernel\/sysrq)$/.test(item.path)),
    technique: 'T1529',
    reason: 'Sends a request directly to the kernel, which can reboot or crash the machine at once.',
    safer: 'Use systemctl reboot.',
  },
  {
    id: 'resources.stress',
    level: 'moderate',
    tools: 'stress stress-ng',
    when: (s: Step) => s.args.length > 0,
    technique: 'T1499',
    reason: 'Puts the machine under heavy load on purpose.',
    safer: 'Set a timeout and limits.',
  },
  {
    id: 'resources.flood',
    level: 'high',
    tools: 'hping3 ping slowloris goldeneye slowhttptest t50 torshammer pyloris hulk xerxes mausezahn',
    when: (s: Step) =>
      s.tool === 'ping'
        ? s.flag('-f', '--flood')
        : s.tool === 'hping3'
          ? s.flag('--flood', '--rand-source', '-i')
          : true,
    technique: 'T1498',
    reason: 'Floods a network or a host with packets.',
    safer: 'Set a rate and a count, and use it only on your own networks.',
  },
  {
    id: 'resources.miner',
    level: 'high',
    tools: '*',
    when: mines,
    technique: 'T1496.001',
    reason: 'Uses the machine to mine cryptocurrency.',
    safer: 'Ask the owner of the machine.',
  },
]);
