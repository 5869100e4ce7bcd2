# Caro mesh, bash 4 and later: Ctrl-R searches the commands of this node (caro search). Asked for
# with `caro shell init bash --ctrl-r`.
# Expects _caro_program, the path of caro.
# shellcheck disable=SC2154 # set by the line before this text

_caro_search() {
  local _caro_found
  # By a pipe: what was typed must be in no argument list.
  _caro_found=$(builtin printf %s "$READLINE_LINE" | "$_caro_program" search --interactive --shell "$$") &&
    [[ $_caro_found ]] && READLINE_LINE=$_caro_found READLINE_POINT=${#_caro_found}
}

if [[ $- == *i* ]]; then
  for _caro_u in emacs vi-insert vi-command; do builtin bind -m "$_caro_u" -x '"\C-r": _caro_search'; done
fi
