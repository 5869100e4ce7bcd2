#!/bin/sh
':' /*
# The entry point. A shell runs the lines of this comment, Node.js the JavaScript below it.
# The service starts with the flags of v8-flags.txt. The command line starts without flags: with
# any, Node.js rejects its code cache and compiles its own modules again.
node=${CARO_NODE:-node}
flags=
# Sets `folder` to that of this file, behind symbolic links.
find_folder() {
  file=$0
  [ "${file%/*}" != "$file" ] || file=./$file
  while [ -L "$file" ]; do
    link=$(readlink "$file")
    case $link in /*) file=$link ;; *) file=${file%/*}/$link ;; esac
  done
  folder=${file%/*}
}
# The guard of a coding agent: if the service knows that the command may run, nothing else starts
# (docs/guard.md). Other agents expect an answer that only the guard gives.
case "$1 $2 $4 $3" in
  'guard agent --from claude-code' | 'guard agent --from codex' | \
  'guard agent --from gemini' | 'guard agent --from cursor')
    # As in src/config/places.ts.
    run=$HOME/.local/share/caro/run
    case $XDG_DATA_HOME in /*) run=$XDG_DATA_HOME/caro/run ;; esac
    case $XDG_RUNTIME_DIR in /*) run=$XDG_RUNTIME_DIR/caro ;; esac
    [ -z "$CARO_HOME" ] || run=$CARO_HOME/run
    case $run in /*) ;; *) run=/nowhere ;; esac
    if [ -S "$run/admin.sock" ] && command -v perl >/dev/null 2>&1; then
      find_folder
      # perl runs and prints nothing of its own: no module of the user, no warning about a locale.
      unset PERL5OPT PERL5LIB PERLLIB PERL5DB
      export PERL_BADLANG=0
      exec perl "$folder/../hooks/guard-ask.pl" "$run/admin.sock" agent "$5" "$node" "$0" "$@"
    fi
    ;;
esac
if [ "$1 $2" = 'service run' ]; then
  find_folder
  file=$folder/v8-flags.txt
  all=
  while read -r line; do
    case $line in --*) all="$all $line" ;; esac
  done <"$file"
  # With --version, Node.js names on a line of its own each flag that it does not know.
  # shellcheck disable=SC2086
  unknown="$("$node" $all --version 2>&1)
"
  while read -r line; do
    case $line in --*) ;; *) continue ;; esac
    for flag in $line; do
      case $unknown in
        *" $flag
"*) [ "$flag" != "${line%% *}" ] || break ;;
        *) flags="$flags $flag" ;;
      esac
    done
  done <"$file"
  # The C library returns freed memory to the system sooner (docs/adr/0002).
  export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=65536
  export MALLOC_TRIM_THRESHOLD_=32768 MALLOC_TOP_PAD_=16384
  # exec keeps the process id: see ensureFlags() below.
  export CARO_LAUNCHER=$$
fi
# Unquoted, so that each flag is a word of its own.
# shellcheck disable=SC2086
exec "$node" $flags "$0" "$@"
*/
// The service and the command line are separate bundles, so that neither loads the other.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const DIST = join(__dirname, '..', 'dist');
const LEAST_NODE = [20, 19];

/**
 * Escapes control characters: an error may quote a value of the configuration. As a literal, the
 * pattern would load the tables of Unicode at each start.
 */
const shown = (text) =>
  text.replace(
    /(?!\n)[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, '0')}`,
  );

function fail(text, code) {
  process.stderr.write(`caro: ${shown(text)}\n`);
  process.exitCode = code;
}

/** Causes that the user can fix. Anything else is a bug. */
const REMEDIES = {
  ERR_DLOPEN_FAILED:
    'the SQLite binding was built for another Node.js or a newer system; run: npm rebuild better-sqlite3 (or take the archive for this system)',
  MODULE_NOT_FOUND:
    'part of the program is missing; run: npm ci && npm run build (Node.js before 22.14 also needs a C++ compiler, make and Python)',
  ENOSPC: 'the disk is full; free some space',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open; raise the limit: ulimit -n',
};

/**
 * Shows only the kind of the error: its message may quote a command. The log has the rest.
 */
function failUnexpectedly(error) {
  // The loader of the SQLite binding has no code for a binding that is not there.
  const code = error?.tries ? 'MODULE_NOT_FOUND' : (error?.code ?? error?.name ?? 'unknown');
  const remedy = REMEDIES[code] ?? 'a bug in this program; see: caro service logs';
  fail(`cannot run, ${code}: ${remedy} (CARO_DEBUG=1 prints the stack trace)`, 1);
  if (process.env.CARO_DEBUG) process.stderr.write(`${error?.stack ?? String(error)}\n`);
}

/** What V8 accepts at run time on a Node.js that cannot replace itself. */
const LATE_FLAGS = ['--bytecode-old-age=1', '--flush-baseline-code', '--max-semi-space-size=2', '--expose-gc'];
if (process.versions.node.startsWith('20.')) LATE_FLAGS.unshift('--interrupt-budget=100000000');

/**
 * Replaces this process by the shell part above, so that `node bin/caro.js service run` has the V8
 * flags as well. A process that the shell part started, or that was given flags, continues.
 */
function ensureFlags(args) {
  const { CARO_LAUNCHER: launcher, ...env } = process.env;
  delete process.env.CARO_LAUNCHER;
  if (launcher === String(process.pid) || process.execArgv.length > 0) return;
  if (process.execve) process.execve('/bin/sh', ['sh', __filename, ...args], { ...env, CARO_NODE: process.execPath });
  // Node.js before 22.15. Flags that V8 reads only at start are missing: 3 to 4 MiB.
  const { setFlagsFromString } = require('node:v8');
  for (const flag of LATE_FLAGS) setFlagsFromString(flag);
  globalThis.gc = require('node:vm').runInNewContext('gc');
}

function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    fail(`expected Node.js ${LEAST_NODE.join('.')} or newer, got ${process.versions.node}; install a newer one`, 1);
    return;
  }
  const args = process.argv.slice(2);
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const isService = args[0] === 'service' && args[1] === 'run' && !wantsHelp;
  const isGuard = args[0] === 'guard' && /^(check|agent)$/.test(args[1]) && !wantsHelp;
  const bundle = join(DIST, isService ? 'daemon.js' : isGuard ? 'guard.js' : 'cli.js');
  if (!existsSync(bundle)) {
    fail(`expected the built program in ${DIST}, found none; run: npm run build`, 1);
    return;
  }
  // Only errors of src/domain/errors.ts have an exit code.
  const end = (error) => (error?.exitCode ? fail(error.message, error.exitCode) : failUnexpectedly(error));
  if (isService) {
    ensureFlags(args);
    require(bundle).runService(args.slice(2)).catch(end);
    return;
  }
  if (isGuard) {
    // The thread that limits its time may still run.
    require(bundle)
      .runGuard(args)
      .then((code) => process.exit(code))
      .catch(end);
    return;
  }
  require(bundle)
    .runCli(args)
    .then((code) => {
      process.exitCode = code;
    })
    .catch(end);
}

try {
  main();
} catch (error) {
  failUnexpectedly(error);
}
