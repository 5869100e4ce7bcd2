# shellcheck shell=bash
# Caro mesh, bash 3.2 to 5.x: appends a record to the spool before and after each typed command. It
# forks nothing, prints nothing, and reads only the history, the clock, $? and $PWD. Record format
# and background: docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` removes the hook from a running shell; CARO_OFF=1
# keeps it from loading.

# shellcheck disable=SC2154 # _caro_d is set by the line `caro shell init` prints before this text
# shellcheck disable=SC2178 # PROMPT_COMMAND is a string before bash 5.1 and an array since
# shellcheck disable=SC2015 # the command after && cannot fail; `set -e` must ignore a full disk

# State between functions:
# n: number of commands started since the prompt, counted by PS0; _caro_b: their start times;
# _caro_x: the $? before each.
# w: empty if no DEBUG trap was seen, 0 for a private line or one of the hook, 1 if the start record
# is written.
# h0: last history number at the prompt, -1 if unknown. h1: history number of the start record;
# before it is written, the expected number.
# c: first simple command of the last line found in the history. q: next command number.
# same: 1 while the last prompt found nothing to correct.
# lost: records since the last written one that could not be written (full disk). mark: start of the
# next record with a text, which reports them.

# Code that runs for every line is short, because bash copies the body of a function at each call
# and scans texts character by character. Rare cases have functions of their own.

# _caro_ge MAJOR MINOR: tests for at least this version of bash.
_caro_ge() { ((BASH_VERSINFO[0] > $1 || (BASH_VERSINFO[0] == $1 && BASH_VERSINFO[1] >= $2))); }

# _caro_clock sets _caro_t to microseconds since the epoch, and _caro_res to its granularity in µs.
if _caro_ge 5 0; then
  _caro_res=1
  # In some locales, a comma separates the fraction.
  _caro_clock() { _caro_t=${EPOCHREALTIME/[.,]/}; }
elif _caro_ge 4 2; then
  _caro_res=1000000
  _caro_clock() { builtin printf -v _caro_t '%(%s)T000000' -1; }
else
  _caro_res=1000000
  _caro_clock() { _caro_t=$((_caro_base + SECONDS))000000; }
fi

# _caro_number sets _caro_h to the history number of the running line (from a trap) or of the last
# one (from the prompt).
if _caro_ge 5 1; then
  # At the prompt, HISTCMD is already one higher than while a command runs.
  _caro_number() { _caro_h=$((HISTCMD - $1)); }
else
  # Before bash 5.1, HISTCMD does not change there; only the output of `history` is correct. It is
  # read back through a scratch file without a fork.
  _caro_number() {
    _caro_h=-1
    _caro_open || return 0
    HISTTIMEFORMAT='' builtin history 1 >|"$_caro_g" && IFS=' *' builtin read -r _caro_h _ <"$_caro_g"
    : >|"$_caro_g"
    [[ $_caro_h ]] || _caro_h=0
  }
fi

