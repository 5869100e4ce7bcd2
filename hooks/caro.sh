# shellcheck shell=sh
# Caro mesh, shells called sh: dash, busybox ash, ksh93, mksh, and bash or zsh running as sh.
# Appends records of each typed command to the spool, and prints nothing. Record format and
# background: docs/hooks.md.
# Expects _caro_d, the spool directory, and _caro_hooks, the directory of this file.
# `caro_off` ends it in a running shell; CARO_OFF=1 keeps it from loading.
# shellcheck disable=SC2154 # both are set by the lines `caro shell init` prints before this text
# shellcheck disable=SC2031 # PS1 is only tried in a subshell
# shellcheck disable=SC2015 # the command after && cannot fail; `set -e` must ignore a full disk

# State: _caro_q number of the next command, _caro_i records in the file _caro_f, _caro_seq its
# number, _caro_g a scratch file, _caro_base the difference between the epoch and the uptime clock
# in µs (empty without /proc/uptime), _caro_lost records since the last written one that could not
# be written (full disk), _caro_mark start of the next start record, which reports them.

_caro_nl='
'

# A directory owned by this user and not a link, so that a root shell that kept HOME does not write
# into another spool.
# shellcheck disable=SC3067 # every shell named above has -O
_caro_open() { [ -n "$_caro_d" ] && [ -O "$_caro_d" ] && [ -d "$_caro_d" ] && [ ! -L "$_caro_d" ]; }

# Tests whether a pause is in force (`caro pause`). Its file holds two times in seconds, the start
# and the end. Forks, but only then.
_caro_hush() {
  [ -e "$_caro_d/.pause" ] || return 1
  _caro_j=$_caro_l _caro_l=''
  { _caro_line <"$_caro_d/.pause"; } 2>/dev/null
  _caro_k=${_caro_l##* } _caro_l=$_caro_j
  case $_caro_k in '' | *[!0-9]*) return 1 ;; esac
  [ "$(\command date +%s)" -lt "$_caro_k" ]
}

# Tests whether the last record was written. Every part of a record MUST be checked: if the disk is
# full, the end may fit after the middle did not.
_caro_kept() { _caro_lost=0 _caro_cut='' _caro_mark='\0v1\0'; }
_caro_lose() {
  [ "$_caro_lost" -ge 999999 ] || _caro_lost=$((_caro_lost + 1))
  # The extra byte makes a truncated record invalid; without it, it could read as a record with
  # fewer fields.
  _caro_cut=x _caro_mark="x\\0v1\\0l=$_caro_lost\\0"
}

# Sets _caro_f to the file for one more record: a new one, mode 0600, after 64. If that fails, the
# record is lost.
_caro_next() {
  _caro_open || return 1
  _caro_i=$((_caro_i + 1))
  [ "$_caro_i" -gt 64 ] || return 0
  _caro_i=1 _caro_seq=$((_caro_seq + 1))
  _caro_f=$_caro_d/sh.$$.$_caro_at.$_caro_seq
  _caro_mask && _caro_create && return 0
  _caro_i=64
  _caro_lose
  return 1
}
_caro_mask() { \command umask >|"$_caro_g" && _caro_line <"$_caro_g"; }
# Not with `:` alone, which is a special builtin: if its redirection fails, dash and mksh skip the
# rest of the line.
_caro_create() {
  \command umask 077
  { :; } >>"$_caro_f" && _caro_u=0 || _caro_u=1
  \command umask "$_caro_l"
  return "$_caro_u"
}

