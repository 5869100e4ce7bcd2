#!/bin/sh
# Installs Caro mesh from this folder for the current user, without using the network.
#
#   sh install.sh              ~/.local/lib/caro and ~/.local/bin/caro
#   CARO_PREFIX=/opt/caro sh install.sh
#
# To upgrade, run it again with a newer archive. Data and configuration are elsewhere and stay.
set -eu

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
prefix=${CARO_PREFIX:-${HOME:?expected HOME or CARO_PREFIX to be set}/.local}
lib=$prefix/lib/caro

command -v node >/dev/null 2>&1 || fail 'expected node (Node.js 20.19 or newer) on PATH, found none; install it first'
found=$(node -p 'process.versions.node')
node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  fail "expected Node.js 20.19 or newer, got $found; install a newer one"

modules=$here/node_modules
# The choice of src/storage/sqlite.ts: one binding for every Node.js with Node-API 10, or else one
# for exactly this version.
if [ "$(node -p 'Number(process.versions.napi) >= 10')" = true ]; then
  sqlite=better-sqlite3-napi
  binding=$(node -p '"prebuilds/" + [process.platform, process.arch].join("-") + ".node"')
else
  sqlite=better-sqlite3
  binding=$(node -p '"lib/binding/" + ["node-v" + process.versions.modules, process.platform, process.arch].join("-") + "/better_sqlite3.node"')
fi
[ -f "$modules/$sqlite/$binding" ] ||
  fail "expected $sqlite/$binding for Node.js $found, this archive contains: $(cd "$modules" && find . -name '*.node' | sed 's#^\./##' | tr '\n' ' ')- use a Node.js that fits, or an archive made for this one"

if command -v sha256sum >/dev/null 2>&1; then
  check='sha256sum'
elif command -v shasum >/dev/null 2>&1; then
  check='shasum -a 256'
else
  fail 'expected sha256sum or shasum on PATH to check the files, found neither'
fi
(cd "$here" && $check -c SHA256SUMS >/dev/null 2>&1) ||
  fail 'expected the checksums in SHA256SUMS, some files differ; unpack the archive again'

umask 022
mkdir -p "$prefix/lib" "$prefix/bin"
new=$lib.new.$$
trap 'rm -rf "$new"' EXIT
rm -rf "$new"
mkdir "$new"
# Copies only the files that were checked.
(cd "$here" && sed 's/^[^ ]*  //' SHA256SUMS | tar -cf - -T - SHA256SUMS) | (cd "$new" && tar -xf -)

node -e 'new (require(process.argv[1]))(":memory:").close()' "$new/node_modules/$sqlite" >/dev/null 2>&1 ||
  fail "expected $sqlite/$binding to load on this system, it does not (another C library?); make an archive on a system like this one"
version=$("$new/bin/caro.js" version) || fail 'expected the program to start, it does not; unpack the archive again'

old=$lib.old.$$
next=init
if [ -e "$lib" ]; then
  mv "$lib" "$old"
  next='service restart'
fi
mv "$new" "$lib"
rm -rf "$old"
ln -sf "$lib/bin/caro.js" "$prefix/bin/caro"

printf 'Installed caro %s in %s.\n' "$version" "$lib"
case ":$PATH:" in
  *":$prefix/bin:"*) printf 'Next: caro %s\n' "$next" ;;
  *) printf 'Next: %s/bin/caro %s (put %s/bin on PATH to call it caro)\n' "$prefix" "$next" "$prefix" ;;
esac
