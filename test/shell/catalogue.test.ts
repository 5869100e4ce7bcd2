import { describe, expect, test } from '@jest/globals';
import {
  FAMILIES,
  familyOf,
  isPattern,
  lookupTool,
  patternOf,
  toolNames,
} from '../../src/shell/catalogue/catalogue.ts';

const invocation = (line: string) => {
  const [tool = '', ...args] = line.split(' ');
  return {
    tool,
    args: args.map((text, at) => ({ value: text, text, parts: [], exact: true, start: at, end: at })),
  };
};

describe('the tool catalogue (FR-403)', () => {
  test('contains at least 400 tools in at least 20 families, none of them empty', () => {
    const used = new Set(toolNames().map(familyOf));
    expect(toolNames().length).toBeGreaterThanOrEqual(400);
    expect(used.size).toBeGreaterThanOrEqual(20);
    expect([...used, 'other'].sort()).toEqual([...FAMILIES].sort());
  });

  test('has unique names: every alias belongs to one tool, and a canonical name resolves to itself', () => {
    const owners = new Map<string, string>();
    for (const name of toolNames()) {
      const tool = lookupTool(name);
      expect(tool?.name).toBe(name);
      for (const alias of tool?.aliases ?? []) {
        expect(owners.get(alias)).toBeUndefined();
        expect(toolNames()).not.toContain(alias);
        owners.set(alias, name);
      }
    }
  });

  test('contains only words that a closed schema can enumerate', () => {
    for (const name of toolNames()) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9._+-]{0,39}$/);
      for (const word of lookupTool(name)?.subcommands ?? []) expect(word).toMatch(/^[\w][\w.:+-]{0,39}$/);
    }
  });

  test.each([
    ['kubectl', 'k', 'kubernetes'],
    ['python', 'python3.11', 'python'],
    ['pip', 'pip3', 'python'],
    ['clang', 'clang-17', 'build'],
    ['grep', 'egrep', 'text'],
    ['test', '[', 'shell'],
    ['psql', 'psql', 'databases'],
    ['docker', 'docker.exe', 'containers'],
  ])('knows %s also as %s', (name, alias, family) => {
    expect(lookupTool(alias)?.name).toBe(name);
    expect(familyOf(alias)).toBe(family);
  });

  test('classifies an unknown name as other', () => {
    for (const name of ['deploy-acme-secret-project', '__proto__', 'constructor', '', '../git', 'Ü'])
      expect([familyOf(name), patternOf(invocation(name))]).toEqual(['other', 'other']);
    expect(lookupTool('toString')).toBeUndefined();
  });
});

describe('patterns', () => {
  test.each([
    ['git -C /srv/app push --force', 'git push'],
    ['git -c user.name=x commit', 'git commit'],
    ['git my-secret-alias', 'git'],
    ['git', 'git'],
    ['kubectl -n prod --context=eu get pods', 'kubectl get'],
    ['aws --profile prod s3 rb s3://b', 'aws s3'],
    ['python3 -m pip install x', 'pip install'],
    ['cargo +nightly build', 'cargo build'],
    ['ls push', 'ls'],
    ['acme-deploy push', 'other'],
  ])('%s counts as %s', (line, pattern) => {
    expect(patternOf(invocation(line))).toBe(pattern);
    expect(isPattern(pattern)).toBe(true);
  });

  test('isPattern rejects other texts, so that the egress gate can refuse them', () => {
    for (const text of ['git my-secret-alias', 'acme', 'k', 'git push ', ' git', 'git  push', '', 'other x', 'ls push'])
      expect([text, isPattern(text)]).toEqual([text, false]);
  });
});
