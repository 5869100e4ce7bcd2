import { describe, expect, test } from '@jest/globals';
import { type WorkedCommand, workReport } from '../../src/domain/events/work-report.ts';
import { digestSentences } from '../../src/domain/status/weekly-digest.ts';

const SPAN = { since: '2026-11-30T00:00:00.000Z', until: '2026-11-30T12:00:00.000Z', isPartial: false };
const MORNING = Date.parse('2026-11-30T08:00:00.000Z');
const MINUTE = 60_000;

const typed = (minute: number, text: string, more: Partial<WorkedCommand> = {}): WorkedCommand => ({
  timeMs: MORNING + minute * MINUTE,
  text,
  project: 'caro',
  session: 1,
  exitCode: 0,
  durationMs: 100,
  author: 'human',
  risk: 'safe',
  ...more,
});

describe('work', () => {
  test('counts time once, however many shells are open, no time of agents, and their failures apart', () => {
    const { projects, activeMs } = workReport(
      [
        typed(0, 'make'),
        typed(2, 'vim notes', { project: 'notes', session: 2 }),
        typed(3, 'npm test', { author: 'claude-code', exitCode: 1 }),
        typed(5, 'git push'),
      ],
      SPAN,
    );
    // The last one counts as ten minutes and its own duration.
    expect(projects).toEqual([
      { project: 'caro', commands: 2, agentCommands: 1, failures: 0, agentFailures: 1, activeMs: 12 * MINUTE + 100 },
      { project: 'notes', commands: 1, agentCommands: 0, failures: 0, agentFailures: 0, activeMs: 3 * MINUTE },
    ]);
    expect(activeMs).toBe(15 * MINUTE + 100);
  });

  test('names failures that repeat with what fixed them', () => {
    const failed = { exitCode: 1 };
    const { failing } = workReport(
      [
        ...[typed(0, 'npm test', failed), typed(1, 'npm test', failed), typed(2, 'npm ci'), typed(3, 'npm test')],
        ...[typed(4, 'git psuh', failed), typed(5, 'git psuh', failed), typed(6, 'git push')],
        ...[typed(7, 'make x', failed), typed(8, 'make x', failed), typed(9, 'once', failed)],
        ...[typed(10, 'top', { exitCode: 130 }), typed(11, 'top', { exitCode: 130 })],
      ],
      SPAN,
    );
    expect(failing).toEqual([
      { command: 'npm test', count: 2, fix: 'npm ci' },
      { command: 'git psuh', count: 2, fix: 'git push' },
      { command: 'make x', count: 2, fix: null },
    ]);
  });

  test('suggests an alias for what people type often, and for nothing dangerous, masked, failing or by agents', () => {
    const often = (text: string, more: Partial<WorkedCommand> = {}) =>
      Array.from({ length: 5 }, (_, minute) => typed(minute, text, more));
    const { aliases } = workReport(
      [
        ...often('kubectl get pods --all-namespaces'),
        ...often('git push --force origin', { risk: 'high' }),
        ...often('curl -H ‹redacted:header› x'),
        ...often('npm run build', { author: 'codex' }),
        ...often('docker compose --file nothing.yml ps', { exitCode: 125 }),
        ...often('make all'),
      ],
      SPAN,
    );
    expect(aliases).toEqual([
      { name: 'kgpa', command: 'kubectl get pods --all-namespaces', count: 5, saved: 5 * (33 - 4) },
    ]);
  });
});

describe('the digest of a week', () => {
  const nothing = { ...SPAN, asked: [], left: [], trust: 0, sharing: 0, paired: 0, keys: 0 };
  const say = (figures: typeof nothing | object) =>
    digestSentences(
      { ...nothing, ...figures },
      (id) => id,
      (bytes) => `${bytes} B`,
    );

  test('says in three sentences that nothing happened', () => {
    expect(say({})).toEqual([
      'Nobody asked this node anything.',
      'Nothing left this machine.',
      'Trust and sharing stayed as they were.',
    ]);
  });

  test('says who asked how often, what left and what changed in trust', () => {
    const asked = [
      { id: 'ciso', count: 3 },
      { id: 'ann', count: 1 },
    ];
    expect(say({ asked, left: [{ id: 'ciso', count: 2, bytes: 10 }], trust: 1, paired: 2 })).toEqual([
      '2 nodes asked this node 4 times, ciso most often (3 times).',
      '2 messages (10 B) left this machine, to ciso.',
      'Trust was changed once, 2 nodes were paired.',
    ]);
  });

  test('names nobody as the first of nodes with the same number', () => {
    const even = [
      { id: 'ann', count: 1, bytes: 5 },
      { id: 'ben', count: 1, bytes: 5 },
    ];
    expect(say({ asked: even, left: even }).slice(0, 2)).toEqual([
      '2 nodes asked this node twice.',
      '2 messages (10 B) left this machine, to 2 nodes.',
    ]);
    const left = [{ id: 'cy', count: 2, bytes: 5 }, ...even];
    expect(say({ left })[1]).toBe('4 messages (15 B) left this machine, to 3 nodes, 2 of them to cy.');
  });
});