# The spool MUST be a directory owned by this user and not a link, so that a root shell that kept
# $HOME does not write into another spool. It MUST also be checked before the scratch file is
# written, because the content of that file is evaluated.
_caro_open() { [[ -O $_caro_d && -d $_caro_d && ! -L $_caro_d ]]; }

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
  local mask made=0
  ((++_caro_seq)) || :
  _caro_i=0
  _caro_f=$_caro_d/$_caro_kind.$$.$_caro_at.$_caro_seq
  builtin umask >|"$_caro_g" && IFS='' builtin read -r mask <"$_caro_g" || return 1
  : >|"$_caro_g"
  builtin umask 077
  : >>"$_caro_f" || made=1
  builtin umask "$mask"
  return "$made"
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
  local text='' word
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
  HISTTIMEFORMAT='' builtin history 1 >|"$_caro_g" && IFS='' builtin read -rd '' text <"$_caro_g"
  : >|"$_caro_g"
  text=${text#*[0-9][ \*] }
  word=${text%%[[:space:];&|<>()]*}
  [[ ${text//[[:space:]]/} == *"${1//[[:space:]]/}"* ]] && return 0
  # shellcheck disable=SC2102 # an associative array's key
  [[ $word && ${BASH_ALIASES[$word]-} ]] || return 1
  text=${BASH_ALIASES[$word]}${text#"$word"}
  [[ ${text//[[:space:]]/} == *"${1//[[:space:]]/}"* ]]
}

# Sets _caro_m to the number of history entries that the commands started since entry $1 added, when
# $2 of them started. With cmdhist, a multi-line command is one entry. More entries than commands
# means that another program read entries into the list.
_caro_entries() {
  _caro_m=$((_caro_h - $1))
  if builtin shopt -q cmdhist; then ((_caro_m <= $2)) || _caro_m=$2; fi
  ((_caro_m < 1000))
}

# From the DEBUG trap, with its $_: tests whether this is the first command of a line that the user
# typed, and then writes its start record. False in completion functions, key bindings and prompt
# commands.
_caro_start() {
  _caro_u=$1
  if [[ $_caro_n$_caro_w$_caro_lost == 10 && $HISTCMD == "$_caro_h1" && $BASH_SUBSHELL == 0 && $BASH_COMMAND != _caro_* && $_caro_i != 64 &&
    -o history && -z ${HISTTIMEFORMAT-} && -O $_caro_f ]]; then
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
  ((_caro_n > 0)) || _caro_unannounced || return 1
  ((_caro_n == 1 && _caro_h0 >= 0)) && _caro_open || return 0
  _caro_w=0
  [[ -o history ]] || return 0
  _caro_number 0
  if ((_caro_h <= _caro_h0)); then
    _caro_repeats "$BASH_COMMAND" || return 0
    _caro_m=1
  else
    _caro_entries "$_caro_h0" 1 || return 0
  fi
  _caro_next || return 0
  _caro_c=$BASH_COMMAND _caro_h1=$_caro_h
  {
    builtin printf "$_caro_mark"'t=s\0q=%s\0b=%s\0g=%s\0p=%s\0m=%s\0h=' \
      "$_caro_q" "${_caro_b[0]}" "$_caro_res" "$PWD" "$_caro_m" &&
      HISTTIMEFORMAT='' builtin history "$_caro_m" &&
      builtin printf '\0\0'
  } >>"$_caro_f" && _caro_kept && _caro_w=1 || _caro_lose
  return 0
}

# If PS0 does not count lines, the trap itself records the start time.
_caro_unannounced() {
  ((_caro_h0 >= 0)) && [[ -z ${COMP_LINE-} && -z ${READLINE_LINE-} && ${PS0-} != *_caro_n* ]] || return 1
  _caro_clock
  _caro_same=0
  _caro_n=1 _caro_b=("$_caro_t")
}

# Writes commands $1 … n-1 of this prompt into one record with one text each: lines pasted together,
# or lines without a trap. Reads n, s and e of _caro_end. $2 is the history number before the first
# of them.
_caro_both() {
  local i=$1 IFS=' ' begun left='' x=''
  _caro_entries "$2" $((n - i)) && ((_caro_m > 0)) && _caro_next || return 0
  # Without PS0, only the first start and the last end are known.
  begun="${_caro_b[*]:i:n-i}" left="${_caro_b[*]:i+1:n-i-1}" x="${_caro_x[*]:i+1:n-i-1}"
  {
    builtin printf "$_caro_mark"'t=b\0q=%s\0' "$((_caro_q + i))" &&
      { [[ -z $begun ]] || builtin printf 'b=%s\0' "$begun"; } &&
      builtin printf 's=%s\0e=%s\0g=%s\0p=%s\0m=%s\0h=' "${x:+$x }$s" "${left:+$left }$e" \
        "$_caro_res" "$_caro_p" "$_caro_m" &&
      HISTTIMEFORMAT='' builtin history "$_caro_m" &&
      builtin printf '\0\0'
  } >>"$_caro_f" && _caro_kept || _caro_lose
}

# One more command, or several pasted together, has ended. Reads n, w, s and e of _caro_end.
_caro_finish() {
  case $w in
  1)
    _caro_next || return 0
    ((n == 1)) || s1=${_caro_x[1]} e1=${_caro_b[1]}
    builtin printf '\0v1\0t=e\0q=%s\0s=%s\0e=%s\0g=%s\0\0' "$_caro_q" "${s1:-$s}" "${e1:-$e}" "$_caro_res" >>"$_caro_f" ||
      _caro_lose
    ((n == 1)) || _caro_both 1 "$_caro_h1"
    ;;
  '') ((_caro_h0 < 0)) || [[ ! -o history ]] || _caro_both 0 "$_caro_h0" ;;
  esac
}

# The end of anything but one line with a start record.
_caro_irregular() {
  local s=$_caro_s e=$_caro_e n=$_caro_n w=$_caro_v s1='' e1=''
  ((_caro_h0 >= 0)) && _caro_open || return 0
  if [[ -z $e ]]; then
    _caro_clock
    e=$_caro_t
  fi
  _caro_number 1
  # If PS0 does not count, a line without a simple command of its own is visible only in the
  # history.
  if ((n == 0 && _caro_h > _caro_h0)) && [[ ${PS0-} != *_caro_n* ]]; then n=1 _caro_same=0 _caro_b=() _caro_x=(); fi
  ((n > 0)) || return 0
  _caro_finish
  _caro_q=$((_caro_q + n))
}

# First element of PROMPT_COMMAND. Its first command keeps the DEBUG trap out of the other elements
# if the trap applies inside functions.
_caro_end() {
  _caro_s=$? _caro_e=${EPOCHREALTIME/[.,]/} _caro_v=$_caro_w _caro_w=0
  if [[ $_caro_n$_caro_v$_caro_res == 111 && $_caro_i != 64 && -O $_caro_f ]]; then
    builtin printf '\0v1\0t=e\0q=%s\0s=%s\0e=%s\0\0' "$_caro_q" "$_caro_s" "$_caro_e" >>"$_caro_f" || _caro_lose
    ((++_caro_i, ++_caro_q))
  else
    _caro_irregular
  fi
  _caro_n=0 _caro_w='' _caro_h0=-1 _caro_h1=-1
  [[ $- == *e* ]] || return "$_caro_s"
}

# The DEBUG trap in combination with one of the user: $? and $_ keep their values for that one.
_caro_step() {
  local s=$?
  _caro_start "$1"
  return "$s"
} 2>/dev/null

# Added to the front of PS0. Arithmetic sets the state without a fork. It MUST NOT fail, because an
# error in PS0 keeps every command from running. It contains no `!`, which history expansion would
# replace.
if _caro_ge 5 0; then
  # shellcheck disable=SC2016 # expanded by the shell at each command
  _caro_ps0='${_caro_z:(_caro_x[_caro_n+0]=$?,_caro_b[_caro_n++]=${EPOCHREALTIME/[.,]/}+0):0}'
else
  _caro_ps0=
fi

# The trap removes itself after it has fired. This is in its own text, because a function restores
# the old trap when it returns. A trap that stays would cost a loop 27 µs per iteration instead of
# 2. These texts appear under `set -x` unless they are redirected.
# shellcheck disable=SC2016 # expanded when the trap fires
_caro_debug='{ if _caro_start "$_"; then builtin trap - DEBUG; : "$_caro_u"; fi; } 2>/dev/null'
_caro_first='{ _caro_end; } 2>/dev/null'
# bash-preexec treats the first command after its own as the command of the user, unless it is a
# line of PROMPT_COMMAND as bash writes it.
# shellcheck disable=SC2016 # expanded at each prompt
_caro_look='_caro_open && builtin trap -p DEBUG >> "$_caro_g" && _caro_k=0 || _caro_k=1
_caro_arm "$_caro_k"
} 2>/dev/null'
_caro_last="{
$_caro_look"
_caro_only="{
_caro_end
$_caro_look"

# Sets the initial state for the next line.
_caro_ready() {
  _caro_h0=-1 _caro_h1=-1 _caro_p=$PWD
  if [[ -o history ]]; then
    _caro_number 1
    _caro_h0=$_caro_h
    # Before bash 5.1, HISTCMD cannot be used for the short path.
    ! _caro_ge 5 1 || _caro_h1=$((_caro_h + 1))
  fi
  if [[ $_caro_ps0 && -z ${BLE_ATTACHED-} ]] && builtin shopt -q promptvars; then
    [[ ${PS0-} == *_caro_n* ]] || PS0=$_caro_ps0${PS0-}
  elif [[ ${PS0-} == *_caro_n* ]]; then
    PS0=${PS0/"$_caro_ps0"/}
  fi
}

# Last element of PROMPT_COMMAND: prepares for the next line. The scratch file, otherwise empty,
# contains the current DEBUG trap, which cannot be read in a function. If $1 is not 0, it could not
# be written, and no trap is set.
_caro_arm() {
  if [[ $1$_caro_same == 01 && ${#PROMPT_COMMAND[@]} == "$_caro_count" && ${PROMPT_COMMAND[0]} == "$_caro_head" && ! -s $_caro_g && -o history &&
    -z ${bash_preexec_imported-}${__bp_imported-} ]] && builtin shopt -q promptvars; then
    _caro_p=$PWD _caro_h1=$HISTCMD _caro_h0=$((HISTCMD - 1))
    # shellcheck disable=SC2064 # the text of the trap is what the variable holds
    builtin trap "$_caro_debug" DEBUG
  elif (($1 == 0)); then
    _caro_rearm
  elif _caro_open; then
    # The scratch file could not be written: without the trap, the line has one record at its end.
    _caro_ready
  fi
}

# The same for a prompt whose state differs from the last one.
_caro_rearm() {
  local found=''
  _caro_same=0
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
  if [[ -s $_caro_g ]]; then
    IFS='' builtin read -rd '' found <"$_caro_g"
    : >|"$_caro_g"
  fi
  case $found in
  '' | 'trap -- - '*) # the second in POSIX mode
    # shellcheck disable=SC2064 # the text of the trap is what the variable holds
    builtin trap "$_caro_debug" DEBUG
    if _caro_ge 5 1; then _caro_same=1 _caro_count=${#PROMPT_COMMAND[@]} _caro_head=${PROMPT_COMMAND[0]}; fi
    ;;
  *_caro_*) ;;
  *)
    found=${found#trap -- }
    builtin eval "_caro_theirs=${found% DEBUG*}"
    builtin trap '_caro_step "$_"
'"$_caro_theirs" DEBUG
    ;;
  esac
  return 0
}

# Keeps the elements of the hook at their positions in PROMPT_COMMAND, whatever was assigned since.
# The end of a command is recorded before other hooks take time, and the next one is prepared after
# them. If there are no other elements, one element does both; it is never the first one, which
# `PROMPT_COMMAND=…` replaces.
_caro_place() {
  local last=$((${#PROMPT_COMMAND[@]} - 1))
  _caro_ge 5 1 || return 0
  [[ $last == 1 && -z ${PROMPT_COMMAND[0]} && ${PROMPT_COMMAND[1]} == "$_caro_only" ]] && return 0
  [[ $last -gt 1 && ${PROMPT_COMMAND[0]} == "$_caro_first" && ${PROMPT_COMMAND[last]} == "$_caro_last" ]] && return 0
  _caro_remove
  if [[ ${PROMPT_COMMAND[*]} ]]; then
    PROMPT_COMMAND=("$_caro_first" "${PROMPT_COMMAND[@]}" "$_caro_last")
  else
    PROMPT_COMMAND=('' "$_caro_only")
  fi
}

# Removes the elements of the hook from the PROMPT_COMMAND array.
_caro_remove() {
  local one
  local -a rest=()
  for one in "${PROMPT_COMMAND[@]}"; do
    case $one in '' | "$_caro_first" | "$_caro_last" | "$_caro_only") ;; *) rest+=("$one") ;; esac
  done
  PROMPT_COMMAND=("${rest[@]}")
}

# bash-preexec is loaded: register with it instead of setting a second DEBUG trap. It passes the
# text, and keeps lines with a leading space in the history, so they are visible and MUST be skipped
# here.
_caro_preexec() {
  ((_caro_h0 >= 0 && BASH_SUBSHELL == 0)) && _caro_open || return 0
  _caro_w=0
  [[ $1 != [[:space:]]* ]] && _caro_next || return 0
  _caro_clock
  ((_caro_n > 0)) || _caro_n=1 _caro_b=("$_caro_t")
  _caro_number 0
  _caro_h1=$_caro_h
  builtin printf "$_caro_mark"'t=s\0q=%s\0b=%s\0g=%s\0p=%s\0c=%s\0\0' \
    "$_caro_q" "$_caro_t" "$_caro_res" "$PWD" "$1" >>"$_caro_f" && _caro_kept && _caro_w=1 || _caro_lose
  return 0
} 2>/dev/null
_caro_precmd() {
  _caro_end
  local s=$?
  _caro_ready
  return "$s"
} 2>/dev/null
_caro_adopt() {
  case " ${preexec_functions[*]-} " in *' _caro_preexec '*) return 0 ;; esac
  _caro_unhook
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
  local one
  local -a rest=()
  _caro_unhook
  for one in "${preexec_functions[@]}"; do [[ $one == _caro_preexec ]] || rest+=("$one"); done
  [[ -z ${preexec_functions+set} ]] || preexec_functions=("${rest[@]}")
  rest=()
  for one in "${precmd_functions[@]}"; do [[ $one == _caro_precmd ]] || rest+=("$one"); done
  [[ -z ${precmd_functions+set} ]] || precmd_functions=("${rest[@]}")
  # shellcheck disable=SC2064 # the text of the trap is what the variable holds
  [[ -z ${_caro_theirs-} ]] || builtin trap "$_caro_theirs" DEBUG
  [[ -z ${BLE_ATTACHED-} ]] || blehook PREEXEC-=_caro_preexec
  builtin unset _caro_loaded
  _caro_h0=-1 _caro_w=0 _caro_n=0
}

_caro_load() {
  # Not in scripts, if CARO_OFF is set, a second time in the same shell, or in a restricted shell.
  [[ $- == *i* && -z ${CARO_OFF-} && ${_caro_loaded[0]-} != "$$" ]] || return 0
  ! builtin shopt -q restricted_shell || return 0
  # Some sites make PROMPT_COMMAND read-only, so the hook cannot be added. (The only fork, at load.)
  (builtin unset -v PROMPT_COMMAND) 2>/dev/null || return 0
  _caro_z='' _caro_n=0 _caro_w='' _caro_h0=-1 _caro_h1=-1 _caro_h=-1 _caro_c='' _caro_b=() _caro_x=()
  # An array, because `set -a` does not export arrays to a shell that replaces this one by `exec`.
  builtin unset -v _caro_loaded
  _caro_loaded=("$$")
  _caro_kind=bash _caro_q=0 _caro_seq=-1 _caro_i=64 _caro_same=0 _caro_count=0 _caro_head='' _caro_f=''
  _caro_kept
  [[ ! -o posix ]] || _caro_kind='sh'
  _caro_ge 4 2 || _caro_base=$(($(command date +%s) - SECONDS))
  _caro_clock
  _caro_at=$_caro_t
  _caro_g=$_caro_d/.$_caro_kind.$$.$_caro_at
  if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
    _caro_adopt
  elif _caro_ge 5 1; then
    # Not at index 0: a later `PROMPT_COMMAND=…` in the rc file replaces only that element.
    PROMPT_COMMAND=("${PROMPT_COMMAND[@]-}" "$_caro_last")
  else
    PROMPT_COMMAND="$_caro_first
${PROMPT_COMMAND-}
$_caro_last"
  fi
}
_caro_load
