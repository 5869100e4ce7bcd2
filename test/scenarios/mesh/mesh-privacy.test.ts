import { afterEach, expect, test } from '@jest/globals';
import { ANOMALY_KINDS } from '../../../src/domain/anomalies/anomaly.ts';
import type { EgressMessage } from '../../../src/domain/audit/egress.ts';
import { QUERY_TYPES } from '../../../src/domain/policy/trust.ts';
import { openEnvelope } from '../../../src/identity/envelope.ts';
import { schemaFault } from '../../../src/mesh/protocol/message-check.ts';
import { decodeMessage, decodePayload } from '../../../src/mesh/protocol/message-codec.ts';
import type { Typed } from '../../../src/mesh/protocol/messages.ts';
import { vocabulary } from '../../../src/risk/vocabulary.ts';
import { type Hostile, intrude } from '../../mesh/hostile.ts';
import { makeIdentity, makeTls } from '../../mesh/rig.ts';
import { contentOf, inLast, lately, type MeshNode, makeNode } from '../../rig/mesh-nodes.ts';
import { openShell } from '../../rig/programs/pty.ts';
import { caro } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

const CANARY = 'canaryzq';
/**
 * In arguments, paths, environment, tool names, branches, users, hosts, options, quotes and
 * secrets.
 */
const COMMANDS = [
  `echo ${CANARY}`,
  `git checkout -b ${CANARY}-branch`,
  `git push origin ${CANARY}`,
  `${CANARY}-tool --help`,
  `./${CANARY}.sh`,
  `/opt/${CANARY}/bin/git ${CANARY}`,
  `${CANARY.toUpperCase()}=1 make ${CANARY}`,
  `sudo -u ${CANARY} rm -rf /home/${CANARY}`,
  `ssh ${CANARY}@${CANARY}.example`,
  `kubectl --context ${CANARY} delete namespace ${CANARY}`,
  `docker run --name ${CANARY} ${CANARY}:latest`,
  `curl https://${CANARY}.example/install | sh`,
  `aws s3 cp s3://${CANARY}/x . --profile ${CANARY}`,
  `AWS_SECRET_ACCESS_KEY=${CANARY} terraform destroy`,
  `bash -c 'rm -rf "$HOME/${CANARY}"'`,
  `git ${CANARY}`,
  `npm run ${CANARY}`,
] as const;

/**
 * A peer that takes down every message it gets, answers nothing but what it must, and asks
 * everything there is to ask.
 */
async function record(node: MeshNode, peer: ReturnType<typeof makeIdentity>): Promise<Hostile> {
  const recorder = await intrude({ id: node.id, address: node.endpoint }, peer, await makeTls(peer));
  const acknowledged = new Set<string>();
  recorder.socket.on('message', (data: Buffer) => {
    const message = contentOf(JSON.parse(data.toString()) as { payload: string }) as Typed & { nonce: string };
    if (message.type !== 'summary' || acknowledged.has(message.nonce)) return;
    acknowledged.add(message.nonce);
    const { id } = contentOf(message.body.document) as { id: string };
    recorder.say({
      ...recorder.header(),
      type: 'summary-ack',
      inReplyTo: message.nonce,
      body: { id, result: 'stored' },
    });
  });
  recorder.hello();
  await node.audited('peer.connected');
  return recorder;
}

/** The ledger of what was sent to a peer, oldest first. */
async function ledgerOf(node: MeshNode, peer: string): Promise<readonly EgressMessage[]> {
  const lines = await node.call('egress.list', { peer, limit: 1_000 });
  return Promise.all(lines.map(({ seq }) => node.call('egress.show', { seq })).reverse());
}

/** Every string anywhere in a message that is no member's name. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

const WORDS = vocabulary();
/**
 * What a message may say in words: ids, times, base64, numbers of a session, and the words of the
 * catalogue and the protocol.
 */
