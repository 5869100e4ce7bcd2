import { expect, test } from '@jest/globals';
import { ShownPreviews } from '../../src/actors/shown-previews.ts';
import type { Envelope } from '../../src/domain/identity/signed-envelope.ts';

const document = (payload: string): Envelope => ({ payloadType: 'x', payload, signatures: [] });
const HOUR_MS = 3_600_000;

test('a preview is valid for an hour after it was last shown', () => {
  let nowMs = 0;
  const shown = new ShownPreviews(() => nowMs);
  const digest = shown.note(document('one'));
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  nowMs = HOUR_MS;
  expect(shown.has(digest)).toBe(true);
  nowMs += 1;
  expect(shown.has(digest)).toBe(false);
  expect(shown.note(document('one'))).toBe(digest);
  expect(shown.has(digest)).toBe(true);
});

test('no other document is valid, and none from before a change of what may leave', () => {
  const shown = new ShownPreviews(() => 0);
  const digest = shown.note(document('one'));
  expect(shown.has(new ShownPreviews(() => 0).note(document('two')))).toBe(false);
  shown.forget();
  expect(shown.has(digest)).toBe(false);
});

test('only the latest previews are remembered', () => {
  const shown = new ShownPreviews(() => 0);
  const digests = Array.from({ length: 100 }, (_, index) => shown.note(document(String(index))));
  const known = digests.map((digest) => shown.has(digest));
  expect(known.slice(0, 60)).not.toContain(true);
  expect(known.at(-1)).toBe(true);
});
