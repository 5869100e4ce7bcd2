# Caro mesh, zsh 5.3 and later: appends a record to the spool before and after each typed command,
# each with one write(2). It forks nothing and prints nothing. Record format and background:
# docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` removes the hook from a running shell; CARO_OFF=1
# keeps it from loading.
# MUST be read by `emulate zsh -o … -c` with the options that `caro shell init` and hooks/caro.sh
# give, because an alias of the user may change any word of this text, and an option its syntax.
# _caro_gate MUST then be read outside of it by `eval`.

# State: _caro_q number of the next command, _caro_b 1 while a command runs, _caro_i records in the
# file _caro_f, _caro_seq its number, _caro_lost records since the last written one that could not
# be written (full disk), _caro_mark start of the next start record, which reports them, _caro_h
# history number of the running command, _caro_no 1 if a hook keeps the line out of the history,
# _caro_o what opens the file.

# zsh maps new memory for every function call and every redirected group, so each record uses one of
# each. Read under `emulate … -c`, the functions run with these options whatever the user has set,
# at less cost than `emulate -L` in each. With no_debug_before_cmd and local_traps, `trap` in the
# first command keeps the user's DEBUG and ERR traps from firing until the function returns.
# `builtin` is not used: users have functions of that name, and none named `sysopen` or `trap`.
# Names of local variables begin with _caro_, because the user may have a readonly variable of any
# other name.
# The spool must be a directory owned by this user and not a link, so that a root shell that kept
# $HOME does not write into another spool.
_caro_define() {
  trap - DEBUG ZERR

  _caro_pre() {
    {
      trap - DEBUG ZERR
      local -a _caro_t=("${epochtime[@]}")
      local _caro_fd _caro_u=$_caro_no
      _caro_b= _caro_no= _caro_h=HISTCMD
      # $1 is the typed text, even if histignorespace keeps the line out of the history; it is empty
      # if there is no history.
      [[ -n ${1:-$3} && ${1:-$3} != [[:space:]]* && -z $_caro_u && -O $_caro_d && -d $_caro_d && ! -h $_caro_d ]] || return 0
      [[ -z $HISTORY_IGNORE ]] || ! _caro_ignored "${1:-$3}" || return 0
      [[ ! -e $_caro_d/.pause ]] || ! _caro_paused || return 0
      (( _caro_i++ < 64 )) || _caro_rotate
      $_caro_o -wa -o creat,cloexec,nofollow -m 600 -u _caro_fd -- "$_caro_f" || { _caro_lose; return 0 }
      syswrite -o $_caro_fd -- ${_caro_mark}$'t=s\0q='${_caro_q}$'\0b='$(( _caro_t[1] * 1000000 + _caro_t[2] / 1000 ))$'\0p='${PWD}$'\0c='${1:-$3}$'\0\0' && _caro_b=1 _caro_lost=0 _caro_mark=$'\0v1\0' || _caro_lose
      exec {_caro_fd}>&-
      return 0
    } 2>/dev/null
  }

  _caro_post() {
    {
      local _caro_s=$? && trap - DEBUG ZERR
      [[ $+functions[zshaddhistory]$#zshaddhistory_functions == 00 && ! -o hist_reduce_blanks ]] || _caro_watch
      [[ -n $_caro_b ]] || return 0
      local -a _caro_t=("${epochtime[@]}")
      local _caro_fd _caro_e=$(( _caro_t[1] * 1000000 + _caro_t[2] / 1000 ))
      local _caro_r=$'\0v1\0t=e\0q='$(( _caro_q++ ))$'\0s='${_caro_s}$'\0e='$_caro_e$'\0\0'
      _caro_b=
      [[ -O $_caro_d && -d $_caro_d && ! -h $_caro_d ]] || return 0
      (( _caro_i++ < 64 )) || _caro_rotate
      (( HISTCMD - _caro_h < 2 )) || _caro_rerun
      $_caro_o -wa -o creat,cloexec,nofollow -m 600 -u _caro_fd -- "$_caro_f" || { _caro_lose; return 0 }
      syswrite -o $_caro_fd -- "$_caro_r" || _caro_lose
      exec {_caro_fd}>&-
      return 0
    } 2>/dev/null
  }

  # Whether a pause is in force (`caro pause`). Its file holds two times in seconds, the start and
  # the end.
  _caro_paused() {
    local _caro_l
    sysread _caro_l <$_caro_d/.pause
    _caro_l=${${=_caro_l}[2]}
    [[ $_caro_l == <-> ]] && (( _caro_l > epochtime[1] ))
  }

  # Whether $1 matches HISTORY_IGNORE. The pattern was written for the options of the user, which
  # are not visible here, so it is tried with and without extended patterns.
  _caro_ignored() {
    local _caro_o
    for _caro_o in no_extended_glob extended_glob; do
      setopt $_caro_o
      # With an invalid pattern, `[[` would end the function.
      { [[ $1 != ${~HISTORY_IGNORE} ]] || return 0 } always { TRY_BLOCK_ERROR=0 }
    done
    return 1
  }

  # A zshaddhistory hook keeps a line out of the history or out of its file by its status, which zsh
  # shows to nobody. So each hook is replaced by one that calls it and stores the status. A hook is
  # also the only one to see a leading space if the history drops it.
  _caro_watch() {
    local _caro_n
    [[ ! -o hist_reduce_blanks || -n ${(M)zshaddhistory_functions:#_caro_add} ]] || zshaddhistory_functions+=(_caro_add)
    for _caro_n in zshaddhistory ${zshaddhistory_functions:#_caro_add}; do
      [[ -n $functions[$_caro_n] && $functions[$_caro_n] != $functions[_caro_gate] ]] || continue
      autoload +X $_caro_n
      functions -c $_caro_n _caro_own_$_caro_n && functions -c _caro_gate $_caro_n
    done
  }
  # `functions -c` came with zsh 5.8; for older ones, _caro_swap does that.
  [[ $ZSH_VERSION != 5.[3-7]* ]] || _caro_watch() {
    [[ ! -o hist_reduce_blanks || -n ${(M)zshaddhistory_functions:#_caro_add} ]] || zshaddhistory_functions+=(_caro_add)
    [[ -n ${(M)precmd_functions:#_caro_swap} ]] || precmd_functions+=(_caro_swap)
  }
  _caro_add() { { trap - DEBUG ZERR && [[ $1 != [[:space:]]* ]] || _caro_no=1; return 0 } 2>/dev/null }
  _caro_heed() { [[ $1 == 0 ]] || _caro_no=1; return $1 }

  # Adds to the record _caro_r what `fc` or `r` ran. zsh calls no hook for it, but adds it to the
  # history behind the command that the user typed.
  _caro_rerun() {
    local _caro_c=${history[$_caro_h]} _caro_n
    _caro_n=${_caro_c%%[[:space:]]*}
    [[ -z $_caro_no && " ${aliases[$_caro_n]} $_caro_c " == *[[:space:]";&|("](fc|r)[[:space:]";&|)"]* ]] || return 0
    for (( _caro_n = _caro_h + 1; _caro_n < HISTCMD; _caro_n++ )); do
      _caro_c=${history[$_caro_n]}
      [[ -n $_caro_c && $_caro_c != [[:space:]]* ]] || continue
      [[ -z $HISTORY_IGNORE ]] || ! _caro_ignored "$_caro_c" || continue
      _caro_r+=$'\0v1\0t=b\0q='$(( _caro_q++ ))$'\0s='${_caro_s}$'\0e='$_caro_e$'\0p='${PWD}$'\0c='$_caro_c$'\0\0'
    done
  }

  _caro_lose() {
    (( _caro_lost < 999999 && ++_caro_lost ))
    # The extra byte makes a truncated record invalid; without it, it could read as a record with
    # fewer fields.
    _caro_mark=$'x\0v1\0l='$_caro_lost$'\0'
  }

  _caro_rotate() {
    (( ++_caro_seq, _caro_i = 1 ))
    _caro_f=$_caro_d/zsh.$$.$_caro_at.$_caro_seq
  }

  # sysopen does not find a path with certain bytes, for instance those of Ä and Б, because zsh
  # keeps them escaped. A redirection does; and the name of the file is ASCII.
  _caro_sysopen() {
    local _caro_x _caro_y
    exec {_caro_x}<$_caro_d || return 1
    sysopen "${(@)argv[1,-2]}" /proc/self/fd/$_caro_x/${_caro_f:t}
    _caro_y=$?
    exec {_caro_x}<&-
    return $_caro_y
  }

  # Ends observation in this shell.
  caro_off() {
    local _caro_n
    preexec_functions=(${preexec_functions:#_caro_pre})
    precmd_functions=(${precmd_functions:#_caro_post})
    zshaddhistory_functions=(${zshaddhistory_functions:#_caro_add})
    unset _caro_loaded
    [[ -z $functions[_caro_swap] ]] || return 0
    for _caro_n in ${${(M)${(k)functions}:#_caro_own_*}#_caro_own_}; do
      functions -c _caro_own_$_caro_n $_caro_n
      unfunction _caro_own_$_caro_n
    done
  }

  _caro_load() {
    [[ -o interactive && ! -o restricted && -z $CARO_OFF && $_caro_loaded[1] != $$ ]] || return 0
    zmodload zsh/datetime && zmodload zsh/system && zmodload -F zsh/parameter 2>/dev/null
    [[ -n $epochtime[1] && -n ${builtins[sysopen]} && -n ${builtins[syswrite]} ]] || return 0
    # An array, because `set -a` does not export arrays to a shell that replaces this one by `exec`.
    unset _caro_loaded
    typeset -ga _caro_loaded=($$)
    typeset -g _caro_b= _caro_f= _caro_no= _caro_mark=$'\0v1\0' _caro_o=sysopen
    [[ -z ${_caro_d//[ -~]/} ]] || _caro_o=_caro_sysopen
    typeset -gi _caro_q=0 _caro_i=64 _caro_seq=-1 _caro_lost=0 _caro_h=0
    typeset -g _caro_at=$(( epochtime[1] * 1000000 + epochtime[2] / 1000 ))
    typeset -ga preexec_functions precmd_functions
    # Last before the command and first after it, so that the time of other hooks is not counted as
    # part of the command.
    preexec_functions+=(_caro_pre)
    precmd_functions=(_caro_post $precmd_functions)
  } 2>/dev/null

  _caro_load
}
_caro_define
# Calls a zshaddhistory hook of the user with the options of the user, so it MUST NOT be defined
# under `emulate`. Copies of it replace these hooks; %N is the name of the copy.
_caro_gate='_caro_gate() if "_caro_own_${(%):-%N}" "$@"; then ((1)); else "_caro_heed" $?; fi'
# zsh before 5.8 copies a function only by assignment, which keeps the options of the function that
# does it. So this one MUST NOT be defined under `emulate` either. Without the hook, it gives the
# user's functions back, and leaves.
[[ $ZSH_VERSION != 5.[3-7]* ]] || _caro_gate+='
_caro_swap() if "setopt" "local_options" "no_aliases" && "local" "_caro_n"; then
  if [[ -z "${_caro_loaded-}" ]]; then
    precmd_functions=("${(@)precmd_functions:#_caro_swap}")
    for _caro_n in "${(@Mk)functions:#_caro_own_*}"; do
      functions[${_caro_n#_caro_own_}]="${functions[$_caro_n]}"
      "unfunction" "$_caro_n"
    done
    "unfunction" "_caro_swap"
  else
    for _caro_n in "zshaddhistory" "${(@)zshaddhistory_functions:#_caro_add}"; do
      if [[ -n "${functions[$_caro_n]-}" && "${functions[$_caro_n]}" != "${functions[_caro_gate]}" ]]; then
        "autoload" "+X" "$_caro_n"
        functions[_caro_own_$_caro_n]="${functions[$_caro_n]}"
        functions[$_caro_n]="${functions[_caro_gate]}"
      fi
    done
  fi
fi'
