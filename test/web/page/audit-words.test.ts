import { expect, test } from '@jest/globals';
import { detailText } from '../../../src/web/page/model/audit-words.ts';

const ANA = 'caro:ed25519:Sj/7JLZY0U6wBn9j7xKgKURWQC1L3AMZoS/nBAfr1vM=';
const text = (details: Parameters<typeof detailText>[0]['details']): string =>
  detailText({ details }, (id) => (id === ANA ? 'ana' : '?'));

test('nodes are named, also where they are the key of a member', () => {
  expect(text({ nodes: { [ANA]: 'peer' }, deny: { nodes: [ANA], subnets: [] } })).toBe(
    'nodes: ana peer · deny: nodes ana, subnets none',
  );
});

test('queries and connections are told in words', () => {
  expect(text({ query: 'safety-posture', spanHours: 24, targets: 1 })).toBe(
    'Safety posture · over 24 hours · 1 node asked',
  );
  expect(text({ address: '127.0.0.1', direction: 'inbound', skewMs: -9 })).toBe(
    'address: 127.0.0.1 · it dialled this node · clocks differ by 9 ms',
  );
});

test('what is not known is told as it is, and long digests are cut', () => {
  expect(text({ query: 'of-a-later-version', deny_tools: [], id: '0123456789abcdef0123456789abcdef' })).toBe(
    'query: of-a-later-version · deny tools: none · id: 01234567…',
  );
});
