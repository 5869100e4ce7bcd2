# Caro mesh, zsh 5.3 and later: Enter rates the line before it runs (caro guard). It wraps the
# widget accept-line that is in force, so that other plugins keep theirs.
# Expects _caro_d, the spool; _caro_program, the path of caro; _caro_plain, lines that need no
# rating; _caro_rules, the folder of custom rules.

# Tests whether the line must not run. Standard input is a pipe: what was typed must be in no
# argument list.
_caro_stops() {
  emulate -L zsh
  local from failure every
  [[ $1 == *[^[:space:]]* ]] || return 1
  { read -r from failure every <$_caro_d/.guard } 2>/dev/null || return 1
  [[ -z $every && ! -d $_caro_rules && $1 =~ $_caro_plain ]] && return 1
  print -rn -- "$1" | "$_caro_program" guard check --shell zsh --from "$from"
  case $? in
    (0) return 1 ;;
    (77) return 0 ;;
    (*) [[ $failure == closed ]] ;;
  esac
}

_caro_enter() {
  if [[ -e $_caro_d/.guard ]] && { zle -I; _caro_stops "$PREBUFFER$BUFFER" }; then
    zle reset-prompt
  else
    zle _caro_accept_line
  fi
}

if [[ -o interactive && -o zle ]] && (( ! ${+widgets[_caro_accept_line]} )); then
  zle -A accept-line _caro_accept_line
  zle -N accept-line _caro_enter
fi
