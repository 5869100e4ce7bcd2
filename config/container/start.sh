#!/bin/sh
# The first process of a container: writes CARO_TOML to the configuration file, then runs the
# service. An existing configuration file is left unchanged.
set -eu
umask 077
toml=${CARO_HOME:?expected CARO_HOME to name the data volume}/config/caro.toml
if [ -n "${CARO_TOML:-}" ] && [ ! -e "$toml" ]; then
  mkdir -p "$CARO_HOME/config"
  printf '%s\n' "$CARO_TOML" >"$toml.new"
  mv "$toml.new" "$toml"
fi
unset CARO_TOML
exec caro service run