# Each sets variables from a line of its input: _caro_l to all of it, _caro_u and _caro_l to its
# words, _caro_l to a line that was typed.
_caro_reading() {
  _caro_line() { IFS= \command read -r _caro_l; }
  _caro_pair() { IFS=' ' \command read -r _caro_u _caro_l; }
  _caro_typed() { IFS= \command read -r _caro_l <"$_caro_tty"; }
  # shellcheck disable=SC2030,SC2031 # tried in a subshell
  (IFS='') 2>/dev/null && return 0
  # IFS is read-only: what it holds may be taken from the ends of a line, such as the space that
  # makes a command private. So another program reads what was typed.
  _caro_line() { \command read -r _caro_l; }
  _caro_pair() { \command read -r _caro_u _caro_l; }
  _caro_typed() {
    _caro_l=$(\command head -n 1 <"$_caro_tty" && \command printf .)
    _caro_l=${_caro_l%.}
    case $_caro_l in *"$_caro_nl") _caro_l=${_caro_l%"$_caro_nl"} ;; *) return 1 ;; esac
  }
}

# Sets _caro_t to µs since the epoch, or to an empty string if no clock can be read without a fork.
_caro_clock() {
  _caro_t=
  [ -n "$_caro_base" ] && _caro_pair </proc/uptime || return 0
  _caro_t=$((_caro_base + ${_caro_u%.*}${_caro_u#*.}0000))
}

# --- dash
# It has no hooks. Its main loop gets a small file as standard input, and each line of that file
# runs one step: record the end of the last command, read the next one from the terminal, run it
# with the terminal as input. Job notices, PS1, ^C and ^Z are still handled by the main loop of
# dash. If the file is lost, dash continues to read the terminal itself.

# Tests whether the text in _caro_c can stand between $1 and $2. dash parses the whole definition of
# a function before it runs the `return` in front of it, so nothing is run, whatever the text closes
# or opens, and nothing is forked.
_caro_fits() {
  \command eval "return 0; _caro_x() { $1
$_caro_c
$2; }" 2>/dev/null
  return 1
}

# Tests whether the text in _caro_c is complete: 0 yes, 1 needs more lines, 2 invalid (eval will
# print the error). A text that closes what stands before it in one test fails in the other. Then a
# second dash parses the text, from its standard input so that no process list shows it.
_caro_complete() {
  _caro_fits 'if :; then :' 'fi' && _caro_fits 'case x in x) :' 'esac' && return 0
  case $_caro_c in
  *\\\\) ;;
  *\\) return 1 ;;
  esac
  case $(\command printf '%s\n' "$_caro_c" | "/proc/$$/exe" -n 2>&1) in
  '') return 1 ;; # a here-document without its end
  *'end of file unexpected'* | *Unterminated* | *'EOF in'* | *"Missing '"*) return 1 ;;
  esac
  return 2
}

# Reads a command into _caro_c. Fails at the end of input.
_caro_read() {
  _caro_c='' _caro_k='' _caro_bad=''
  while :; do
    if ! _caro_typed; then
      # With a trap on INT, an interrupted read looks like the end of input.
      trap >|"$_caro_g"
      _caro_u=$_caro_l
      while _caro_line; do case $_caro_l in *INT) _caro_k=$_caro_k. ;; esac; done <"$_caro_g"
      _caro_l=$_caro_u
      [ "$_caro_k" != . ] || continue
      [ -n "$_caro_l$_caro_c" ] || { \command printf '\n' >&2; return 1; }
    fi
    _caro_c=$_caro_c${_caro_c:+$_caro_nl}$_caro_l
    _caro_complete
    case $? in
    0) return 0 ;;
    2) _caro_bad=1 && return 0 ;;
    esac
    \command printf %s "${PS2-> }" >&2
  done
}

# Writes the start record of _caro_c, unless it is empty, private, a comment or a syntax error. Sets
# _caro_b to 1 if the end is to be written too.
_caro_begin() {
  _caro_b=''
  [ -z "$_caro_bad" ] || return 0
  case $_caro_c in '' | [[:space:]]* | '#'*) return 0 ;; esac
  {
    ! _caro_hush || return 0
    _caro_next && _caro_clock || return 0
    {
      \command printf "$_caro_mark"'t=s\0q=%s\0g=10000\0' "$_caro_q" &&
        { [ -z "$_caro_t" ] || \command printf 'b=%s\0' "$_caro_t"; } &&
        \command printf 'p=%s\0c=%s\0\0' "$PWD" "$_caro_c"
    } >>"$_caro_f" && _caro_kept && _caro_b=1 || _caro_lose
  } 2>/dev/null
}

