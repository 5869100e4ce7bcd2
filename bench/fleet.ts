/**
 * Measures an organization on one relay: real nats-server, TLS, the relay's real client, all on
 * this machine. Nodes share processes. Prints JSON.
 *
 *   npx tsx bench/fleet.ts [nodes, default 100] [rounds, default 3]
 *
 * `baseline` is the same number of empty messages through the same server with the bare client.
 * `ready` is a roll-call of nodes that have sealed their answers beforehand: on this machine, nodes
 * take the processor away from the asker and the relay.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { type Broker, startBrokerIn } from '../test/rig/programs/relay-broker.ts';
import { until } from '../test/rig/until.ts';
import { report, round, summary } from './parts/figures.ts';
import type { FromAsker, ToAsker } from './parts/fleet-asker.ts';
import type { FleetFile } from './parts/fleet-node.ts';
import type { FromNodes } from './parts/fleet-nodes.ts';
import type { AskerCard } from './parts/fleet-ready.ts';
import { cpuTimeOf, memoryOf, SERVICE_FLAGS } from './parts/process-memory.ts';

const [NODES = 100, ROUNDS = 3] = process.argv.slice(2).map(Number);
/** A process of Node.js holds this many connections without being the bottleneck itself. */
const PER_PROCESS = 1_250;
const PATIENCE_MS = 240_000;
const IDLE_MS = 5_000;
const PROGRAMS = ['fleet-nodes', 'fleet-ready', 'fleet-asker', 'fleet-idle', 'fleet-baseline'] as const;
const ROOT = resolve(__dirname, '..');

const folder = mkdtempSync(join(tmpdir(), 'caro-bench-'));
const children: ChildProcess[] = [];

function start(name: (typeof PROGRAMS)[number], ...more: readonly string[]): ChildProcess {
  const child = fork(join(folder, `${name}.cjs`), [folder, ...more], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Many nodes share a process; the others are measured as a service would run.
    execArgv: name === 'fleet-nodes' || name === 'fleet-ready' ? [] : [...SERVICE_FLAGS],
    // Piscina finds its own files only where it is.
    env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
  });
  children.push(child);
  return child;
}

const told = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve) => child.once('message', (message) => resolve(message as T)));

/** Built, so that memory and start are those of a program, not of a compiler. */
function build(): void {
  for (const name of PROGRAMS)
    buildSync({
      entryPoints: [join(__dirname, `parts/${name}.ts`)],
      outfile: join(folder, `${name}.cjs`),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20.19',
      minify: true,
      external: ['piscina'],
    });
}

interface Fleet {
  readonly ids: readonly string[];
  readonly processes: readonly ChildProcess[];
}

interface WholeFleet extends Fleet {
  readonly openedMs: number[];
}

/** How many nodes each process has. */
function shares(): readonly number[] {
  const count = Math.ceil(NODES / PER_PROCESS);
  return Array.from({ length: count }, (_, index) => Math.floor(NODES / count) + (index < NODES % count ? 1 : 0));
}

/** Nodes that have sealed their answers. */
async function startReadyFleet(asker: AskerCard): Promise<Fleet> {
  const processes = shares().map((share) => start('fleet-ready', String(share)));
  for (const child of processes) child.send(asker);
  const ids = await Promise.all(processes.map((child) => told<readonly string[]>(child)));
  return { ids: ids.flat(), processes };
}

function startFleet(): WholeFleet {
  const [ids, openedMs] = [[] as string[], [] as number[]];
  const processes = shares().map((share) => {
    const child = start('fleet-nodes', String(share));
    child.on('message', (message: FromNodes) => {
      if (message.kind === 'ids') ids.push(...message.ids);
      else openedMs.push(...message.atMs);
    });
    return child;
  });
  return { ids, openedMs, processes };
}

const cpuOf = (...processes: readonly (ChildProcess | number)[]): number =>
  processes.reduce<number>((sum, one) => sum + cpuTimeOf(typeof one === 'number' ? one : (one.pid ?? 0)), 0);
const rss = (pid: number | undefined): number => memoryOf(pid ?? 0).rssMiB;

interface Round {
  readonly result: FromAsker;
  readonly cpuMs: Readonly<Record<'broker' | 'asker' | 'nodes', number>>;
}

/** Runs `work`, and says what it cost. */
async function costOf(
  broker: Broker,
  asker: ChildProcess,
  fleet: Fleet,
  work: () => Promise<FromAsker>,
): Promise<Round> {
  const parts = { broker: [broker.pid()], asker: [asker], nodes: fleet.processes };
  const before = Object.values(parts).map((processes) => cpuOf(...processes));
  const result = await work();
  const spent = Object.values(parts).map((processes, index) => round(cpuOf(...processes) - (before[index] ?? 0)));
  return { result, cpuMs: { broker: spent[0] ?? 0, asker: spent[1] ?? 0, nodes: spent[2] ?? 0 } };
}

