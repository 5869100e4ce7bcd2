# Caro mesh, zsh 5.3 and later: Enter rates the line before it runs (caro guard). It wraps the
# widget accept-line that is in force, so that other plugins keep theirs.
# Expects _caro_d, the spool; _caro_program, the path of caro; _caro_plain, lines that need no
# rating; _caro_rules, the folder of custom rules; _caro_socket, the control socket.

# Tests whether the line must not run. Standard input is a pipe: what was typed must be in no
# argument list.
_caro_stops() {
  emulate -L zsh
  local from failure every
  [[ $1 == *[^[:space:]]* ]] || return 1
  { read -r from failure every <$_caro_d/.guard } 2>/dev/null || return 1
  [[ -z $every && ! -d $_caro_rules && $1 =~ $_caro_plain ]] && return 1
  _caro_service_allows "$1" "$from" && return 1
  # The question stands below the line, wherever the cursor was.
  CURSOR=$#BUFFER
  zle -R
  print -rn -- "$1" | "$_caro_program" guard check --shell zsh --from "$from"
  case $? in
    (0) return 1 ;;
    (77) return 0 ;;
    (*) [[ $failure == closed ]] ;;
  esac
}

# _caro_service_allows TEXT LEVEL: asks the service, which answers sooner than the guard starts. A
# fork, because a service that ends meanwhile ends whoever writes to it. The service refuses what is
# not UTF-8 or has another control character.
_caro_service_allows() (
  emulate -L zsh
  [[ -S $_caro_socket && -O $_caro_socket && -n $HOME ]] && (( $#1 <= 2000 )) || return 1
  zmodload zsh/net/socket && zsocket $_caro_socket || return 1
  local answer quote='"'
  local -a values=("$1" "${PWD:A}" "$HOME")
  values=("${(@)values//\\/\\\\}")
  values=("${(@)values//$quote/\\$quote}")
  values=("${(@)values//$'\n'/\\n}")
  values=("${(@)values//$'\t'/\\t}")
  print -rn -u $REPLY -- '{"jsonrpc":"2.0","id":1,"method":"guard.check","params":{"shell":"zsh",'
  print -r -u $REPLY -- '"from":"'$2'","command":"'$values[1]'","cwd":"'$values[2]'","home":"'$values[3]'"}}'
  read -r -t 0.1 -u $REPLY answer && [[ $answer == '{"jsonrpc":"2.0","id":1,"result":{"decision":"allow"}}' ]]
) 2>/dev/null

_caro_enter() {
  if [[ -e $_caro_d/.guard ]] && _caro_stops "$PREBUFFER$BUFFER"; then
    zle -I
  else
    zle _caro_accept_line
  fi
}

if [[ -o interactive && -o zle ]] && (( ! ${+widgets[_caro_accept_line]} )); then
  zle -A accept-line _caro_accept_line
  zle -N accept-line _caro_enter
fi
