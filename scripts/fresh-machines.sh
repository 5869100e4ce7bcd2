#!/usr/bin/env bash
# Runs the README's two commands on fresh machines: root folders that debootstrap makes, with
# Node.js, npm, git and a compiler. Each run clones the last commit and calls
# `npm ci && npm start` until the service answers, then `npm ci && npm test`.
#   scripts/fresh-machines.sh [RELEASE[:USER[:SHELLS]] …] [-- JEST ARGUMENT …]
# RELEASE is bookworm, trixie or noble; USER is root or ada; SHELLS is none or all (zsh, fish, dash,
# busybox, ksh, mksh, tmux, chromium and other programs that tests use). A part left out stands for
# both. The default is all twelve. The exit status is 0 if every run passed.
# Needs root, debootstrap and mirrors. CARO_FRESH_ROOTS, CARO_DEBIAN_MIRROR and CARO_UBUNTU_MIRROR
# set another folder and other mirrors.
set -euo pipefail
cd "$(dirname "$0")/.."

roots=${CARO_FRESH_ROOTS:-/var/tmp/caro-fresh}
extra='zsh fish dash busybox ksh mksh tmux iproute2 systemd mandoc procps openssl locales'

# In namespaces of its own, so that nothing stays mounted or running when the script ends.
if [ -z "${CARO_FRESH_INSIDE-}" ]; then
  CARO_FRESH_INSIDE=1 exec unshare --mount --pid --fork --propagation private "$0" "$@"
fi

machines=()
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
  IFS=: read -r release user shells <<<"$1"
  for who in ${user:-root ada}; do
    for which in ${shells:-none all}; do machines+=("$release $who $which"); done
  done
  shift
done
[ "$#" -eq 0 ] || shift
if [ "${#machines[@]}" -eq 0 ]; then
  for release in bookworm trixie noble; do
    for who in root ada; do
      for which in none all; do machines+=("$release $who $which"); done
    done
  done
fi

inside() { # ROOT COMMAND …
  local root=$1
  shift
  chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}

# Debian 13 packages a Node.js that is new enough. The others get this machine's, as from an
# archive of nodejs.org, with its npm and the headers that a binding is compiled with.
install_node() { # RELEASE ROOT
  if [ "$1" = trixie ]; then
    inside "$2" apt-get install -y -qq --no-install-recommends nodejs npm
    return
  fi
  local prefix
  prefix=$(dirname "$(dirname "$(command -v node)")")
  mkdir -p "$2"/usr/local/{bin,lib/node_modules,include}
  cp -L "$(command -v node)" "$2/usr/local/bin/node"
  cp -a "$(npm root -g)/npm" "$2/usr/local/lib/node_modules/"
  [ ! -d "$prefix/include/node" ] || cp -a "$prefix/include/node" "$2/usr/local/include/"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$2/usr/local/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$2/usr/local/bin/npx"
  echo 'nodedir=/usr/local' >>"$2/usr/local/lib/node_modules/npm/npmrc"
}

make_root() { # RELEASE ROOT SHELLS
  [ ! -e "$2/made" ] || return 0
  local mirror=${CARO_DEBIAN_MIRROR:-http://deb.debian.org/debian} more=()
  if [ "$1" = noble ]; then
    mirror=${CARO_UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
    more=("--components=main,universe")
    # Debian has no keyring of Ubuntu's archive.
    [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || more+=(--no-check-gpg)
    [ -e /usr/share/debootstrap/scripts/noble ] || ln -s gutsy /usr/share/debootstrap/scripts/noble
  fi
  mkdir -p "$roots"
  debootstrap --variant=minbase "${more[@]}" --include=ca-certificates,git,build-essential,python3 "$1" "$2" "$mirror" >"$2.log"
  install_node "$1" "$2" >>"$2.log" 2>&1
  if [ "$3" = all ]; then
    # Ubuntu's chromium is a snap, which does not run here.
    [ "$1" = noble ] || inside "$2" apt-get install -y -qq --no-install-recommends chromium >>"$2.log" 2>&1
    # shellcheck disable=SC2086
    inside "$2" apt-get install -y -qq --no-install-recommends $extra >>"$2.log" 2>&1
  fi
  inside "$2" useradd --create-home ada
  touch "$2/made"
}

# What this machine's administrator has set for every program, such as a certificate of the site.
share_network() { # ROOT
  cp /etc/resolv.conf /etc/hosts "$1/etc/"
  cp -r /usr/local/share/ca-certificates/. "$1/usr/local/share/ca-certificates/"
  inside "$1" update-ca-certificates >/dev/null 2>&1
}

# shellcheck disable=SC2016 # variables of the shell inside
main_command='cd ~/caro-mesh && npm ci || exit
npm start &
for _ in $(seq 600); do bin/caro.js status >/dev/null 2>&1 && break; sleep 0.5; done
bin/caro.js status && bin/caro.js service stop'

run_in() { # ROOT USER COMMAND
  inside "$1" runuser --login "$2" --command "export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_cafile=/etc/ssl/certs/ca-certificates.crt; $3"
}

status=0
for machine in "${machines[@]}"; do
  read -r release user shells <<<"$machine"
  root=$roots/$release-$shells
  make_root "$release" "$root" "$shells"
  share_network "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  # As Debian 13 does at boot.
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  home=$(inside "$root" sh -c "echo ~$user")
  rm -rf "${root:?}$home/caro-mesh" "${root:?}$home/.local" "${root:?}$home/.config"
  git clone -q --no-hardlinks . "$root$home/caro-mesh"
  inside "$root" chown -R "$user" "$home/caro-mesh"
  echo "== $release, $user, shells: $shells"
  run_in "$root" "$user" "$main_command" || { echo "FAILED: npm ci && npm start"; status=1; }
  run_in "$root" "$user" "cd ~/caro-mesh && npm ci && npm test -- --silent $*" || { echo "FAILED: npm ci && npm test"; status=1; }
  umount -R "$root/proc" "$root/dev" "$root/tmp"
done
exit "$status"
