/** A program that is only asked for help, its version or a dry run changes nothing. */
import { describe, expect, test } from '@jest/globals';
import { isQueryOnly } from '../../src/risk/assess.ts';
import { rate } from '../../src/risk/rate.ts';
import { stepsOf } from '../../src/risk/step.ts';
import { analyse } from '../../src/shell/analyse.ts';

/** By step of the line. */
const asks = (command: string): readonly boolean[] => stepsOf(analyse(command, 'bash'), {}).map(isQueryOnly);

describe('asks only', () => {
  test.each([
    ['terraform destroy --help'],
    ['mkfs.ext4 --version'],
    ['helm uninstall web --dry-run'],
    ['helm uninstall web --dry-run=client'],
    ['helm uninstall web --dry-run=server'],
    ['kmod unload x --dry-run=true'],
    ['rclone purge x --what-if'],
    ['s3cmd rb s3://x --dryrun'],
    ['apt-get remove x --simulate'],
    ['gmake all --just-print'],
    ['wipefs --no-act -a /dev/sda'],
    ['cargo --version --verbose'],
    ['helm --version --short'],
    ['pip --version x1'],
    ['git push --force --dry-run -- origin'],
  ])('%s', (command) => {
    expect(asks(command)).toEqual([true]);
    expect(rate(command, 'bash').level).toBe('safe');
  });
});

describe('does something', () => {
  test.each([
    ['git push --force'],
    // Behind `--` there are operands.
    ['rm -rf -- --help'],
    ['git checkout -- --version'],
    // The value of another option.
    ['flux delete x --ref --help'],
    ['flux delete x --refspec --help'],
    ['helm uninstall web --dry-run=none'],
    ['x ---help'],
    ['x --helpful'],
    ['x a--help'],
    // A version, not a question.
    ['cargo yank --version 1.0.2 x'],
    ['cargo yank --version v2 x'],
  ])('%s', (command) => {
    expect(asks(command)).toEqual([false]);
  });

  test.each([['find . -delete --help'], ['tar --version -xf x --to-command=y'], ['node --version']])(
    '%s, because the words may be those of a command that it starts',
    (command) => {
      expect(asks(command)[0]).toBe(false);
    },
  );

  test('a wrapper, whose words include those of its command', () => {
    const [watch] = stepsOf(analyse('watch git push --dry-run', 'bash'), {}).filter(({ isWrapper }) => isWrapper);
    expect(watch && isQueryOnly(watch)).toBe(false);
    expect(asks('sudo -u ann git push --dry-run')).toEqual([false, true]);
  });

  test('an option like --ref only takes the word after it', () => {
    expect(asks('flux delete x --re --help')).toEqual([true]);
    expect(asks('flux delete --ref x --help')).toEqual([true]);
    expect(asks('flux delete x--ref --help')).toEqual([true]);
    expect(asks('flux delete --ref=x --help')).toEqual([true]);
    expect(asks('flux delete --help --ref x')).toEqual([true]);
    expect(asks('cargo yank 1.0 --version')).toEqual([true]);
    expect(asks('cargo yank --version x1')).toEqual([true]);
    expect(asks('cargo yank --help 1.0')).toEqual([true]);
  });
});
