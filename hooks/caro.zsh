# Caro mesh, zsh 5.3 and later: appends a record to the spool before and after each typed command,
# each with one write(2). It forks nothing and prints nothing. Record format and background:
# docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` removes the hook from a running shell; CARO_OFF=1
# keeps it from loading.

# State: _caro_q number of the next command, _caro_b 1 while a command runs, _caro_i records in the
# file _caro_f, _caro_seq its number, _caro_lost records since the last written one that could not
# be written (full disk), _caro_mark start of the next start record, which reports them.

# zsh maps new memory for every function call and every redirected group, so each record uses one of
# each. Defined under `emulate … -c`, the functions run with the default options of zsh whatever the
# user has set, at less cost than `emulate -L` in each.
# The spool must be a directory owned by this user and not a link, so that a root shell that kept
# $HOME does not write into another spool.
_caro_define() {
  _caro_pre() {
    {
      local -a t=("${epochtime[@]}")
      local fd
      _caro_b=
      # $1 is the typed text, even if histignorespace keeps the line out of the history; it is empty
      # if there is no history.
      [[ -n ${1:-$3} && ${1:-$3} != [[:space:]]* && -O $_caro_d && -d $_caro_d && ! -h $_caro_d ]] || return 0
      (( _caro_i++ < 64 )) || _caro_rotate
      sysopen -wa -o creat,cloexec,nofollow -m 600 -u fd -- "$_caro_f" || { _caro_lose; return 0 }
      syswrite -o $fd -- ${_caro_mark}$'t=s\0q='${_caro_q}$'\0b='$(( t[1] * 1000000 + t[2] / 1000 ))$'\0p='${PWD}$'\0c='${1:-$3}$'\0\0' && _caro_b=1 _caro_lost=0 _caro_mark=$'\0v1\0' || _caro_lose
      exec {fd}>&-
      return 0
    } 2>/dev/null
  }

  _caro_post() {
    {
      local s=$?
      [[ -n $_caro_b ]] || return 0
      local -a t=("${epochtime[@]}")
      local fd r=$'\0v1\0t=e\0q='$(( _caro_q++ ))$'\0s='${s}$'\0e='$(( t[1] * 1000000 + t[2] / 1000 ))$'\0\0'
      _caro_b=
      [[ -O $_caro_d && -d $_caro_d && ! -h $_caro_d ]] || return 0
      (( _caro_i++ < 64 )) || _caro_rotate
      sysopen -wa -o creat,cloexec,nofollow -m 600 -u fd -- "$_caro_f" || { _caro_lose; return 0 }
      syswrite -o $fd -- "$r" || _caro_lose
      exec {fd}>&-
      return 0
    } 2>/dev/null
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
}
emulate zsh -c _caro_define

# Ends observation in this shell.
caro_off() {
  emulate -L zsh
  preexec_functions=(${preexec_functions:#_caro_pre})
  precmd_functions=(${precmd_functions:#_caro_post})
  unset _caro_loaded
}

_caro_load() {
  emulate -L zsh
  [[ -o interactive && ! -o restricted && -z $CARO_OFF && $_caro_loaded[1] != $$ ]] || return 0
  zmodload zsh/datetime && zmodload zsh/system && zmodload -F zsh/parameter 2>/dev/null
  [[ -n $epochtime[1] && -n ${builtins[sysopen]} && -n ${builtins[syswrite]} ]] || return 0
  # An array, because `set -a` does not export arrays to a shell that replaces this one by `exec`.
  unset _caro_loaded
  typeset -ga _caro_loaded=($$)
  typeset -g _caro_b= _caro_f= _caro_mark=$'\0v1\0'
  typeset -gi _caro_q=0 _caro_i=64 _caro_seq=-1 _caro_lost=0
  typeset -g _caro_at=$(( epochtime[1] * 1000000 + epochtime[2] / 1000 ))
  typeset -ga preexec_functions precmd_functions
  # Last before the command and first after it, so that the time of other hooks is not counted as
  # part of the command.
  preexec_functions+=(_caro_pre)
  precmd_functions=(_caro_post $precmd_functions)
} 2>/dev/null
_caro_load
