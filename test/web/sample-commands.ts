import type { FinishedCommand, StartedCommand } from '../../src/domain/events/event.ts';
import type { RiskLevel } from '../../src/domain/events/risk-level.ts';
import type { RuleText } from '../../src/web/ipc-protocol.ts';

/**
 * Made-up weeks of work for the dashboard's tests, screenshots and measurements: the same seed
 * gives the same commands.
 */
interface Kind {
  readonly command: string;
  readonly tool: string;
  readonly pattern: string;
  readonly category: string;
  readonly weight: number;
  readonly medianMs: number;
  readonly failing: number;
  readonly risk?: RiskLevel;
  readonly rules?: readonly string[];
}

const KINDS: readonly Kind[] = [
  kind('git status', 'git', 'git status', 'git', 30, 25, 0.01),
  kind('git diff --stat', 'git', 'git diff', 'git', 12, 30, 0.01),
  kind('git commit -m "Keep the offset with the events"', 'git', 'git commit', 'git', 8, 180, 0.08),
  kind('git push', 'git', 'git push', 'git', 4, 1_900, 0.1),
  kind('ls -la', 'ls', 'ls', 'files', 25, 4, 0.02),
  kind('cd ../api', 'cd', 'cd', 'files', 14, 1, 0.03),
  kind('npm test', 'npm', 'npm test', 'node', 12, 14_000, 0.34),
  kind('npm run build', 'npm', 'npm run', 'node', 6, 8_200, 0.12),
  kind('docker compose up -d', 'docker', 'docker compose', 'containers', 3, 3_400, 0.06),
  kind('docker logs --tail 100 api', 'docker', 'docker logs', 'containers', 5, 60, 0.02),
  kind('kubectl get pods -n staging', 'kubectl', 'kubectl get', 'kubernetes', 9, 620, 0.05),
  kind('kubectl describe pod api-7d9f', 'kubectl', 'kubectl describe', 'kubernetes', 3, 700, 0.2),
  kind('grep -rn "deadline" src', 'grep', 'grep', 'text', 10, 40, 0.25),
  kind('vim src/daemon.ts', 'vim', 'vim', 'editors', 7, 95_000, 0.01),
  kind('curl -s localhost:8080/health', 'curl', 'curl', 'network', 6, 45, 0.22),
  kind('ssh build-3 uptime', 'ssh', 'ssh', 'remote', 2, 900, 0.1),
  kind('make -j2', 'make', 'make', 'build', 5, 21_000, 0.3),
  kind('python3 -m pytest -q', 'python3', 'python3', 'python', 4, 6_400, 0.28),
  kind('jq .version package.json', 'jq', 'jq', 'text', 4, 8, 0.05),
  kind('chmod 777 uploads', 'chmod', 'chmod', 'files', 0.6, 3, 0, 'moderate', ['files.world-writable']),
  kind('git push --force origin main', 'git', 'git push', 'git', 0.4, 2_100, 0.1, 'high', ['git.force-push']),
  kind('curl -fsSL https://get.example.org | sh', 'curl', 'curl', 'network', 0.3, 4_000, 0.2, 'high', [
    'network.pipe-to-shell',
  ]),
  kind('sudo rm -rf /var/lib/docker', 'rm', 'rm', 'files', 0.15, 1_200, 0, 'critical', ['files.recursive-delete']),
];

function kind(
  command: string,
  tool: string,
  pattern: string,
  category: string,
  weight: number,
  medianMs: number,
  failing: number,
  risk: RiskLevel = 'safe',
  rules: readonly string[] = [],
): Kind {
  return { command, tool, pattern, category, weight, medianMs, failing, risk, rules };
}

export const SAMPLE_RULES: readonly RuleText[] = [
  {
    id: 'files.world-writable',
    level: 'moderate',
    family: 'permissions',
    technique: 'T1222.002',
    reason: 'Lets every user of this machine change it.',
    safer: 'Give the group what it needs: chmod g+w.',
  },
  {
    id: 'git.force-push',
    level: 'high',
    family: 'git-history',
    technique: null,
    reason: 'Overwrites what others have pushed to a shared branch.',
    safer: 'Use --force-with-lease, which stops if the branch has moved.',
  },
  {
    id: 'network.pipe-to-shell',
    level: 'high',
    family: 'remote-code',
    technique: 'T1059.004',
    reason: 'Runs whatever the server sends, unseen.',
    safer: 'Download it, read it, then run it.',
  },
  {
    id: 'files.recursive-delete',
    level: 'critical',
    family: 'deletion',
    technique: 'T1485',
    reason: 'Deletes a system directory with everything in it, as root.',
    safer: 'List it first, and let the tool that owns it remove it: docker system prune.',
  },
];

/** Numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How busy each hour of a working day is. */
const HOURS = [0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 11, 10, 4, 6, 10, 12, 9, 7, 3, 1, 2, 3, 1, 0];
const WEEKDAYS = [0.06, 1, 1.1, 0.9, 1.05, 0.75, 0.12];

export interface SampleCommands {
  readonly started: readonly StartedCommand[];
  readonly finished: readonly FinishedCommand[];
}

/** `total` commands spread over the working hours of the `days` up to `nowMs`, oldest first. */
export function sampleCommands(total: number, days: number, nowMs: number, seed = 7): SampleCommands {
  const random = randomFrom(seed);
  const times = Array.from({ length: total }, () => sampleTime(random, days, nowMs)).sort((one, other) => one - other);
  const started: StartedCommand[] = [];
  const finished: FinishedCommand[] = [];
  times.forEach((startMs, command) => {
    const chosen = pick(random());
    const key = { session: `sample-${command % 3}`, command, part: 0 };
    started.push({
      key,
      startMs,
      shell: command % 3 === 0 ? 'zsh' : 'bash',
      command: chosen.command,
      cwd: '/home/dev/work/caro',
      tools: [chosen.tool],
      category: chosen.category,
      pattern: { name: chosen.pattern, tool: chosen.tool },
      risk: chosen.risk ?? 'safe',
      rules: chosen.rules ?? [],
      redacted: false,
    });
    const durationMs = Math.max(1, Math.round(chosen.medianMs * (0.4 + random() * 1.6)));
    const exitCode = random() < chosen.failing ? 1 : 0;
    finished.push({ key, exitCode, durationMs, endMs: startMs + durationMs });
  });
  return { started, finished };
}

const TOTAL_WEIGHT = KINDS.reduce((sum, { weight }) => sum + weight, 0);

/** The kind that a number in [0, 1) falls on, by weight. */
function pick(at: number): Kind {
  let left = at * TOTAL_WEIGHT;
  for (const candidate of KINDS) {
    left -= candidate.weight;
    if (left <= 0) return candidate;
  }
  throw new RangeError(`expected a number in [0, 1), got ${at}`);
}

function sampleTime(random: () => number, days: number, nowMs: number): number {
  for (;;) {
    const time = nowMs - Math.floor(random() * days * 86_400_000);
    const local = new Date(time);
    const busy = ((HOURS[local.getHours()] ?? 0) / 12) * (WEEKDAYS[local.getDay()] ?? 0);
    if (random() < busy + 0.004) return time;
  }
}
