# shellcheck shell=bash
# Caro mesh, bash 4 and later: Enter rates the line before it runs (caro guard). A key binding is
# used and no DEBUG trap: there is only one, and other programs need it.
# Expects _caro_d, the spool; _caro_program, the path of caro; _caro_plain, lines that need no
# rating; _caro_rules, the folder of custom rules; _caro_socket, the control socket; _caro_ask, the
# program that asks it.
# shellcheck disable=SC2154 # set by the lines before this text

# _caro_stops TEXT: tests whether the line must not run. Standard input is a pipe: what was typed
# must be in no argument list.
_caro_stops() {
  local _caro_e_from='' _caro_e_failure='' _caro_e_every='' _caro_e_code=0
  [[ $1 == *[![:space:]]* ]] || return 1
  { builtin read -r _caro_e_from _caro_e_failure _caro_e_every <"$_caro_d/.guard"; } 2>/dev/null || return 1
  if [[ -z $_caro_e_every && ! -d $_caro_rules && $1 =~ $_caro_plain ]]; then return 1; fi
  if _caro_service_allows "$1" "$_caro_e_from"; then return 1; fi
  builtin printf %s "$1" | "$_caro_program" guard check --shell bash --from "$_caro_e_from" || _caro_e_code=$?
  case $_caro_e_code in
    0) return 1 ;;
    77) return 0 ;;
    *) [[ $_caro_e_failure == closed ]] ;;
  esac
}

# _caro_service_allows TEXT LEVEL: asks the service, which answers sooner than the guard starts.
_caro_service_allows() {
  [[ -S $_caro_socket && -O $_caro_socket && -n $_caro_e_perl ]] || return 1
  builtin printf %s "$1" | PERL5OPT='' PERL5LIB='' PERL5DB='' command perl "$_caro_ask" "$_caro_socket" bash "$2" 2>/dev/null
}

# Runs for Enter. The key sequence after it, which is part of the same macro, accepts the line or
# does nothing. Lines of a command that goes on are rated together: PS2 sets _caro_e_more.
_caro_enter() {
  local _caro_e_text=$READLINE_LINE _caro_e_next=accept-line
  ((_caro_e_more)) && _caro_e_text=$_caro_e_lines$'\n'$READLINE_LINE
  if [[ -e $_caro_d/.guard ]] && _caro_stops "$_caro_e_text"; then
    _caro_e_next=redraw-current-line
  else
    _caro_e_lines=$_caro_e_text _caro_e_more=0
  fi
  [[ $_caro_e_next == "$_caro_e_bound" ]] && return
  builtin bind -m "$_caro_e_map" "\"\\C-x\\C-z2\": $_caro_e_next"
  _caro_e_bound=$_caro_e_next
}
_caro_enter_in() { _caro_e_map=$1; [[ $_caro_e_map == "$_caro_e_last" ]] || _caro_e_bound=''; _caro_e_last=$1; _caro_enter; }

_caro_bind_enter() {
  local _caro_u
  _caro_e_more=0 _caro_e_lines='' _caro_e_bound='' _caro_e_last='' _caro_e_none=''
  PS2='${_caro_e_none:$((_caro_e_more=1,0)):0}'$PS2
  for _caro_u in emacs vi-insert vi-command; do
    builtin bind -m "$_caro_u" -x "\"\\C-x\\C-z1\": _caro_enter_in $_caro_u"
    builtin bind -m "$_caro_u" '"\C-x\C-z2": accept-line'
    builtin bind -m "$_caro_u" '"\C-m": "\C-x\C-z1\C-x\C-z2"'
    builtin bind -m "$_caro_u" '"\C-j": "\C-x\C-z1\C-x\C-z2"'
  done
}

_caro_e_perl=''
if builtin type -P perl >/dev/null 2>&1; then _caro_e_perl=1; fi
# ble.sh has an editor of its own, whose keys cannot be bound like this.
if [[ $- == *i* && -z ${BLE_VERSION-} && ${BASH_VERSINFO[0]} -ge 4 && -z ${_caro_e_bound+x} ]]; then
  _caro_bind_enter
fi