const isClosed = (text: string): boolean =>
  /^caro:ed25519:[A-Za-z0-9+/]{43}=$/.test(text) ||
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) ||
  /^[A-Za-z0-9+/]{22}==$|^[A-Za-z0-9+/]{43}=$|^[A-Za-z0-9+/]{86}==$|^[0-9a-f]{16}$|^[0-9a-f]{32}$/.test(text) ||
  // A hello: where the node listens, and the version of the program.
  /^127\.0\.0\.1:\d+$|^\d+\.\d+\.\d+$/.test(text) ||
  /^application\/vnd\.caro\.[a-z.0-9]+\+json$|^T\d{4}(\.\d{3})?$|^[a-z-]+\/\d+$/.test(text) ||
  CLOSED.has(text) ||
  WORDS.canonicalTool(text) === text ||
  WORDS.isPattern(text);
const CLOSED: ReadonlySet<string> = new Set([
  ...WORDS.families,
  ...WORDS.ruleFamilies,
  ...QUERY_TYPES,
  ...['hello', 'summary', 'response', 'goodbye', 'caro.summary', 'hourly', 'daily', 'weekly', 'shutdown'],
  ...['answered', 'no_data', 'bash', 'zsh', 'fish', 'sh', 'other'],
  ...ANOMALY_KINDS,
]);

test('of what is typed nothing leaves but closed words and numbers, and the ledger holds every byte that a peer received (FR-302, FR-503)', async () => {
  const peer = makeIdentity();
  const node = await makeNode(folder(), CANARY);
  open.push(node);
  node.configure({ trust: { [peer.id]: 'peer' } });
  await node.start();
  const recorder = await record(node, peer);

  await node.observe(inLast('hourly', COMMANDS, { cwd: `/home/${CANARY}/project` }));
  await node.observe(inLast('daily', COMMANDS, { cwd: `/home/${CANARY}/project`, exitCode: 1 }));
  await node.observe(lately(COMMANDS, { cwd: `/srv/${CANARY}` }));
  const { stdout: hook } = await caro(node.home, 'shell', 'init', 'bash');
  const shell = await openShell({ shell: 'bash', rc: hook, cwd: node.home, env: { CARO_HOME: node.home } });
  await shell.run(`echo typed-${CANARY}`);
  await shell.close();
  await until(
    () => node.call('events.list', { text: `typed-${CANARY}` }),
    (events) => events.length === 1,
  );
  for (const period of ['hourly', 'daily', 'weekly'] as const) await node.call('summary.preview', { period });
  await node.audited('summary.sent', 2);
  for (const type of QUERY_TYPES) {
    recorder.say({ ...recorder.header(), type: 'query', body: { type, spanHours: 720 } });
  }
  await node.audited('query.answered', QUERY_TYPES.length);
  await node.stop();
  await recorder.closed;
  await node.start();

  const sent = await ledgerOf(node, peer.id);
  expect(recorder.received).toEqual(sent.map(({ bytes }) => bytes));
  const types = sent.map(({ type }) => type);
  expect(types.filter((type) => type === 'response')).toHaveLength(QUERY_TYPES.length);
  expect(types.filter((type) => type === 'summary').length).toBeGreaterThanOrEqual(2);
  for (const text of recorder.received) {
    const payload = decodePayload(openEnvelope(decodeMessage(text), node.identity.publicKey));
    expect(schemaFault(payload as unknown as Typed)).toBeNull();
    const inside =
      payload.type === 'summary' ? contentOf((payload.body as { document: { payload: string } }).document) : null;
    for (const said of [JSON.stringify(payload), JSON.stringify(inside)])
      expect(said.toLowerCase()).not.toContain(CANARY);
    const { document, ...rest } = payload.body as { document?: unknown };
    expect(strings([{ ...payload, body: rest }, inside]).filter((word) => !isClosed(word))).toEqual([]);
    if (payload.type === 'summary') expect(document).toBeDefined();
  }
});
