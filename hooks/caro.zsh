# Caro mesh, zsh 5.3 and later: appends a record to the spool before and after each command typed here, each in one write(2).
# Nothing is forked and nothing is printed. The record and the reasons: docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` takes all of it out of a running shell; CARO_OFF=1 keeps it from loading.

# State: _caro_q number of the next command, _caro_b 1 while one runs, _caro_i records in the file _caro_f, _caro_seq its number,
# _caro_lost records since the last written one that could not be (a full disk), _caro_mark how the next start begins, which tells them.

# zsh maps fresh memory for every function it calls and every group it redirects, so there is one of each to a record. Defined under
# `emulate … -c`, the functions run with zsh's own options whatever the owner has set, at less cost than `emulate -L` in each.
# A directory of ours and no link: a root shell that kept $HOME stays out of its user's spool.
_caro_define() {
  _caro_pre() {
    {
      local -a t=("${epochtime[@]}")
      local fd
      _caro_b=
      # $1 is the text as typed, also of a line histignorespace keeps out of the history; it is empty where there is no history.
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
    # One byte before it spoils a record cut short, which else could read as one with fewer fields.
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
  # An array, which `set -a` does not hand on to the shell that takes this one's place by `exec`.
  unset _caro_loaded
  typeset -ga _caro_loaded=($$)
  typeset -g _caro_b= _caro_f= _caro_mark=$'\0v1\0'
  typeset -gi _caro_q=0 _caro_i=64 _caro_seq=-1 _caro_lost=0
  typeset -g _caro_at=$(( epochtime[1] * 1000000 + epochtime[2] / 1000 ))
  typeset -ga preexec_functions precmd_functions
  # Last before the command and first after it, so that other hooks' time is not counted as the command's.
  preexec_functions+=(_caro_pre)
  precmd_functions=(_caro_post $precmd_functions)
} 2>/dev/null
_caro_load
