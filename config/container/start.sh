#!/bin/sh
# The first process of a container: writes the text of CARO_TOML as the configuration where there is none yet, and becomes the service.
# An existing configuration is the owner's, and stays as it is.
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
