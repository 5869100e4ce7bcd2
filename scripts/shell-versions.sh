#!/usr/bin/env bash
# Runs test/hooks with the shells of other Debian and Ubuntu releases, each in its own root folder
# under /var/tmp, which debootstrap creates once.
#   scripts/shell-versions.sh [RELEASE …] [-- JEST ARGUMENT …]
# The default is bullseye, trixie and sid of Debian, bionic and focal of Ubuntu, and all of
# test/hooks. Of Ubuntu's shells, bash and zsh are tested, which are older than those of Debian.
# Needs root, debootstrap and mirrors. CARO_SHELL_ROOTS, CARO_DEBIAN_MIRROR and CARO_UBUNTU_MIRROR
# set another folder and other mirrors. The exit status is 0 if every release passed.
set -euo pipefail
cd "$(dirname "$0")/.."

roots=${CARO_SHELL_ROOTS:-/var/tmp/caro-shells}

# In its own mount namespace, so that nothing stays mounted when the script ends.
if [ -z "${CARO_SHELL_VERSIONS_INSIDE-}" ]; then
  CARO_SHELL_VERSIONS_INSIDE=1 exec unshare --mount --propagation private "$0" "$@"
fi

releases=()
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
  releases+=("$1")
  shift
done
[ "$#" -eq 0 ] || shift
[ "${#releases[@]}" -gt 0 ] || releases=(bullseye trixie sid bionic focal)
[ "$#" -gt 0 ] || set -- test/hooks

make_root() { # RELEASE ROOT PACKAGES
  local packages=$3 mirror=${CARO_DEBIAN_MIRROR:-http://deb.debian.org/debian} more=()
  [ ! -e "$2/made" ] || return 0
  # Programs that the hook is tested with, in the release that packages them all.
  [ "$1" != sid ] || packages+=,starship,atuin,zoxide,direnv,fzf,ble.sh,zsh-autosuggestions,zsh-syntax-highlighting
  if is_ubuntu "$1"; then
    mirror=${CARO_UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
    more+=("--components=main,universe")
    # Debian has no keyring of Ubuntu's archive.
    [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || more+=(--no-check-gpg)
  fi
  mkdir -p "$roots"
  debootstrap "${more[@]}" --variant=minbase --include="$packages" "$1" "$2" "$mirror" >"$2.log"
  touch "$2/made"
}

is_ubuntu() { [ "$1" = bionic ] || [ "$1" = focal ]; }

status=0
for release in "${releases[@]}"; do
  root=$roots/$release
  names=()
  if is_ubuntu "$release"; then
    shells=bash,zsh
    names=(--testNamePattern '\b(bash|zsh)\b')
  else
    shells=bash,zsh,fish,dash,busybox,mksh,ksh93u+m
    [ "$release" != bullseye ] || shells=${shells%93u+m}
  fi
  make_root "$release" "$root" "$shells,procps"
  # What a shell under test needs of this system: homes and the spool in /tmp, and this tree.
  for place in /tmp /proc /dev "$PWD"; do
    mkdir -p "$root$place"
    mount --rbind "$place" "$root$place"
  done
  echo "== $release"
  # shellcheck disable=SC2016,SC2086 # dpkg's own variables; one argument for each shell
  chroot "$root" dpkg-query -W -f '${Package} ${Version}\n' ${shells//,/ }
  CARO_TEST_SHELL_ROOT=$root npx jest --testPathIgnorePatterns shell-init --silent "${names[@]}" "$@" || status=1
done
exit "$status"