_caro_end() {
  _caro_q=$((_caro_q + 1)) _caro_b=''
  {
    _caro_next && _caro_clock || return 0
    {
      \command printf '\0v1\0t=e\0q=%s\0s=%s\0g=10000\0' "$((_caro_q - 1))" "$1" &&
        { [ -z "$_caro_t" ] || \command printf 'e=%s\0' "$_caro_t"; } &&
        \command printf '\0'
    } >>"$_caro_f" || _caro_lose
  } 2>/dev/null
}

_caro_ret() { return "$1"; }

# The steps of the hook run without `set -x` of the user, the commands of the user with it. _caro_s
# is the status of the last command of the user, and _caro_a its last word, which dash keeps in $_.
_caro_quiet() {
  _caro_s=$?
  case $- in *x*) set +x && _caro_v=1 ;; esac
}
# shellcheck disable=SC2016 # run before a command of the user
_caro_loud='{ set -x; _caro_ret "$_caro_s" "$_caro_a"; } 2>/dev/null; '
# shellcheck disable=SC2016 # run after a command of the user, on a line of its own
_caro_note='
{ _caro_s=$? _caro_a=$_ _caro_e=1; } 2>/dev/null'

# _caro_r is set while a line is read, and after one that may make IFS read-only. If it is still set
# at the next step, that has happened, or the user has interrupted the step.
# shellcheck disable=SC2016 # run by the feed file's lines
_caro_step='{ \command exec 0<"$_caro_feed"; } 2>/dev/null || exec 0<"$_caro_tty"
[ -z "$_caro_r" ] || _caro_reading
[ -z "$_caro_b" ] || _caro_end "$_caro_s"
_caro_r=1; _caro_read || exit "$_caro_s"
case $_caro_c in *readonly*) ;; *) _caro_r= ;; esac
case $_caro_c in
*[![:space:]]*) _caro_begin; { _caro_e=; _caro_ret "$_caro_s" "$_caro_a"; eval "${_caro_v:+$_caro_loud}$_caro_c$_caro_note"; } <"$_caro_tty"
  { _caro_u=$?; [ "$_caro_e" ] || _caro_s=$_caro_u; _caro_v=; case $- in *x*) set +x; _caro_v=1 ;; esac; _caro_ret "$_caro_s"; } 2>/dev/null ;;
*) _caro_ret "$_caro_s" ;;
esac'

# The feed: lines of 64 bytes in two blocks of 8 KiB, because an interrupt discards the block that
# dash has read.
_caro_dash() {
  [ -t 0 ] && _caro_tty=$(\command tty) || return 0
  _caro_feed=$_caro_g.feed
  # shellcheck disable=SC2016 # expanded when dash reads the line
  _caro_l=$(\command printf '%-63s' '{ _caro_quiet; } 2>/dev/null; eval "$_caro_step"')$_caro_nl
  for _caro_u in 1 2 3 4 5 6 7 8; do _caro_l=$_caro_l$_caro_l; done
  _caro_open && { \command printf %s "$_caro_l" >|"$_caro_feed"; } 2>/dev/null && exec 0<"$_caro_feed"
}

# --- busybox ash
# PS1 is expanded at each prompt, and only the history contains what was typed: one record at the
# end, without a start time. The hook runs in a subshell; arithmetic in PS1 sets what must survive
# it. LINENO changes if something ran in this shell itself: not for an empty line, a comment or a
# syntax error, but for a repeated command, which adds no history entry.

