import { describe, expect, test } from '@jest/globals';
import { launchdAgent, systemdUnit } from '../../../src/cli/service/unit.ts';
import { placesFrom } from '../../../src/config/places.ts';

const VARIABLES = ['CARO_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'];
const PATHS = ['/home/a\nExecStartPre=/tmp/x', '/home/a\r', '/home/\u001b]0;x', '/home/\u0085x', '/home/\u2028x'];
const REFUSED = { code: 'usage', message: expect.stringContaining('control characters') };

const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe.each(VARIABLES)('a control character in %s', (name) => {
  test.each(PATHS)('is refused in the places and in a service unit: %j', (path) => {
    expect(thrown(() => placesFrom({ [name]: path }, '/home/a'))).toMatchObject(REFUSED);
    expect(thrown(() => systemdUnit({ [name]: path }, '/home/a'))).toMatchObject(REFUSED);
  });
});

test.each(PATHS)('a launchd agent takes no path with a control character: %j', (path) => {
  for (const name of ['CARO_HOME', 'XDG_DATA_HOME'])
    expect(thrown(() => launchdAgent({ [name]: path }))).toMatchObject(REFUSED);
});

test.each(PATHS)('a home directory with a control character is refused: %j', (path) => {
  expect(thrown(() => placesFrom({}, path))).toMatchObject(REFUSED);
});

test('any other character may stand in a path', () => {
  expect(placesFrom({ CARO_HOME: '/home/ä b"$%\\\'' }, '/home/a').data).toBe('/home/ä b"$%\\\'/data');
});
