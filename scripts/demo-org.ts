/**
 * Plays the beginning of an organization with real services and a real nats-server on this machine:
 * 18 developers, an analyst and a works council. They join with one file and one approval, then
 * nobody reaches the analyst but over the relay. Prints what officers, analyst and owners see.
 * Removes everything at the end.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plusDays, startClock, stepsOf } from '../test/rig/blind-week.ts';
import type { TestClock } from '../test/rig/clock/test-clock.ts';
import { lately, type MeshNode, twoAtATime } from '../test/rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../test/rig/organisation.ts';
import { draftRelay, isOnRelay, type OrgRelay, relayIs } from '../test/rig/organisation-relay.ts';

const DEVELOPERS = 18;
const FLOOR = 15;
const SEASON_DAYS = 8;
const WINDOW_HOURS = 24;
/** The window of a day has ended. */
const RELEASED_DAYS = 3;
const COMMANDS = ['git status', 'git push', 'npm test', 'docker ps', 'git push --force', 'ls -la'];
const NOON_MS = 12 * 3_600_000;
const ROLES: Readonly<Record<string, string>> = { analyst: 'leader', 'works-council': 'trustee' };

const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const lines = (text: string, from = 0, to?: number): string => text.trimEnd().split('\n').slice(from, to).join('\n');

/** Without what to type next, which names a folder of this run. */
const withoutNext = (text: string): string => lines(text.replace(/^next: .*\n?/gm, ''));

interface Cast {
  readonly folder: string;
  readonly clock: TestClock;
  readonly org: Organisation;
  readonly relay: OrgRelay;
}

