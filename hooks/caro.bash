# shellcheck shell=bash
# Caro mesh, bash 3.2 to 5.x: appends a record to the spool before and after each typed command. It
# forks nothing (before 5.1, once a prompt while no file can be written), prints nothing, and reads
# only the history, the clock, $? and $PWD. Record format and background: docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` removes the hook from a running shell; CARO_OFF=1
# keeps it from loading.

# shellcheck disable=SC2154 # _caro_d is set by the line `caro shell init` prints before this text
# shellcheck disable=SC2178 # PROMPT_COMMAND is a string before bash 5.1 and an array since
# shellcheck disable=SC2128 # _caro_r is an array of one element where mapfile has filled it
# shellcheck disable=SC2015 # the command after && cannot fail; `set -e` must ignore a full disk

# Aliases are off while this text is parsed: `alias local=…` would change the functions below.
\builtin shopt -q expand_aliases && _caro_aliases=1 && \builtin shopt -u expand_aliases

# State between functions:
# - n: number of commands started since the prompt, counted by PS0. For each of them: _caro_b, the
#   start time; _caro_x, the $? before it; _caro_hn, one more than the history number of its line;
#   _caro_ln, the number of input lines read.
# - w: empty if no DEBUG trap was seen, 0 for a private line or one of the hook, 1 or 01 if the
#   start record is written. v: the same for the command that has just ended.
# - h0: last history number at the prompt, -1 if unknown. h1: history number of the start record;
#   before it is written, the expected number. l0: lines read at the prompt.
# - live: 1 if HISTCMD can be trusted. dead: 1 if it never can.
# - c: first simple command of the last line found in the history. q: next command number.
# - same: 1 while the last prompt found nothing to correct.
# - miss: 1 from the start of a command until the first element of PROMPT_COMMAND has run.
# - in: 0 at the top level of PROMPT_COMMAND; inside a function of another program 1, or 2 if the
#   first element has already run.
# - lost: records since the last written one that could not be written (full disk). mark: start of
#   the next record with a text, which reports them.

# Names of local variables begin with _caro_, because the user may have a read-only variable of any
# other name.

# Code that runs for every line is short, because bash copies the body of a function at each call
# and scans texts character by character. Rare cases have functions of their own.

# _caro_ge MAJOR MINOR: tests for at least this version of bash.
_caro_ge() { ((BASH_VERSINFO[0] > $1 || (BASH_VERSINFO[0] == $1 && BASH_VERSINFO[1] >= $2))); }

