/** Comment lines have at most 100 characters; `markdownlint-cli2` checks documents. */
import { expect, test } from '@jest/globals';
import { FILES, hashComments, isHashed, isScript, type Passage, readSource, textOf } from './prose.ts';

const MAX_CHARACTERS = 100;

const comments = (file: string, text: string): readonly Passage[] =>
  isScript(file) ? readSource(file, text).comments : isHashed(file) ? hashComments(file, text) : [];

/** Each line that holds nothing but a comment, or a part of one, and is too long. */
function longLines(file: string, text: string): readonly string[] {
  const lines = text.split('\n');
  return comments(file, text).flatMap((comment) =>
    comment.text.split('\n').flatMap((_, index) => {
      const line = comment.line + index;
      const content = lines[line - 1] ?? '';
      const isComment = index > 0 || /^\s*(?:\/\/|\/\*|#)/.test(content);
      // A setting that is commented out (config/caro.example.toml) is a line of code.
      const cannotWrap = /https?:\/\/\S{40}|biome-ignore|^# [a-z_]+ = /.test(content);
      return isComment && !cannotWrap && Array.from(content).length > MAX_CHARACTERS ? [`${file}:${line}`] : [];
    }),
  );
}

test('comment lines have at most 100 characters', () => {
  expect(FILES.flatMap((file) => longLines(file, textOf(file)))).toEqual([]);
});

test('a longer comment line is reported, a longer line of code is not', () => {
  const long = 'x'.repeat(MAX_CHARACTERS);
  expect(longLines('a.ts', `/** ${long}\n * ${long} */\nconst a = '// ${long}'; // ${long}\n// short`)).toEqual([
    'a.ts:1',
    'a.ts:2',
  ]);
  expect(longLines('a.sh', `#!/bin/sh ${long}\n  # ${long}\necho ${long} # ${long}`)).toEqual(['a.sh:2']);
});