async function main(): Promise<void> {
  if (spawnSync('nats-server', ['--version']).error)
    throw new Error(
      'expected the program nats-server (2.9 or later) for the relay; install it: apt install nats-server',
    );
  const folder = mkdtempSync(join(tmpdir(), 'caro-demo-'));
  const clock = startClock(folder);
  let org: Organisation | undefined;
  let relay: OrgRelay | undefined;
  try {
    say(`Starting ${DEVELOPERS} developers, an analyst and a works council (trustee) …`);
    const names = Array.from({ length: DEVELOPERS }, (_, at) => `dev-${String(at + 1).padStart(2, '0')}`);
    org = await foundOrganisation(folder, names, {
      prefix: clock.prefix,
      toml: (name) => `[relay]\nconnect = "stay"\n[blind]\nfloor = ${FLOOR}\nrole = "${ROLES[name] ?? 'none'}"\n`,
    });
    say('Three officers have founded example-gmbh: two of them signed version 1 of its roster.');
    relay = await draftRelay(org, folder);
    const cast = { folder, clock, org, relay };
    await enrol(cast);
    await moveApart(cast);
    const present = await removeLeaver(cast);
    await releaseTotal(cast, present);
  } finally {
    await org?.end();
    await relay?.kill();
    clock.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file, one inventory, one version with two signatures. */
async function enrol({ folder, org, relay }: Cast): Promise<void> {
  const [anna = '', boris = ''] = org.keys;
  say();
  say('Every developer joins with the same file:');
  say('$ caro org join example-gmbh.caro-org --yes');
  await twoAtATime(org.nodes, (node) => ran(node, 'org', 'join', org.file, '--unit', 'berlin', '--yes'));
  await requested(org, DEVELOPERS);
  say();
  say('An officer approves all of them with the inventory of the company:');
  say('$ caro org requests');
  say(`${lines(await org.officer('requests'), 0, 4)}\n…`);
  const inventory = join(folder, 'inventory.csv');
  writeFileSync(inventory, org.nodes.map(({ name, identity }) => `${name},${identity.fingerprint}\n`).join(''));
  await org.officer('approve', '--file', inventory);
  say('$ caro org approve --file inventory.csv');
  say(`$ caro org relay-config --key anna.key --address ${relay.address}`);
  say('$ caro org sign --key anna.key');
  say(withoutNext(await org.officer('sign', '--key', anna, '--yes')));
  say('$ caro org sign --key boris.key');
  say(lines(withoutNext(await org.officer('sign', '--key', boris, '--yes')), -1));
  say('$ caro org publish');
  await org.officer('publish');
  await relay.start();
  await ran(org.trustee, 'org', 'import', org.folder);
  for (const node of org.nodes) {
    await orgStatus(node, isMember);
    await relayIs(node, isOnRelay);
  }
  say(`All ${DEVELOPERS} developers are members and connected with the relay; none of them did anything more.`);
}

/** Analyst and trustee listen nowhere from now on. */
async function moveApart({ clock, org }: Cast): Promise<void> {
  for (const node of [org.analyst, org.trustee]) {
    const file = join(node.home, 'config', 'caro.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^listen = .*$/m, 'listen = "127.0.0.1:0"'));
    await node.stop();
    await node.start(clock.prefix);
    await relayIs(node, isOnRelay);
  }
  say();
  say('Analyst and works council move to another network: only the relay is reached from both sides.');
  for (const node of org.nodes) await node.observe(lately(COMMANDS));
  say('$ caro mesh query safety-posture');
  say(counted(await ran(org.analyst, 'mesh', 'query', 'safety-posture', '--timeout', '10s')));
}

/** The line with the states of all nodes. */
const counted = (answer: string): string => answer.split('\n').find((line) => line.includes(' asked: ')) ?? '';

/** A leaver is one new version; no other owner does anything. */
async function removeLeaver({ org, relay }: Cast): Promise<readonly MeshNode[]> {
  const [leaver, ...others] = [...org.nodes].reverse();
  if (!leaver) return [];
  say();
  say(`${leaver.name} leaves the company:`);
  say(`$ caro org remove ${leaver.name}, then two signatures and caro org publish`);
  await org.officer('remove', leaver.name);
  await org.publish();
  await relay.reload();
  await relayIs(leaver, (status) => status?.code === 'relay_refused');
  say(`$ caro mesh status   (on ${leaver.name})`);
  say((await ran(leaver, 'mesh', 'status')).split('\n').find((line) => line.startsWith('relay:')));
  say('$ caro mesh query safety-posture');
  say(counted(await ran(org.analyst, 'mesh', 'query', 'safety-posture', '--timeout', '10s')));
  return others.reverse();
}

/** A day of blind totals, as the analyst and an owner see it. */
async function releaseTotal({ folder, clock, org }: Cast, nodes: readonly MeshNode[]): Promise<void> {
  const { analyst, trustee } = org;
  const file = (name: string): string => join(folder, name);
  const days = stepsOf({ clock, leader: analyst, trustee });
  const numbers = ['--floor', String(FLOOR), '--window', String(WINDOW_HOURS)];
  await ran(analyst, 'blind', 'create', 'staff', '--trustee', trustee.name, ...numbers, '--output', file('draft.json'));
  await ran(trustee, 'blind', 'endorse', file('draft.json'), '--output', file('offer.json'), '--yes');
  await ran(analyst, 'blind', 'endorse', file('offer.json'), '--output', file('task.json'), '--yes');
  await twoAtATime(nodes, (node) => ran(node, 'blind', 'join', file('task.json'), '--yes'));
  const day = plusDays(days.today(), SEASON_DAYS);
  days.goTo(day, NOON_MS);
  for (const node of nodes) await days.work(node, COMMANDS);
  days.morningAfter(day);
  for (const node of [analyst, trustee]) await days.ready(node, day, nodes.length);
  days.goTo(plusDays(day, RELEASED_DAYS), NOON_MS);
  await days.released(day);
  say();
  say('The others take part in blind totals. From now on they answer no query of the analyst. Eight days later each');
  say('sends one sealed share to the analyst and one to the works council, over the relay. When the window of the day');
  say('has ended, the works council releases a total:');
  say('$ caro blind roles');
  say(lines(await ran(trustee, 'blind', 'roles')));
  const [owner] = nodes;
  if (!owner) return;
  say();
  say('An owner sees what left:');
  const limit = String(RELEASED_DAYS + 1);
  say(`$ caro blind list --limit ${limit}`);
  say(lines(await ran(owner, 'blind', 'list', '--limit', limit)));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
