/*
 * Lines that no rule of this program rates as high or more, so that a shell runs them without
 * starting this program. A test holds the list against every rule.
 */

const PROGRAMS =
  'cd|pushd|popd|pwd|ls|ll|la|tree|clear|exit|logout|jobs|fg|bg|which|type|whoami|id|uptime|free|df|du|ps|top|htop|sleep|true|false|jest|vitest|pytest|tsc|eslint|mypy|ruff';
const SUBCOMMANDS = [
  'git (?:status|diff|log|show|commit|fetch|pull|blame|describe|rev-parse|shortlog)',
  'npm (?:run|test|start|ls|outdated)',
  'yarn (?:test|start|build)',
  'pnpm (?:test|start|build)',
  'cargo (?:build|check|test|fmt|clippy|doc)',
  'go (?:build|test|vet|fmt|doc)',
  'make(?: (?:all|test|check|build))?',
  'docker (?:ps|images|logs)',
];
/** A name or a relative path whose parts do not begin with a point, `.`, `..`, or an option. */
const PART = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const WORD = `(?:--?[A-Za-z0-9][A-Za-z0-9-]*|\\.\\.?(?:/\\.\\.)*|${PART}(?:/${PART})*/?)`;

/** In the syntax that bash, zsh, fish and JavaScript share: no class or group but plain ones. */
export const PLAIN_LINE = `^(${PROGRAMS}|${SUBCOMMANDS.join('|')})( +${WORD})* *$`.replaceAll('(?:', '(');
