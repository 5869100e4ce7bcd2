/** Recipes of makefiles that are written on the command line. */
import { expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';

/** The programs that recipes start, with their words. */
const started = (command: string): readonly string[] =>
  analyse(command, 'bash')
    .invocations.filter(({ via }) => via.some(({ name }) => name === 'make'))
    .map(({ tool, args }) => [tool, ...args.map(({ text }) => text)].join(' '));

test.each([
  ["make -f - <<< $'all:\\n\\trm -rf x'", ['rm -rf x']],
  ["make -f- <<< $'all:\\n\\trm -rf x'", ['rm -rf x']],
  ["make --file=/dev/stdin <<< $'all:\\n\\trm x'", ['rm x']],
  ["make --makefile - <<< $'all:\\n\\trm x'", ['rm x']],
  ["printf 'all:\\n\\trm x\\n' | make -f -", ['rm x']],
  ['make -f - <<E\nall: one; rm x\nE', ['rm x']],
  ['make -f - <<E\nall:; rm x\nE', ['rm x']],
  ["make --eval='all: ; rm x'", ['rm x']],
  ["make -E 'all: ; rm x'", ['rm x']],
  ["make -s -C d --eval $'all:\\n\\trm x'", ['rm x']],
  ["printf 'all:\\n\\trm x\\n' > m; make -f m", ['rm x']],
  // Signs before a command are make's own; each line is a command of its own.
  [
    "make --eval=$'all:\\n\\t@rm a\\n\\t-rm b\\n\\t+rm c\\n\\t@-rm d\\n\\t  rm e'",
    ['rm a', 'rm b', 'rm c', 'rm d', 'rm e'],
  ],
  ["make --eval=$'all:\\n\\tcd /x && rm y'", ['cd /x', 'rm y']],
  // What make runs while it reads the file.
  ["make --eval='$(shell rm x)'", ['rm x']],
  ["make --eval='x := $(shell rm $$HOME)'", ['rm $HOME']],
  ["make --eval='x != rm x'", ['rm x']],
  ["echo '$(shell rm x)' | make -f -", ['rm x']],
  // A file that is not named, and what a substitution prints.
  ["printf 'all:\n\trm x\n' > Makefile; make", ['rm x']],
  ["printf 'all:\n\trm x\n' > GNUmakefile && make all", ['rm x']],
  ["make -f <(printf 'all:\n\trm x\n')", ['rm x']],
  ["bmake -f - <<< $'all:\n\trm x'", ['rm x']],
  ["remake --eval='all: ; rm x'", ['rm x']],
  // The shell of the recipes.
  ["make SHELL='rm x' all", ['rm x']],
  // A doubled sign is one for the shell.
  ["make --eval=$'all:\\n\\tx=1; echo $$x'", ['echo 1']],
])('%s', (command, programs) => {
  expect(started(command)).toEqual(programs);
});

test.each([
  // No recipe: a variable, a comment, prerequisites, text without a tab.
  ["make --eval='x = a; rm x'"],
  ["make --eval='# all: ; rm x'"],
  ["make --eval='all: one two'"],
  ["make --eval=$'all:\\nrm x'"],
  ["make --eval='x := all: ; rm x'"],
  // Another file, or another option.
  ["printf 'all:\\n\\trm x\\n' > m; make -f n"],
  ["printf 'all:\\n\\trm x\\n' > m; make -C m"],
  ["printf 'all:\\n\\trm x\\n' | make"],
  ['make -f - < makefile'],
  ["printf 'all:\n\trm x\n' > Makefile; make -C d"],
  ["printf 'all:\n\trm x\n' > Makefile; make -f m"],
  ["make CC='rm x'"],
  ["make --eval='x = $(patsubst rm x)'"],
  ['make'],
])('%s starts nothing that is known', (command) => {
  expect(started(command)).toEqual([]);
});

test('the commands of a recipe are not on the line itself, and do not read its input', () => {
  const [rm] = analyse("echo y | make --eval='all: ; rm -i x'", 'bash').invocations.filter(({ tool }) => tool === 'rm');
  expect(rm).toMatchObject({ topLevel: false, depth: 1, input: { kind: 'inherited' } });
  expect(rm?.via).toMatchObject([{ name: 'make', args: [{ text: '--eval=all: ; rm -i x' }] }]);
});