# Sets _caro_k to the number of entries in the history _caro_u that were not there at the last
# prompt, and _caro_f to the lengths of its last ten lines, six bits each: a full history (Debian's
# has 15 entries) does not count on. False if the number is not certain.
_caro_added() {
  _caro_c=$_caro_u _caro_f=0 _caro_j=0
  while [ "$_caro_j" -lt 60 ] && [ -n "$_caro_c" ]; do
    _caro_l=${_caro_c##*"$_caro_nl"} _caro_c=${_caro_c%"$_caro_l"}
    _caro_c=${_caro_c%"$_caro_nl"} _caro_f=$((_caro_f | (${#_caro_l} & 63) << _caro_j)) _caro_j=$((_caro_j + 6))
  done
  _caro_k=$((_caro_n > _caro_h ? _caro_n - _caro_h : 0))
  while [ "$_caro_k" -lt 10 ]; do
    [ $((_caro_f >> 6 * _caro_k)) -ne $((_caro_m & (1 << 60 - 6 * _caro_k) - 1)) ] || return 0
    _caro_k=$((_caro_k + 1))
  done
  [ "$_caro_k" -eq $((_caro_n - _caro_h)) ]
}

# _caro_ash STATUS LINES: prints the number of the last history entry. STATUS is `exit` when the
# shell ends.
_caro_ash() {
  exec 2>/dev/null
  # Only in this subshell.
  \unset -f command
  # Neither what was typed during a pause, nor what ended in it.
  _caro_v=0
  ! _caro_hush || _caro_v=1
  # busybox 1.37 prints its history on standard error.
  _caro_u=$(\command history 2>&1)
  _caro_l=${_caro_u##*"$_caro_nl"}
  _caro_n=${_caro_l#"${_caro_l%%[0-9]*}"}
  _caro_n=${_caro_n%%[!0-9]*}
  _caro_n=${_caro_n:--1}
  _caro_added && _caro_y=1 || _caro_y=''
  [ "$1" = exit ] || \command printf %s "$_caro_n,_caro_w=$_caro_v,_caro_m=$_caro_f"
  [ "$_caro_v$_caro_w" = 00 ] || return 0
  [ "$_caro_h" -ge -1 ] && _caro_open || return 0
  [ "$_caro_y" ] || {
    _caro_lose
    [ "$1" = exit ] || \command printf %s ",_caro_lost=$_caro_lost"
    return 0
  }
  if [ "$_caro_k" -eq 0 ]; then
    [ "$2" -ne 0 ] && [ "$1" != exit ] || return 0
    _caro_k=1
  fi
  _caro_c=
  # Each line of a command is a separate entry.
  while [ "$_caro_k" -gt 0 ]; do
    _caro_l=${_caro_u##*"$_caro_nl"} _caro_k=$((_caro_k - 1))
    _caro_u=${_caro_u%"$_caro_nl"*}
    _caro_c=${_caro_l#*[0-9] }${_caro_c:+$_caro_nl$_caro_c}
  done
  # With the status of a syntax error, or of ^C, which leaves the lines of an incomplete command,
  # `sh` decides whether it ran.
  case $1 in 2 | 130)
    \command printf '%s\n' "$_caro_c" | \command sh -n
    [ "$?" -ne 2 ] || return 0
    ;;
  esac
  case $_caro_c in '' | [[:space:]]* | '#'*) return 0 ;; esac
  _caro_p=$PWD
  case $_caro_c in cd | 'cd '*) [ "$1" -ne 0 ] || _caro_p=$OLDPWD ;; esac
  # Avoids `read` if possible: in busybox 1.38, it never returns after an interrupted command.
  if [ -n "${EPOCHREALTIME-}" ]; then
    _caro_t=${EPOCHREALTIME%.*}${EPOCHREALTIME#*.} _caro_u=1
  else
    _caro_clock
    _caro_u=10000
  fi
  \command umask 077
  # The same arithmetic that sets the printed number saves the counters, which must survive the
  # subshell.
  {
    [ "$_caro_lost" -eq 0 ] || _caro_mark="x\\0v1\\0l=$_caro_lost\\0"
    if [ "$1" = exit ]; then
      \command printf "$_caro_mark"'t=s\0q=%s\0' "$_caro_q"
    else
      \command printf "$_caro_mark"'t=b\0q=%s\0s=%s\0g=%s\0' "$_caro_q" "$1" "$_caro_u" &&
        { [ -z "$_caro_t" ] || \command printf 'e=%s\0' "$_caro_t"; }
    fi &&
      \command printf 'p=%s\0c=%s\0\0' "$_caro_p" "$_caro_c"
  } >>"$_caro_d/sh.$$.$_caro_at.$((_caro_q / 64))" && _caro_kept || _caro_lose
  [ "$1" = exit ] || \command printf %s ",_caro_lost=$_caro_lost"
}
# What ended the shell, such as `exit`, is one entry more than at the last prompt.
_caro_exit_ash() {
  (_caro_ash exit 1) 2>/dev/null
  return "$1"
}
# shellcheck disable=SC2016 # expanded at each prompt
_caro_ps_ash='${_caro_z#$((_caro_h=$({ _caro_ash "$?" "$((${LINENO:-0} - _caro_e))"; } 2>/dev/null)))}${_caro_z#$((_caro_q=_caro_q+1))}${_caro_z#$((_caro_e=${LINENO:-0}))}'

# --- ksh93 and mksh
# PS1 is expanded at each prompt, and ${ …; } runs in the shell itself without a fork: one record at
# the end, without a start time. Only these shells parse the texts. ksh93 reports 256 + n for a
# command that signal n ended, and a function that returns this number makes the shell send itself
# the signal again. ksh93 preserves $? over its prompt, mksh does not.

# shellcheck disable=SC2016 # evaluated by ksh
_caro_ps_mksh='${ _caro_ksh "$?" "$_"; }'
# Under `set -x`, ksh93 prints no call of this function and nothing that a function of this form
# does. It MUST NOT be exported (`set -a`), because exporting calls it.
# shellcheck disable=SC2016 # evaluated by ksh93
_caro_ps_ksh93='${_caro_y}'
# shellcheck disable=SC2016 # evaluated by ksh
_caro_def_ksh='_caro_mask() { _caro_l=${ \command umask; }; }
_caro_ksh() {
  # Until it returns; the call itself mksh has shown.
  case $- in *x*) set +x ;; esac
  {
    # Neither what was typed during a pause, nor what ended in it.
    _caro_x=$_caro_w _caro_w=""
    ! _caro_hush || _caro_w=1
    _caro_entry
    _caro_n=${_caro_l%%[!0-9]*}
    if [ -n "$_caro_h" ] && [ "$_caro_n" != "$_caro_h" ] && [ -z "$_caro_x$_caro_w" ]; then
      _caro_c=${_caro_l#*"$_caro_tab"}
      _caro_c=${_caro_c//"$_caro_nl$_caro_tab"/"$_caro_nl"}
      case $_caro_c in ""|[[:space:]]*|"#"*) ;; *) _caro_ran "$1" "${2-}" && _caro_next && _caro_time && _caro_write "$(($1 > 256 ? $1 - 128 : $1))" ;; esac
      _caro_o=$_caro_c
    fi
    _caro_h=${_caro_n:-0} _caro_p=$PWD _caro_a=${2-}
  } 2>/dev/null
  : "${2-}"
  [ "$1" -gt 255 ] || return "$1"
}
_caro_ran() {
  # ^C leaves the lines of an incomplete command.
  case $1 in "$_caro_syntax" | 130 | 258) ;; *) return 0 ;; esac
  [ "$2" != "$_caro_a" ] || [ ! -e "/proc/$$/exe" ] || {
    # For what did not run, mksh shows the entry before it, with the number of the new one. It keeps
    # no repetitions, so the same text twice did not run.
    [ "$_caro_syntax$_caro_c" != "1$_caro_o" ] || _caro_c=
    \command print -r -- "${_caro_c:-)}" | "/proc/$$/exe" -n 2>/dev/null
  }
}
_caro_exit_ksh() {
  {
    _caro_entry
    _caro_n=${_caro_l%%[!0-9]*}
    _caro_c=${_caro_l#*"$_caro_tab"}
    _caro_c=${_caro_c//"$_caro_nl$_caro_tab"/"$_caro_nl"}
    [ -z "$_caro_h" ] || [ "$_caro_n" = "$_caro_h" ] || [ "$_caro_w" ] || _caro_hush ||
      case $_caro_c in ""|[[:space:]]*|"#"*) ;; *) _caro_next && _caro_write "" ;; esac
  } 2>/dev/null
  return "$1"
}'
# shellcheck disable=SC2016 # evaluated by ksh93
_caro_def_ksh93='typeset +x _caro_y
function _caro_y.get { _caro_ksh "$?"; }
_caro_entry() { _caro_l=${ \command hist -l -0 -0; }; }
_caro_time() { _caro_t=${ \command printf "%(%s%6N)T" now; }; }
_caro_write() {
  _caro_e=s
  [ -z "$1" ] || _caro_e="b\\0s=$1\\0e=$_caro_t"
  \command printf "${_caro_mark}t=$_caro_e\0q=%s\0p=%s\0c=%s\0\0" \
    "$_caro_q" "$_caro_p" "$_caro_c" >>"$_caro_f" && _caro_kept || _caro_lose
  _caro_q=$((_caro_q + 1))
}'
# mksh has no printf builtin, and hides the newest entry from every number except one that is too
# large.
# shellcheck disable=SC2016 # evaluated by mksh
_caro_def_mksh='_caro_entry() { _caro_l=${ \command fc -l 999999999 999999999; }; }
_caro_time() { _caro_t=$EPOCHREALTIME; _caro_t=${_caro_t%.*}${_caro_t#*.}; }
_caro_write() {
  _caro_e=s
  [ -z "$1" ] || _caro_e="b\\0000s=$1\\0000e=$_caro_t"
  {
    \command print -n "$_caro_cut\0000v1\0000${_caro_cut:+l=$_caro_lost\0000}t=$_caro_e\0000q=$_caro_q\0000p=" &&
      \command print -nr -- "$_caro_p" &&
      \command print -n "\0000c=" &&
      \command print -nr -- "$_caro_c" &&
      \command print -n "\0000\0000"
  } >>"$_caro_f" && _caro_kept || _caro_lose
  _caro_q=$((_caro_q + 1))
}'

# Ends observation in this shell. In dash, the loop stays and records nothing.
caro_off() {
  [ -z "$_caro_ps" ] || PS1=${PS1#"$_caro_ps"}
  _caro_loaded='' _caro_d=''
}

# Puts $2 in front of the user's trap on signal $1: what ends the shell has no prompt after it.
_caro_trap() {
  _caro_u=
  { trap >|"$_caro_g"; } 2>/dev/null || return 0
  while _caro_line; do
    case $_caro_l in
    *_caro_*) return 0 ;;
    'trap -- '*" $1") _caro_u=${_caro_l#trap -- } ;;
    esac
  done <"$_caro_g"
  eval "_caro_u=${_caro_u% "$1"}"
  # shellcheck disable=SC2064 # both are known now
  trap "$2${_caro_u:+$_caro_nl$_caro_u}" "$1"
}

# Returns 77 unless the user has a function named `command`. No word gets around such a function, so
# the hook is not loaded then: it would run the function at each prompt.
_caro_plain() {
  \command return 77
  return 1
} >/dev/null 2>&1

# Tests whether this shell itself has a command, whatever aliases and functions the user has.
_caro_has() { (\unalias -a; \unset -f "$1"; \command -v "$1" >/dev/null) 2>/dev/null; }

_caro_load() {
  # All but dash need PS1.
  # shellcheck disable=SC2030,SC2031 # an error would end the start file
  (PS1='') 2>/dev/null || { [ -z "${KSH_VERSION-}" ] && ! _caro_has history; } || return 0
  _caro_q=0 _caro_i=64 _caro_seq=-1 _caro_b='' _caro_base='' _caro_z='' _caro_ps='' _caro_c='' _caro_v='' _caro_a='' _caro_e=0 _caro_r='' _caro_w='' _caro_o=''
  _caro_kept
  _caro_reading
  # Forks only at load: to find the difference between the clock and the epoch.
  _caro_t=$(\command date +%s%N 2>/dev/null)
  # If date has no nanoseconds, whole seconds are used.
  case $_caro_t in *[!0-9]* | '' | ??????????) _caro_t=$(\command date +%s)000000000 ;; esac
  _caro_at=${_caro_t%???}
  _caro_g=$_caro_d/.sh.$$.$_caro_at
  if [ -n "${KSH_VERSION-}" ]; then
    _caro_h='' _caro_p=$PWD _caro_y='' _caro_tab=$(\command printf '\t')
    case $KSH_VERSION in
    *MIRBSD*) eval "$_caro_def_mksh" && _caro_ps=$_caro_ps_mksh _caro_syntax=1 ;;
    *)
      eval "$_caro_def_ksh93" && _caro_ps=$_caro_ps_ksh93 _caro_syntax=3
      # mksh and ash would let the running command end first, and keep a closed terminal alive.
      _caro_trap HUP 'exit 129'
      ;;
    esac
    eval "$_caro_def_ksh"
    PS1=$_caro_ps${PS1-}
    # shellcheck disable=SC2016 # expanded when the trap runs
    _caro_trap EXIT '_caro_exit_ksh "$?"'
    return 0
  fi
  [ ! -r /proc/uptime ] || { _caro_pair </proc/uptime && _caro_base=$((_caro_at - ${_caro_u%.*}${_caro_u#*.}0000)); }
  if _caro_has fc; then
    # dash with line editing, or an unknown shell: its input must not be replaced.
    :
  elif _caro_has history; then
    _caro_h=-2 _caro_m=0 _caro_w=0 _caro_ps=$_caro_ps_ash
    PS1=$_caro_ps${PS1-}
    # shellcheck disable=SC2016 # expanded when the trap runs
    _caro_trap EXIT '_caro_exit_ash "$?"'
  elif [ -z "${_caro_feed-}" ]; then
    _caro_dash
  fi
}

# bash and zsh share names with the functions above, so their own file MUST follow each time. It
# does the rest.
case $- in
*i*)
  if [ -n "${BASH_VERSION-}" ]; then
    # shellcheck source=/dev/null # checked by itself
    [ ! -r "${_caro_hooks-}/caro.bash" ] || . "$_caro_hooks/caro.bash"
  elif [ -n "${ZSH_VERSION-}" ]; then
    # shellcheck disable=SC2016 # expanded by `emulate`
    [ ! -r "${_caro_hooks-}/caro.zsh" ] || {
      'emulate' 'zsh' '-o' 'no_aliases' '-o' 'no_debug_before_cmd' '-o' 'local_traps' '-o' 'no_force_float' '-c' '. "$_caro_hooks/caro.zsh"'
      'eval' "${_caro_gate-}"
    }
  elif [ -z "${CARO_OFF-}" ] && { _caro_plain || [ "$?" -eq 77 ]; } && { [ "${_caro_loaded-}" != "$$" ] || ! \command -v _caro_here >/dev/null; }; then
    _caro_loaded=$$
    # `set -a` exports variables, but no functions, to a shell that replaces this one by `exec`.
    \command -v _caro_here >/dev/null || _caro_feed=''
    _caro_here() { :; }
    _caro_load
  fi
  ;;
esac
