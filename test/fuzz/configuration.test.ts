import { describe } from '@jest/globals';
import { managedProblems, ownerProblems } from '../../src/config/cross-checks.ts';
import { encodeManaged } from '../../src/config/managed/managed-settings.ts';
import { located, problemLine } from '../../src/config/problem.ts';
import { CONFIGURATION_SCHEMA, MANAGED_SCHEMA } from '../../src/config/schema.ts';
import { parseSettings } from '../../src/config/settings-file.ts';
import { validateConfiguration, validateManaged } from '../../src/generated/configuration-validators.js';
import { fuzzTest } from './rig/fuzzer.ts';
import { holds, same } from './rig/invariants.ts';

const ID = 'caro:ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const OWNER = [
  '[node]\nname = "dev-laptop"\nrole = "security"\n[observe]\nshells = ["bash", "zsh"]\nredact = true\nignore = ["pass *"]\n',
  '[dashboard]\nhost = "::1"\nport = 0\n[mesh]\nenabled = true\nlisten = "10.0.1.7:9238"\nmdns = false\nallow_dns = true\n',
  `[[mesh.peers]]\nname = "ciso"\nid = "${ID}"\naddress = "[fd00::5]:9238"\n[trust.nodes]\n"${ID}" = "supervisor"\n`,
  `[trust]\ndefault = "share_to"\n[trust.subnets]\n"10.0.1.0/24" = "peer"\n[trust.deny]\nnodes = ["${ID}"]\nsubnets = ["fd00::/8"]\n`,
  `[[trust.tests]]\nwho = "${ID}"\nfrom = "10.0.1.7"\nquery = "safety-posture"\nexpect = "allow L2"\n[sharing]\nlevel = 2\n`,
  'a.b.c = 1\n"quoted key" = \'literal\'\nx = """\nmany\nlines"""\ny = { z = [1, 2, [3]], "w" = 1979-05-27T07:32:00Z }\n# comment\n',
];
const WORDS = [
  ...['[', ']', '[[', ']]', '{', '}', '= ', '"""', "'''", '\n', '# ', ', ', '.', 'true', '1e9', '0x1F', '1979-05-27'],
  ...[
    'node.',
    'trust.',
    'mesh.peers',
    '[trust.nodes]\n',
    'sharing.level = 1\n',
    '"__proto__" = 1\n',
    '\\u001b',
    '\ufeff',
  ],
];

describe('configuration files', () => {
  fuzzTest({
    name: 'any text is settings that hold to their schema, or problems that name a line of it',
    seeds: OWNER.map((text) => Buffer.from(text)),
    words: WORDS,
    run: (input) => {
      const text = input.toString();
      const settings = parseSettings('caro.toml', text, CONFIGURATION_SCHEMA, validateConfiguration);
      const lines = text.split('\n').length;
      const found =
        'data' in settings
          ? ownerProblems(settings.data).map((finding) => located(settings.file, settings.lines, finding))
          : settings.problems;
      holds(
        'every problem is on a line of the file',
        found.every(({ line }) => line >= 1 && line <= lines),
      );
      // Keys are shown whole, since that is what is to be mended; values in part.
      holds(
        'no text is longer than it has to be',
        found.every((problem) => problemLine(problem).length < 2 * text.length + 1_000),
      );
    },
  });

  fuzzTest({
    name: 'what commands have written reads the same after it is written again',
    seeds: OWNER.slice(2, 5).map((text) => Buffer.from(text.replace(/\[\[trust\.tests\]\][^[]*/, ''))),
    words: WORDS,
    run: (input) => {
      const settings = parseSettings('managed.toml', input.toString(), MANAGED_SCHEMA, validateManaged);
      if (!('data' in settings)) return;
      managedProblems(settings.data, { allow_dns: false, allow_public: false });
      const again = parseSettings('managed.toml', encodeManaged(settings.data), MANAGED_SCHEMA, validateManaged);
      holds('what is written can be read', 'data' in again);
      if ('data' in again) same('settings', again.data, settings.data);
    },
  });
});