# _caro_clock sets _caro_t to microseconds since the epoch, and _caro_res to its granularity in µs.
if _caro_ge 5 0; then
  # Locales separate the fraction by a point, a comma or a sign of their own (ps_AF). `unset` takes
  # the clock away for good.
  _caro_clock() {
    _caro_t=${EPOCHREALTIME-}
    _caro_t=${_caro_t//[!0-9]/}
    [[ $_caro_t ]] || builtin printf -v _caro_t '%(%s)T000000' -1
  }
elif _caro_ge 4 2; then
  _caro_clock() { builtin printf -v _caro_t '%(%s)T000000' -1; }
else
  _caro_clock() { _caro_t=$((_caro_base + SECONDS))000000; }
fi

# Sets _caro_r to the content of the scratch file, and empties it. Neither depends on IFS or REPLY,
# which may be read-only; before bash 4.4, only `read` without a name can take a whole file.
if _caro_ge 4 4; then
  _caro_take() {
    builtin mapfile -t -d '' _caro_r <"$_caro_g"
    ((${#_caro_r[@]})) || _caro_r=('')
    : >|"$_caro_g"
  }
else
  _caro_take() {
    local REPLY=''
    builtin read -rd '' <"$_caro_g" || :
    : >|"$_caro_g"
    _caro_r=$REPLY
  }
fi

# _caro_number sets _caro_h to the history number of the running line ($1 is 0, from a trap) or of
# the last one ($1 is 1, from the prompt, where HISTCMD is already one higher).
_caro_number() {
  if ((_caro_live)); then
    _caro_h=$((HISTCMD - $1))
  else
    _caro_printed
  fi
}

# The same without HISTCMD, which does not change there before bash 5.1 and may be unset: only the
# output of `history` is correct. It is read back through the scratch file without a fork; where no
# file can be written and HISTCMD does not help, with one.
_caro_printed() {
  _caro_h=-1
  _caro_open || return 0
  if : >|"$_caro_g" && _caro_text 1 "$_caro_g"; then
    _caro_take
  elif ((_caro_dead)); then
    _caro_r=$(_caro_text 1 /dev/stdout)
  else
    return 0
  fi
  _caro_r=${_caro_r#"${_caro_r%%[0-9]*}"}
  _caro_h=$((10#0${_caro_r%%[!0-9]*}))
}

# Appends the last $1 history entries to the file $2, with their numbers and without their times.
# HISTTIMEFORMAT may be read-only; `fc` does not use it. Nothing else is redirected: a RETURN trap
# of the user (`set -T`) may print when this function returns.
_caro_text() {
  if [[ -z ${HISTTIMEFORMAT-} ]]; then
    builtin history "$1" >>"$2"
  elif _caro_ge 4 4 && [[ ${HISTTIMEFORMAT@a} == *r* ]]; then
    builtin fc -l "-$1" -1 >>"$2"
  else
    HISTTIMEFORMAT='' builtin history "$1" >>"$2"
  fi
}

# The spool MUST be a directory owned by this user and not a link, so that a root shell that kept
# $HOME does not write into another spool. It MUST also be checked before the scratch file is
# written, because the content of that file is evaluated.
_caro_open() { [[ -O $_caro_d && -d $_caro_d && ! -L $_caro_d ]]; }

# Tests whether a pause is in force (`caro pause`). Its file holds two times in seconds, the start
# and the end. bash 4 and older fork for the time, but only then.
_caro_hush() {
  [[ -e $_caro_d/.pause ]] || return 1
  if _caro_ge 4 0; then
    builtin mapfile -t -n 1 _caro_r <"$_caro_d/.pause"
  else
    local REPLY=''
    builtin read -r <"$_caro_d/.pause"
    _caro_r=$REPLY
  fi
  _caro_r=${_caro_r-}
  _caro_r=${_caro_r##* }
  [[ $_caro_r && $_caro_r != *[!0-9]* ]] && ((${EPOCHSECONDS:-$(command date +%s)} < _caro_r))
} 2>/dev/null

# Tests whether the last record was written. Every part of a record MUST be checked: if the disk is
# full, the end may fit after the middle did not.
_caro_kept() { _caro_lost=0 _caro_mark='\0v1\0'; }
_caro_lose() {
  ((_caro_lost < 999999)) && ((++_caro_lost))
  # The extra byte makes a truncated record invalid; without it, it could read as a record with
  # fewer fields.
  _caro_mark="x\\0v1\\0l=$_caro_lost\\0"
}

# Starts the next file of this session with mode 0600, and restores the umask.
_caro_rotate() {
  local _caro_mask _caro_made=0
  ((++_caro_seq)) || :
  _caro_i=0
  _caro_f=$_caro_d/$_caro_kind.$$.$_caro_at.$_caro_seq
  builtin umask >|"$_caro_g" || return 1
  _caro_take
  _caro_mask=${_caro_r%%[!0-7]*}
  [[ $_caro_mask ]] || return 1
  builtin umask 077
  : >>"$_caro_f" || _caro_made=1
  builtin umask "$_caro_mask"
  return "$_caro_made"
}

# Sets _caro_f to the file for one more record. If that fails, the record is lost.
_caro_next() {
  { ((_caro_i++ < 64)) && [[ -f $_caro_f ]]; } || { _caro_rotate && _caro_i=1; } || {
    _caro_lose
    return 1
  }
}

# Tests whether a line that did not change the history number ($1 is its first simple command)
# repeated the previous entry. The other reasons, a leading space and HISTIGNORE, mean that the user
# does not want it recorded. So it is recorded only if the repetition is certain.
_caro_repeats() {
  local _caro_words _caro_word
  case :${HISTCONTROL-}: in
  *:erasedups:*) ;;
  *:ignoredups:* | *:ignoreboth:*) ((_caro_h == _caro_h0)) || return 1 ;;
  *) [[ :${HISTIGNORE-}: == *:'&':* ]] && ((_caro_h == _caro_h0)) || return 1 ;;
  esac
  [[ :${HISTCONTROL-}: == *:ignore@(space|both):* || ${HISTIGNORE-} ]] || return 0
  [[ $1 ]] || return 1
  [[ $1 != "$_caro_c" ]] || return 0
  [[ :${HISTCONTROL-}: == *:erasedups:* ]] || return 1
  # erasedups removes the older entry, so the number stays or decreases for a new line too: compare
  # the texts, without the white space that bash normalizes, and after alias expansion.
  : >|"$_caro_g" && _caro_text 1 "$_caro_g" && _caro_take
  _caro_words=${_caro_r#*[0-9][$' \t*'][ \*]}
  _caro_word=${_caro_words%%[[:space:];&|<>()]*}
  [[ ${_caro_words//[[:space:]]/} == *"${1//[[:space:]]/}"* ]] && return 0
  # shellcheck disable=SC2102 # an associative array's key
  [[ $_caro_word && ${BASH_ALIASES[$_caro_word]-} ]] || return 1
  _caro_words=${BASH_ALIASES[$_caro_word]}${_caro_words#"$_caro_word"}
  [[ ${_caro_words//[[:space:]]/} == *"${1//[[:space:]]/}"* ]]
}

# Sets _caro_a to the first and the last history number of the command at index $1 of this prompt; 0
# 0 if its line is not in the history. $2 is the last number before it, $3 the number of lines read
# before it. False if the entries may be incomplete: without cmdhist, each line of a command is an
# entry of its own, and HISTCONTROL and HISTIGNORE drop single ones.
_caro_entry() {
  local _caro_final=$((${_caro_hn[$1]-0} - 1))
  ((_caro_final >= 0)) || _caro_final=$_caro_h
  _caro_a='0 0'
  ((_caro_final > $2)) || return 0
  _caro_a="$_caro_final $_caro_final"
  ! builtin shopt -q cmdhist || return 0
  _caro_a="$(($2 + 1)) $_caro_final"
  [[ -z ${HISTCONTROL-}${HISTIGNORE-} ]] || ((${_caro_ln[$1]-0} - $3 == _caro_final - $2))
}

# From the DEBUG trap, with its $_: tests whether this is the first command of a line that the user
# typed, and then writes its start record. False in completion functions, key bindings and prompt
# commands.
_caro_start() {
  _caro_u=$1 _caro_y=$?
  if [[ $_caro_n$_caro_w$_caro_lost == 10 && $HISTCMD == "$_caro_h1" && $BASH_SUBSHELL == 0 && $BASH_COMMAND != @(_caro_|fc)* && $_caro_i != 64 &&
    -o history && -z ${HISTTIMEFORMAT-} && -O $_caro_f && ! -e $_caro_d/.pause ]]; then
    _caro_w=0 _caro_c=$BASH_COMMAND
    ((++_caro_i))
    {
      builtin printf '\0v1\0t=s\0q=%s\0b=%s\0p=%s\0m=1\0h=' "$_caro_q" "${_caro_b[0]}" "$PWD" &&
        builtin history 1 &&
        builtin printf '\0\0'
    } >>"$_caro_f" && _caro_w=1 || _caro_lose
    return 0
  fi
  _caro_unusual
}

# The same for a line that is not exactly one new history entry, or the first of its file.
_caro_unusual() {
  [[ -z $_caro_w && $BASH_COMMAND != _caro_* && "${FUNCNAME[*]:2}" != *_caro_[abeipru]* ]] && ((BASH_SUBSHELL == 0)) || return 1
  if ((_caro_ed)) || [[ $BASH_COMMAND == fc || $BASH_COMMAND == fc\ * ]]; then _caro_edited || return 1; fi
  ((_caro_n > 0)) || _caro_unannounced || return 1
  # A later assignment may have removed the hook from PROMPT_COMMAND, which would miss the end.
  _caro_place
  ((_caro_n == 1 && _caro_h0 >= 0)) && _caro_open && ! _caro_hush || return 0
  _caro_w=0
  [[ -o history ]] || return 0
  _caro_number 0
  ((_caro_live)) || _caro_hn=()
  if ((_caro_h <= _caro_h0)); then
    _caro_repeats "$BASH_COMMAND" || return 0
    _caro_a="$_caro_h $_caro_h"
  elif ! _caro_entry 0 "$_caro_h0" "$_caro_l0"; then
    _caro_lose
    return 0
  fi
  [[ $_caro_a != '0 0' ]] && _caro_next || return 0
  if ((_caro_b[0] == 0)); then
    _caro_clock
    _caro_b=("$_caro_t")
  fi
  _caro_c=$BASH_COMMAND _caro_h1=$_caro_h
  _caro_begin "${_caro_b[0]}" && _caro_w=1
  # 01 instead of 1: there may be more commands than one, see _caro_finish.
  [[ $_caro_w == 0 || ${PS0-} == *_caro_n* ]] || _caro_w=01
  return 0
}

# Writes the start record of the entries _caro_a, which end with the last one of the history. $1 is
# the time.
_caro_begin() {
  local _caro_m=$((_caro_h - ${_caro_a% *} + 1))
  builtin printf "$_caro_mark"'t=s\0q=%s\0b=%s\0g=%s\0p=%s\0m=%s\0a=%s\0h=' \
    "$_caro_q" "$1" "$_caro_res" "$PWD" "$_caro_m" "$_caro_a" >>"$_caro_f" &&
    _caro_text "$_caro_m" "$_caro_f" &&
    builtin printf '\0\0' >>"$_caro_f" &&
    _caro_kept &&
    return 0
  _caro_lose
  return 1
}

# `fc`, C-x C-e and `v` in vi mode let an editor write commands, and run these. They become entries
# of the history one by one. Each is recorded when its first command sets off the trap. True for a
# command that is not one of them. ed: 1 from the start of the editor. edn: the value of n at that
# time. edq: 1 while a record has no end. edh: the last entry.
_caro_edited() {
  if ((_caro_ed == 0)); then
    [[ $BASH_COMMAND != fc\ -*([a-zA-Z])l* ]] || return 0
    # shellcheck disable=SC2016 # as bash names it
    ((_caro_n == 1)) || [[ $_caro_n == 0 && $BASH_COMMAND == 'fc -e "${VISUAL'* ]] || return 0
    ((_caro_h0 >= 0)) && [[ -o history ]] || return 0
    _caro_printed
    _caro_ed=1 _caro_edn=$_caro_n _caro_edq=0 _caro_edh=$_caro_h _caro_h1=-1
    return 1
  fi
  if ((_caro_n != _caro_edn)); then
    # The shell shows no new prompt after C-x C-e; this is the next line.
    _caro_edited_end "${_caro_x[_caro_edn]-0}" ''
    _caro_h0=$_caro_edh _caro_ed=0
    return 0
  fi
  [[ $BASH_COMMAND != */bash-fc.* ]] || return 1
  _caro_printed
  ((_caro_edq == 0 || _caro_h != _caro_edh)) || return 1
  _caro_clock
  _caro_edited_end "$_caro_y" "$_caro_t"
  _caro_edh=$_caro_h _caro_a="$_caro_h $_caro_h"
  ! _caro_hush && _caro_next && _caro_begin "$_caro_t" && _caro_edq=1
  return 1
}
_caro_edited_end() {
  ((_caro_edq)) || return 0
  _caro_edq=0
  if _caro_next; then
    builtin printf '\0v1\0t=e\0q=%s\0s=%s\0%bg=%s\0\0' "$_caro_q" "$1" "${2:+e=$2\\0000}" "$_caro_res" >>"$_caro_f" || _caro_lose
  fi
  ((++_caro_q))
}

# If PS0 does not count lines, the trap itself records the start time.
_caro_unannounced() {
  ((_caro_h0 >= 0)) && [[ -z ${COMP_LINE-} && -z ${READLINE_LINE-} && ${PS0-} != *_caro_n* ]] || return 1
  _caro_clock
  _caro_same=0 _caro_miss=1
  _caro_n=1 _caro_b=("$_caro_t") _caro_hn=() _caro_ln=()
}

# Writes commands $1 … n-1 of this prompt into one record with one text each: lines pasted together,
# or lines without a trap. Reads the locals of _caro_irregular. $2 is the history number before the
# first of them.
_caro_both() {
  local _caro_from=$1 _caro_each _caro_prev=$2 _caro_lines=$_caro_l0 _caro_lowest='' _caro_gaps=0 _caro_pairs='' _caro_begun='' _caro_left='' _caro_xs=''
  ! _caro_hush || return 0
  if ! _caro_numbered "$_caro_from" "$_caro_prev"; then
    for ((_caro_each = _caro_from; _caro_each < _caro_many; _caro_each++)); do _caro_lose; done
    return 0
  fi
  ((_caro_from == 0)) || _caro_lines=${_caro_ln[_caro_from - 1]-0}
  for ((_caro_each = _caro_from; _caro_each < _caro_many; _caro_each++)); do
    _caro_entry "$_caro_each" "$_caro_prev" "$_caro_lines" || { ((++_caro_gaps)) && _caro_prev=${_caro_a#* } && _caro_a='0 0'; }
    _caro_pairs+=" $_caro_a" _caro_lines=${_caro_ln[_caro_each]-0}
    [[ $_caro_a == '0 0' ]] || _caro_lowest=${_caro_lowest:-${_caro_a% *}} _caro_prev=${_caro_a#* }
    # Without PS0, only the last end is known.
    ((_caro_each == _caro_from)) || _caro_left+="${_caro_b[_caro_each]-} " _caro_xs+="${_caro_x[_caro_each]-} "
    _caro_begun+=" ${_caro_b[_caro_each]-}"
  done
  # PS0 counted without a clock.
  [[ " $_caro_begun " != *' 0 '* ]] || _caro_begun=' '
  if [[ $_caro_lowest ]] && _caro_next; then
    ((_caro_m = _caro_h - _caro_lowest + 1, _caro_m > 0)) || _caro_m=1
    {
      builtin printf "$_caro_mark"'t=b\0q=%s\0' "$((_caro_q + _caro_from))" &&
        { [[ $_caro_begun == ' ' ]] || builtin printf 'b=%s\0' "${_caro_begun# }"; } &&
        builtin printf 's=%s\0e=%s\0g=%s\0p=%s\0m=%s\0a=%s\0h=' "$_caro_xs$_caro_st" "$_caro_left$_caro_et" \
          "$_caro_res" "$_caro_p" "$_caro_m" "${_caro_pairs# }"
    } >>"$_caro_f" && _caro_text "$_caro_m" "$_caro_f" && builtin printf '\0\0' >>"$_caro_f" && _caro_kept || _caro_lose
  fi
  for ((; _caro_gaps > 0; _caro_gaps--)); do _caro_lose; done
}

# Tests whether the history numbers of commands $1 … n-1 are certain; $2 is the one before them.
_caro_numbered() {
  local _caro_each
  # erasedups and `history -d` change the numbers of other entries.
  ((_caro_many - $1 == 1)) || [[ :${HISTCONTROL-}: != *:erasedups:* ]] || return 1
  if ((_caro_live)); then
    # Comments and syntax errors after the last command are entries, too.
    ((${_caro_hn[_caro_many - 1]-0} <= _caro_h + 1))
    return
  fi
  _caro_hn=()
  ((_caro_many - $1 > 1)) || return 0
  ((_caro_many - $1 == _caro_h - $2)) || return 1
  for ((_caro_each = $1; _caro_each < _caro_many; _caro_each++)); do _caro_hn[_caro_each]=$(($2 + _caro_each - $1 + 2)); done
}

# One more command, or several pasted together, has ended. Reads the locals of _caro_irregular.
_caro_finish() {
  local _caro_xs _caro_done=$_caro_h0
  case $_caro_how in
  1)
    if _caro_next; then
      ((_caro_many == 1)) || _caro_st1=${_caro_x[1]} _caro_et1=${_caro_b[1]}
      builtin printf '\0v1\0t=e\0q=%s\0s=%s\0e=%s\0g=%s\0\0' "$_caro_q" "${_caro_st1:-$_caro_st}" "${_caro_et1:-$_caro_et}" "$_caro_res" >>"$_caro_f" ||
        _caro_lose
    fi
    ((_caro_many == 1)) || _caro_both 1 "$_caro_h1"
    ;;
  01)
    # Without PS0, other lines were pasted with this one, and the status may be theirs.
    if _caro_next; then
      _caro_xs=s=$_caro_st
      ((_caro_h <= _caro_h1)) || _caro_xs=g=$_caro_res
      builtin printf '\0v1\0t=e\0q=%s\0%s\0e=%s\0\0' "$_caro_q" "$_caro_xs" "$_caro_et" >>"$_caro_f" || _caro_lose
    fi
    for ((; _caro_h > _caro_h1; _caro_h1++)); do _caro_lose; done
    ;;
  0)
    ((_caro_many > 1 && _caro_live)) && [[ -o history ]] || return 0
    ((_caro_done >= ${_caro_hn[0]-0} - 1)) || _caro_done=$((_caro_hn[0] - 1))
    _caro_both 1 "$_caro_done"
    ;;
  *) [[ ! -o history ]] || _caro_both 0 "$_caro_done" ;;
  esac
}

# The end of anything but one line with a start record.
_caro_irregular() {
  local _caro_st=$_caro_s _caro_et=${_caro_e//[!0-9]/} _caro_many=$_caro_n _caro_how=$_caro_v _caro_st1='' _caro_et1=''
  ((_caro_h0 >= 0)) && _caro_open || return 0
  if [[ -z $_caro_et ]]; then
    _caro_clock
    _caro_et=$_caro_t
  fi
  _caro_number 1
  # If PS0 does not count, a line without a simple command of its own is visible only in the
  # history.
  if ((_caro_many == 0 && _caro_h > _caro_h0)) && [[ ${PS0-} != *_caro_n* ]]; then _caro_many=1 _caro_same=0 _caro_b=() _caro_x=() _caro_hn=(); fi
  if ((_caro_ed)); then
    _caro_ed=0
    if ((_caro_many == _caro_edn)); then _caro_edited_end "$_caro_st" "$_caro_et"; else _caro_edited_end "${_caro_x[_caro_edn]-0}" ''; fi
    _caro_h0=$_caro_edh
    if ((_caro_edn == 1)); then
      ((_caro_many == 1)) || _caro_both 1 "$_caro_h0"
      ((_caro_q += _caro_many))
      return 0
    fi
  fi
  ((_caro_many > 0)) || return 0
  _caro_finish
  _caro_q=$((_caro_q + _caro_many))
}

# From the first element of PROMPT_COMMAND. $1 is the status of the command, if not $?; $2, before
# bash 5.1, the number of lines read, which a function does not see. Its first command keeps the
# DEBUG trap out of the other elements if the trap applies inside functions.
_caro_end() {
  _caro_s=${1:-$?} _caro_e=${EPOCHREALTIME-} _caro_v=$_caro_w _caro_w=0 _caro_in=0
  if [[ $_caro_n$_caro_v$_caro_res${FUNCNAME[1]-} == 111 && $_caro_i != 64 && $_caro_e && -O $_caro_f ]]; then
    builtin printf '\0v1\0t=e\0q=%s\0s=%s\0e=%s\0\0' "$_caro_q" "$_caro_s" "${_caro_e//[!0-9]/}" >>"$_caro_f" || _caro_lose
    ((++_caro_i, ++_caro_q))
  elif _caro_inside; then
    _caro_w=$_caro_v
    return "$_caro_s"
  else
    _caro_irregular
  fi
  _caro_n=0 _caro_w='' _caro_h0=-1 _caro_miss='' _caro_l1=${2:--1}
  return "$_caro_s"
}

# Another program may have moved the first element into a function of its own. Tests whether it runs
# there again.
_caro_inside() {
  [[ ${FUNCNAME[2]-} && ${FUNCNAME[2]} != _caro_* ]] || return 1
  _caro_in=1
  [[ -z $_caro_miss ]] || return 1
  _caro_in=2
}

# The DEBUG trap in combination with one of the user: $? and $_ keep their values for that one.
_caro_step() {
  local _caro_st=$?
  _caro_start "$1"
  return "$_caro_st"
} 2>/dev/null

# Added to the front of PS0. Arithmetic sets the state without a fork. It MUST NOT fail, because an
# error in PS0 keeps every command from running. It contains no `!`, which history expansion would
# replace. The second part is for _caro_inject. The third gives the hook its place back after
# `unset PROMPT_COMMAND`.
_caro_ps0=
if _caro_ge 4 4; then
  # shellcheck disable=SC2016 # expanded by the shell at each command
  _caro_ps0='${_caro_z:(_caro_x[_caro_n+0]=$?,_caro_hn[_caro_n+0]=${HISTCMD+${HISTCMD//[^0-9]}}+0,_caro_ln[_caro_n+0]=${LINENO+${LINENO//[^0-9]}}+0,_caro_miss=1,_caro_b[_caro_n++]=${EPOCHREALTIME+${EPOCHREALTIME//[^0-9]}}+0):0}${_caro_opt[_caro_fo]:+${_caro_z:(0${_caro_0#${BASH_ALIASES[${_caro_key:-_caro_none}]:=$_caro_lead$_caro_key}}):0}}'
  # shellcheck disable=SC2016 # likewise
  ! _caro_ge 5 1 || _caro_ps0+='${_caro_opt[_caro_active]:+${_caro_z:(0${_caro_0#${PROMPT_COMMAND[0]=$_caro_first}}):0}}'
fi

# Everything that PROMPT_COMMAND and traps contain sets off the DEBUG trap of another program. Such
# a program often takes the first command after its own prompt command for a command of the user.
# So:
# - The first element does the work, before the prompt commands of others.
# - Each of its commands begins with `_caro_`, and their trap, once wrapped, leaves these out.
# - The last element is a loop over nothing: no command runs, so no trap does, but bash expands the
#   list.
#   With `:=` and arithmetic, that is enough to note the history number.
# The trap removes itself after it has fired. This is in its own text, because a function restores
# the old trap when it returns. A trap that stays would cost a loop 27 µs per iteration instead of
# 2. These texts appear under `set -x` unless they are redirected. Backslashes keep aliases out.
# Under extdebug, a status of the trap that is not 0 would skip the command.
# shellcheck disable=SC2016 # expanded when the trap fires
_caro_debug='{ _caro_start "$_" && \builtin trap - DEBUG && \: "$_caro_u" || \: "$_"; } 2>/dev/null'
# shellcheck disable=SC2016 # expanded at each prompt
_caro_scan='_caro_look &&
_caro_t= \builtin trap -p DEBUG >> "$_caro_g" &&
_caro_k=0'
# `&&` keeps a status that is not 0 from the ERR trap and from `set -e`, and leaves it in $?.
_caro_first="{
_caro_end &&
_caro_k=1
$_caro_scan
_caro_arm ||
_caro_k=1
} 2>/dev/null"
# The loop runs once if something was assigned to PROMPT_COMMAND[0] and no other program would
# notice.
# shellcheck disable=SC2016 # expanded at each prompt
_caro_last='for _caro_j in ${_caro_z:(_caro_s=$?,_caro_live&&_caro_n==0&&(_caro_h0=HISTCMD-1,_caro_h1=_caro_quick?HISTCMD:-1,_caro_l0=LINENO)):0}${_caro_miss:+${_caro_z:(0${_caro_0#${_caro_key:=${PROMPT_COMMAND[0]%%[^a-zA-Z0-9_]*}}}):0}${_caro_z:(_caro_fo=_caro_tried?0:0$(_caro_foreign),_caro_tried=_caro_fo):0}${_caro_yes:_caro_fo}}; do
'$_caro_scan'
_caro_again ||
_caro_k=1
done 2>/dev/null'
if ! _caro_ge 5 1; then
  # PROMPT_COMMAND is one string, and HISTCMD is known only from the output of `history`.
  # shellcheck disable=SC2016 # expanded at each prompt
  _caro_first='{ _caro_end "$?" "${LINENO-}" && _caro_k=1; } 2>/dev/null'
  _caro_last="{
$_caro_scan
_caro_arm ||
_caro_k=1
} 2>/dev/null"
fi

# Tests whether the scratch file may be written here: not in a function of another program, where
# the DEBUG trap cannot be seen.
_caro_look() {
  _caro_k=1
  [[ ${FUNCNAME[1]-source} == source && -O $_caro_d && -d $_caro_d && ! -L $_caro_d ]]
}

# Prints 1 if there is a DEBUG trap of another program but bash-preexec, and _caro_inject can be
# used; else 0. Only in a subshell.
_caro_foreign() {
  [[ -z ${bash_preexec_imported-}${__bp_imported-} ]] || { builtin printf 0 && return; }
  [[ $_caro_key ]] || { builtin printf 0 && return; }
  case $(trap -p DEBUG 2>/dev/null) in '' | 'trap -- - '* | *_caro_*) builtin printf 0 ;; *) builtin printf 1 ;; esac
}

# Runs instead of the last element's own commands if another program has both a DEBUG trap and the
# place of the first element. For the next prompt, PS0 makes the first word of that element an alias
# that begins with this function: the earliest place, where the trap still belongs to the command.
_caro_inject() {
  _caro_end
  builtin unalias "$_caro_key"
  _caro_ready
  _caro_place
  return "$_caro_s"
} 2>/dev/null

# From the last element: the first one has not run.
_caro_again() {
  _caro_end "$_caro_s"
  if ((_caro_k == 0)); then _caro_rearm; else _caro_ready && _caro_place; fi
}

# Sets the initial state for the next line.
_caro_ready() {
  _caro_h0=-1 _caro_h1=-1 _caro_l0=$_caro_l1 _caro_live=0 _caro_quick=0 _caro_same=0 _caro_p=$PWD
  _caro_res=1
  _caro_ge 5 0 && [[ ${EPOCHREALTIME-} ]] || _caro_res=1000000
  if [[ -o history ]]; then
    _caro_printed
    if ((_caro_dead == 0)); then
      # HISTCMD loses its meaning for good when it is unset. On a full disk, that cannot be tested.
      if ((_caro_h < 0)) && [[ ${HISTCMD-} ]]; then _caro_h=$((HISTCMD - 1)); fi
      [[ ${HISTCMD-} == $((_caro_h + 1)) ]] || _caro_dead=1
    fi
    _caro_h0=$_caro_h
    if ((_caro_dead == 0)); then
      _caro_live=1
      # The short path needs one entry for each line.
      if ((_caro_res == 1)) && builtin shopt -q cmdhist; then _caro_quick=1 _caro_h1=$HISTCMD; fi
    fi
  fi
  if [[ ${PS0+set} ]] && _caro_ge 4 4 && [[ ${PS0@a} == *r* ]]; then
    :
  elif [[ $_caro_ps0 && -z ${BLE_ATTACHED-} && $_caro_fixed != 1 ]] && builtin shopt -q promptvars; then
    [[ ${PS0-} == *_caro_n* ]] || PS0=$_caro_ps0${PS0-}
  elif [[ ${PS0-} == *_caro_n* ]]; then
    PS0=${PS0/"$_caro_ps0"/}
  fi
}

# Prepares for the next line. The scratch file, otherwise empty, contains the current DEBUG trap,
# which cannot be read in a function. If k is not 0, it could not be written, and no trap is set.
_caro_arm() {
  if [[ $_caro_in$_caro_k$_caro_same$_caro_v == 0011 && ${HISTCMD-} == $((_caro_h1 + 1)) && ${#PROMPT_COMMAND[@]} == "$_caro_count" &&
    ${PROMPT_COMMAND[0]} == "$_caro_first" && ! -s $_caro_g && -o history && -z ${bash_preexec_imported-}${__bp_imported-} ]] &&
    builtin shopt -q promptvars cmdhist; then
    _caro_p=$PWD _caro_h1=$HISTCMD _caro_h0=$((HISTCMD - 1))
    # shellcheck disable=SC2064 # the text of the trap is what the variable holds
    builtin trap "$_caro_debug" DEBUG
  elif ((_caro_in == 1)); then
    _caro_ready
    _caro_place
  elif ((_caro_in == 0 && _caro_k == 0)); then
    _caro_rearm
    # Without PS0, the commands of other elements would look like a line of the user. The last
    # element sets the number.
    [[ ${PS0-} == *_caro_n* ]] || ! _caro_ge 5 1 || _caro_h0=-1
  elif ((_caro_in == 0)) && _caro_open; then
    # The scratch file could not be written: without the trap, the line has one record at its end.
    _caro_ready
  fi
}

# The same for a prompt whose state differs from the last one.
_caro_rearm() {
  local _caro_found=''
  if [[ -s $_caro_g ]]; then
    _caro_take
    _caro_found=$_caro_r
  fi
  if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
    _caro_adopt
    # Commands of the hook have consumed the one chance of bash-preexec to detect the next line.
    ! builtin declare -F __bp_interactive_mode >/dev/null || __bp_interactive_mode
    return 0
  fi
  _caro_ready
  _caro_place
  if [[ ${BLE_ATTACHED-} ]]; then
    # ble.sh needs the DEBUG trap itself, expands PS0 late, and passes the text (once, even if it is
    # registered more than once).
    blehook PREEXEC!=_caro_preexec
    return 0
  fi
  case $_caro_found in
  '' | 'trap -- - '*) # the second in POSIX mode
    # shellcheck disable=SC2064 # the text of the trap is what the variable holds
    builtin trap "$_caro_debug" DEBUG
    if ((_caro_quick)); then _caro_same=1 _caro_count=${#PROMPT_COMMAND[@]}; fi
    ;;
  *_caro_*) ;;
  *) _caro_wrap "$_caro_found" ;;
  esac
  return 0
}

# Sets a DEBUG trap that runs the hook's and then that of another program ($1, as `trap -p` prints
# it). The latter does not see the commands of the hook.
_caro_wrap() {
  local _caro_found=${1#trap -- }
  builtin eval "_caro_theirs=${_caro_found% DEBUG*}"
  builtin trap 'case ${FUNCNAME-}$BASH_COMMAND in _caro_*) ;; *)
_caro_step "$_" && \: "$_"
'"$_caro_theirs"'
;; esac' DEBUG
}

# Keeps the elements of the hook at their positions in PROMPT_COMMAND, whatever was assigned since.
# The end of a command is recorded before other hooks take time.
_caro_place() {
  _caro_fo=0 _caro_tried=0 _caro_key=''
  _caro_ge 5 1 && [[ $_caro_active == 1 && ${PROMPT_COMMAND[*]+${PROMPT_COMMAND[*]@a}} != *r* ]] || return 0
  ((${#PROMPT_COMMAND[@]} > 1)) && [[ ${PROMPT_COMMAND[0]-} == "$_caro_first" && ${PROMPT_COMMAND[-1]} == "$_caro_last" ]] && return 0
  _caro_remove
  PROMPT_COMMAND=("$_caro_first" "${PROMPT_COMMAND[@]}" "$_caro_last")
}

# Removes the elements of the hook from the PROMPT_COMMAND array, also from inside other elements.
_caro_remove() {
  local _caro_one
  local -a _caro_rest=()
  for _caro_one in "${PROMPT_COMMAND[@]}"; do
    case $_caro_one in '' | "$_caro_first" | "$_caro_last") continue ;; esac
    _caro_one=${_caro_one//"$_caro_first"/:}
    _caro_rest+=("${_caro_one//"$_caro_last"/:}")
  done
  PROMPT_COMMAND=("${_caro_rest[@]}")
}

# bash-preexec is loaded: register with it instead of setting a second DEBUG trap. It passes the
# text, and keeps lines with a leading space in the history, so they are visible and MUST be skipped
# here. For a line that is not in the history it passes the previous one.
_caro_preexec() {
  ((_caro_h0 >= 0 && BASH_SUBSHELL == 0)) && _caro_open || return 0
  _caro_w=0
  [[ $1 != [[:space:]]* && -o history || ${BLE_ATTACHED-} ]] || return 0
  _caro_number 0
  [[ ${BLE_ATTACHED-} ]] || ((_caro_h > _caro_h0)) || _caro_repeats "$BASH_COMMAND" || return 0
  _caro_next || return 0
  _caro_clock
  ((_caro_n > 0)) || _caro_n=1 _caro_b=("$_caro_t") _caro_hn=()
  _caro_h1=$_caro_h _caro_c=$BASH_COMMAND
  builtin printf "$_caro_mark"'t=s\0q=%s\0b=%s\0g=%s\0p=%s\0c=%s\0\0' \
    "$_caro_q" "$_caro_t" "$_caro_res" "$PWD" "$1" >>"$_caro_f" && _caro_kept && _caro_w=1 || _caro_lose
  return 0
} 2>/dev/null
_caro_precmd() {
  _caro_end
  local _caro_st=$?
  _caro_ready
  return "$_caro_st"
} 2>/dev/null
_caro_adopt() {
  case " ${preexec_functions[*]-} " in *' _caro_preexec '*) return 0 ;; esac
  _caro_unhook
  _caro_active=0
  _caro_ready
  preexec_functions+=(_caro_preexec) precmd_functions=(_caro_precmd "${precmd_functions[@]}")
}

# Removes the hook from PS0 and PROMPT_COMMAND.
_caro_unhook() {
  PS0=${PS0-}
  PS0=${PS0/"$_caro_ps0"/}
  if _caro_ge 5 1; then
    _caro_remove
  else
    PROMPT_COMMAND=${PROMPT_COMMAND/"$_caro_last"/}
    PROMPT_COMMAND=${PROMPT_COMMAND/"$_caro_first"/:}
  fi
}

# Ends observation in this shell.
caro_off() {
  local _caro_one
  local -a _caro_rest=()
  _caro_unhook
  for _caro_one in "${preexec_functions[@]}"; do [[ $_caro_one == _caro_preexec ]] || _caro_rest+=("$_caro_one"); done
  [[ -z ${preexec_functions+set} ]] || preexec_functions=("${_caro_rest[@]}")
  _caro_rest=()
  for _caro_one in "${precmd_functions[@]}"; do [[ $_caro_one == _caro_precmd ]] || _caro_rest+=("$_caro_one"); done
  [[ -z ${precmd_functions+set} ]] || precmd_functions=("${_caro_rest[@]}")
  # shellcheck disable=SC2064 # the text of the trap is what the variable holds
  [[ -z ${_caro_theirs-} ]] || builtin trap "$_caro_theirs" DEBUG
  [[ -z ${BLE_ATTACHED-} ]] || blehook PREEXEC-=_caro_preexec
  builtin unset _caro_loaded
  _caro_h0=-1 _caro_w=0 _caro_n=0 _caro_miss='' _caro_active=0
}

_caro_load() {
  # Not in scripts, if CARO_OFF is set, a second time in the same shell, or in a restricted shell.
  [[ $- == *i* && -z ${CARO_OFF-} && ${_caro_loaded[0]-} != "$$" ]] || return 0
  ! builtin shopt -q restricted_shell || return 0
  # Some sites make PROMPT_COMMAND or PS0 read-only: without the first, the hook cannot be added.
  # (The only fork, at load.)
  _caro_fixed=0
  (builtin unset -v PROMPT_COMMAND || exit 2 && builtin unset -v PS0 || exit 1) 2>/dev/null || _caro_fixed=$?
  ((_caro_fixed < 2)) || return 0
  _caro_state
  # An array, because `set -a` does not export arrays to a shell that replaces this one by `exec`.
  builtin unset -v _caro_loaded
  _caro_loaded=("$$")
  [[ ! -o posix ]] || _caro_kind='sh'
  _caro_ge 4 2 || _caro_base=$(($(command date +%s) - SECONDS))
  _caro_clock
  _caro_at=$_caro_t
  # A shell that another one becomes by `exec` within the same second is a session of its own.
  _caro_ge 5 0 || _caro_at=$((_caro_t + ${RANDOM-0} * 30 + 1))
  _caro_g=$_caro_d/.$_caro_kind.$$.$_caro_at
  if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
    _caro_adopt
  elif _caro_ge 5 1; then
    [[ ${PROMPT_COMMAND[*]+set} ]] || PROMPT_COMMAND=()
    _caro_place
  else
    PROMPT_COMMAND="$_caro_first
${PROMPT_COMMAND-}
$_caro_last"
  fi
  # Loaded at a prompt, the hook observes the next line; in a start file, the numbers are set again.
  [[ ${bash_preexec_imported-}${__bp_imported-} ]] || _caro_ready
}

_caro_state() {
  _caro_z='' _caro_0=0 _caro_yes=y _caro_opt=('' 1) _caro_lead='_caro_inject && _caro_k=1; '
  _caro_n=0 _caro_w='' _caro_v='' _caro_h0=-1 _caro_h1=-1 _caro_h=-1 _caro_l0=-1 _caro_l1=-1 _caro_c='' _caro_b=() _caro_x=() _caro_hn=() _caro_ln=()
  _caro_live=0 _caro_quick=0 _caro_miss=1 _caro_in=0 _caro_k=1 _caro_ed=0 _caro_edn=0 _caro_edq=0 _caro_edh=-1 _caro_active=1 _caro_dead=1
  ! _caro_ge 5 1 || _caro_dead=0
  _caro_kind=bash _caro_q=0 _caro_seq=-1 _caro_i=64 _caro_same=0 _caro_count=0 _caro_f='' _caro_res=1000000
  _caro_kept
}

_caro_load 2>/dev/null || \:
# A DEBUG trap that is already there does not see the first prompt either.
[[ ${_caro_loaded[0]-} != "$$" || ${bash_preexec_imported-}${__bp_imported-} ]] || {
  _caro_look && _caro_t='' \builtin trap -p DEBUG >>"$_caro_g" && _caro_take && case $_caro_r in '' | 'trap -- - '* | *_caro_*) ;; *) _caro_wrap "$_caro_r" ;; esac
} 2>/dev/null
[[ -z ${_caro_aliases-} ]] || \builtin shopt -s expand_aliases
\builtin unset -v _caro_aliases
