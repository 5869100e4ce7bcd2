/** Everything that a document or a comment refers to exists (docs/architecture.md). */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { processContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/main.ts';
import { FOREIGN_NAMES } from './foreign-names.ts';
import {
  FILES,
  hashComments,
  isHashed,
  isMarkdown,
  isScript,
  type Passage,
  ROOT,
  readSource,
  type Source,
  textOf,
  wordsOf,
} from './prose.ts';
import { CHECKS, commandFault, type Known } from './references.ts';

const DOCUMENTS = FILES.filter(isMarkdown);
const generated = readdirSync(join(ROOT, 'src/generated')).map((name) => `src/generated/${name}`);
const sources = new Map<string, Source>(FILES.filter(isScript).map((file) => [file, readSource(file, textOf(file))]));

/** What scripts/build.ts makes, so that the test does not need a build. */
const builtFiles = (): readonly string[] => [
  'dist/page',
  'dist/third-party-notices.txt',
  ...[...textOf('scripts/build.ts').matchAll(/^ +'?([\w-]+)'?: 'src\//gm)].map(([, name = '']) => `dist/${name}.js`),
];

/** Identifiers and single words of all code, configuration and data. */
function namesInUse(): ReadonlySet<string> {
  const data = [...generated, ...FILES.filter((file) => /\.json$/.test(file) || isHashed(file))];
  const words = data.flatMap((file) =>
    wordsOf(isHashed(file) ? textOf(file).replaceAll(/^\s*#.*$/gm, '') : textOf(file)),
  );
  return new Set([...words, ...[...sources.values()].flatMap(({ names }) => [...names]), ...FOREIGN_NAMES]);
}

const sectionsOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#+ §?(\d+(?:\.\d+)*)\b/gm)].map(([, section = '']) => section));

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
const known: Known = {
  files: [...FILES, ...generated, ...builtFiles()],
  names: namesInUse(),
  requirements: new Set(
    [...textOf('docs/requirements.md').matchAll(/^\| (N?FR-\d{3}|[SE]\d) \|/gm)].map(([, id = '']) => id),
  ),
  npmScripts: new Set(Object.keys(scripts)),
  sections: new Map(DOCUMENTS.map((file) => [file, sectionsOf(textOf(file))])),
  program: createProgram(processContext(new AbortController().signal, () => undefined)),
};

const faultsIn = (passage: Passage): readonly string[] => CHECKS.flatMap((check) => check(passage, known));

const sorted = (passages: readonly Passage[]): readonly string[] => [...new Set(passages.flatMap(faultsIn))].sort();

test('every file, symbol, section, number and command that a comment names exists', () => {
  const comments = [
    ...[...sources.values()].flatMap(({ comments }) => comments),
    ...FILES.filter(isHashed).flatMap((file) => hashComments(file, textOf(file))),
  ];
  expect(comments.length).toBeGreaterThan(2000);
  expect(sorted(comments)).toEqual([]);
});

test('every file, symbol, section, number and command that a document names exists', () => {
  expect(DOCUMENTS.length).toBeGreaterThan(20);
  expect(sorted(DOCUMENTS.map((file) => ({ file, line: 1, text: textOf(file) })))).toEqual([]);
});

test('every command of caro that a message names exists', () => {
  const messages = [...sources].flatMap(([file, { strings }]) => (file.startsWith('src/') ? strings : []));
  const calls = messages.flatMap(({ file, line, text }) =>
    [...text.matchAll(/(?<=^|[:;,(] ?|\b(?:with|use|then|see|at) )caro ([a-z][a-z-]*(?: [a-z-]+)*)/g)].map(
      ([, call = '']) => ({ place: `${file}:${line}`, call }),
    ),
  );
  expect(calls.length).toBeGreaterThan(50);
  const faults = calls.flatMap(({ place, call }) => {
    const fault = commandFault(known.program, call);
    return fault === null ? [] : [`${place}: caro ${call}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

/** As GitHub names the place of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** `file: target` of each relative link that leads nowhere. */
function deadLinks(file: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    const isDead = !existsSync(join(ROOT, target));
    const isAstray = !isDead && anchor !== undefined && !anchorsIn(textOf(target)).includes(anchor);
    return isDead || isAstray ? [`${file}: ${link}`] : [];
  });
}

test('a file, symbol, section, number or command that does not exist is reported', () => {
  const text = [
    '`src/nothing.ts`, nothing.ts, docs/nothing.md, protocol.md and `test/{rig,nothing}/`; not src/bus/bus.ts.',
    '`nothingAtAll`, `Bus.nothingAtAll` and `nothingAtAll()`; not `wordsOf`.',
    'docs/protocol.md §1, §99 and §98, then §3; not RFC 8032 §99.',
    'ADR 9999, FR-NNN, NFR-NNN, (S9), `npm run nothing`; not ADR 0004, FR-101, (S1), `npm run lint`.',
    '`caro nothing`, `caro peers nothing`, `caro status --nothing`; not `caro peers list --json`.',
  ]
    .join('\n')
    .replaceAll('NNN', '999');
  // Unknown numbers are put together, so that test/docs/requirements.test.ts does not find them.
  const faults = faultsIn({ file: 'src/planted.ts', line: 11, text }).map((fault) => fault.replace(/FR-9+/, 'FR-NNN'));
  expect(faults).toEqual([
    'src/planted.ts:11: no file src/nothing.ts',
    'src/planted.ts:11: no file nothing.ts',
    'src/planted.ts:11: no file docs/nothing.md',
    'src/planted.ts:11: no file protocol.md',
    'src/planted.ts:11: no file test/{rig,nothing}/',
    'src/planted.ts:12: no symbol nothingAtAll',
    'src/planted.ts:12: no symbol Bus.nothingAtAll',
    'src/planted.ts:12: no symbol nothingAtAll()',
    'src/planted.ts:13: no section docs/protocol.md §99',
    'src/planted.ts:13: no section docs/protocol.md §98',
    'src/planted.ts:13: no document of §3',
    'src/planted.ts:14: no ADR 9999',
    'src/planted.ts:14: no requirement FR-NNN',
    'src/planted.ts:14: no requirement NFR-NNN',
    'src/planted.ts:14: no requirement S9',
    'src/planted.ts:14: no npm script nothing',
    'src/planted.ts:15: caro nothing: no command nothing',
    'src/planted.ts:15: caro peers nothing: no command nothing of peers',
    'src/planted.ts:15: caro status --nothing: no option --nothing of status',
  ]);
});

test('every relative link leads to a file, and to a heading where it names one', () => {
  expect(DOCUMENTS.flatMap((file) => deadLinks(file, textOf(file)))).toEqual([]);
  expect(deadLinks('README.md', '[a](docs/nothing.md) [b](#nowhere) [c](docs/errors.md#errors)')).toEqual([
    'README.md: docs/nothing.md',
    'README.md: #nowhere',
  ]);
});