async function ask(broker: Broker, asker: ChildProcess, fleet: Fleet, what: ToAsker['ask'], baselineMs: number) {
  const rounds: Round[] = [];
  for (let at = 0; at < ROUNDS; at += 1)
    rounds.push(
      await costOf(broker, asker, fleet, () => {
        asker.send({ ask: what, members: fleet.ids } satisfies ToAsker);
        return told<FromAsker>(asker);
      }),
    );
  const ms = summary(rounds.map(({ result }) => result.ms));
  const perMessage = (part: 'broker' | 'asker' | 'nodes') =>
    summary(rounds.map(({ cpuMs }) => (cpuMs[part] * 1_000) / NODES)).median;
  return {
    ms,
    ratioToBaseline: round(ms.median / baselineMs),
    leastAnswered: Math.min(...rounds.map(({ result }) => result.answered)),
    leastAccountedFor: Math.min(...rounds.map(({ result }) => result.accountedFor)),
    cpuMicrosecondsPerMessage: { broker: perMessage('broker'), asker: perMessage('asker'), nodes: perMessage('nodes') },
    askerRssMiB: rss(asker.pid),
    brokerRssMiB: rss(broker.pid()),
  };
}

/** Kills the relay, starts it again at once, and waits for everybody. */
async function storm(broker: Broker, fleet: WholeFleet) {
  fleet.openedMs.length = 0;
  await broker.kill();
  await broker.start();
  const readyMs = Date.now();
  await until(
    () => fleet.openedMs.length,
    (count) => count >= NODES,
    PATIENCE_MS,
  );
  const times = fleet.openedMs.map((atMs) => Math.max(0, atMs - readyMs));
  return { connectedAgainMs: summary(times), brokerCpuMs: cpuOf(broker.pid()), brokerRssMiB: rss(broker.pid()) };
}

/** Memory of a process without the code of the relay, with it, and with an idle connection. */
async function idle() {
  const figures: Record<string, object> = {};
  for (const what of ['bare', 'code', 'connected']) {
    const child = start('fleet-idle', what);
    await told(child);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const { rssMiB, anonymousMiB } = memoryOf(child.pid ?? 0);
    figures[what] = { rssMiB, anonymousMiB };
    child.kill();
  }
  return figures;
}

/** With a fleet of its own, after the other has gone. */
async function measureReady(
  card: AskerCard,
  { processes }: Fleet,
  broker: Broker,
  asker: ChildProcess,
  baselineMs: number,
) {
  for (const child of processes) child.kill('SIGKILL');
  const ready = await startReadyFleet(card);
  const figures = await ask(broker, asker, ready, 'ready', baselineMs);
  for (const child of ready.processes) child.kill('SIGKILL');
  return figures;
}

async function measure(): Promise<object> {
  const broker = await startBrokerIn(join(folder, 'broker'));
  try {
    const { port, key, authority } = broker;
    const file: FleetFile = { address: { host: '127.0.0.1', port, key }, authority: authority() };
    writeFileSync(join(folder, 'fleet.json'), JSON.stringify(file));
    const empty = rss(broker.pid());
    const idleMemory = await idle();
    const asker = start('fleet-asker', join(ROOT, 'dist/worker.js'), String(ROUNDS));
    const card = await told<AskerCard>(asker);
    const begun = performance.now();
    const fleet = startFleet();
    await until(
      () => fleet.openedMs.length,
      (count) => count >= NODES,
      PATIENCE_MS,
    );
    const connectMs = round(performance.now() - begun);
    const cpu = cpuOf(broker.pid());
    const baselineMs = summary(await told<readonly number[]>(start('fleet-baseline', String(NODES)))).median;
    const full = rss(broker.pid());
    return {
      nodes: NODES,
      processes: fleet.processes.length,
      baselineMs,
      load: loadavg()[0],
      broker: {
        emptyRssMiB: empty,
        rssMiB: full,
        kibPerNode: round(((full - empty) * 1_024) / NODES),
        cpuMsPerConnection: round(cpu / NODES),
      },
      connectMs,
      rollCall: await ask(broker, asker, fleet, 'roll-call', baselineMs),
      question: await ask(broker, asker, fleet, 'question', baselineMs),
      storm: await storm(broker, fleet),
      ready: await measureReady(card, fleet, broker, asker, baselineMs),
      idleMemory,
    };
  } finally {
    await broker.kill();
  }
}

async function main(): Promise<void> {
  try {
    mkdirSync(join(folder, 'broker'));
    build();
    report('fleet', [await measure()]);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
