# shellcheck shell=bash
# Caro mesh, bash 3.2 to 5.x: appends a record to the spool before and after each command typed here. Nothing is forked, nothing
# is printed, nothing is looked at but the history, the clock, $? and $PWD. The record and the reasons: docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` takes all of it out of a running shell; CARO_OFF=1 keeps it from loading.

# shellcheck disable=SC2154 # _caro_d is set by the line `caro shell init` puts before this text
# shellcheck disable=SC2178 # PROMPT_COMMAND is a string before bash 5.1 and an array since
# shellcheck disable=SC2015 # what stands between && and || below cannot fail, and `set -e` must not see a disk that is full

# State between functions. n: commands begun since the prompt, counted by PS0, with _caro_b their start times and _caro_x the $?
# before each. w: '' no DEBUG trap seen, 0 private or our own turn, 1 start record written. h0: last history number at the prompt,
# -1 unknown; h1: that of the start record, until then the one it should get. c: first simple command of the last line found in
# the history. q: next command number. same: 1 while the last prompt found nothing to put right. lost: records since the last
# written one that could not be (a full disk); mark: how the next with a text begins, which tells them.

# What runs for every line is short: bash copies the body of a function whenever it calls it, and goes through texts a character
# at a time. Whatever is out of the ordinary has functions of its own.

# _caro_ge MAJOR MINOR: is this bash at least that?
_caro_ge() { ((BASH_VERSINFO[0] > $1 || (BASH_VERSINFO[0] == $1 && BASH_VERSINFO[1] >= $2))); }

# _caro_clock sets _caro_t to microseconds since the epoch; _caro_res is its granularity in µs.
if _caro_ge 5 0; then
  _caro_res=1
  # A comma locale writes the fraction behind a comma.
  _caro_clock() { _caro_t=${EPOCHREALTIME/[.,]/}; }
elif _caro_ge 4 2; then
  _caro_res=1000000
  _caro_clock() { builtin printf -v _caro_t '%(%s)T000000' -1; }
else
  _caro_res=1000000
  _caro_clock() { _caro_t=$((_caro_base + SECONDS))000000; }
fi

# _caro_number sets _caro_h to the history number of the line now running (from a trap) or of the last one (from the prompt).
if _caro_ge 5 1; then
  # HISTCMD is already one further at the prompt, not yet while a command runs.
  _caro_number() { _caro_h=$((HISTCMD - $1)); }
else
  # Before 5.1 HISTCMD stands still there; only what `history` prints is right. A scratch file reads it back without a fork.
  _caro_number() {
    _caro_h=-1
    _caro_open || return 0
    HISTTIMEFORMAT='' builtin history 1 >|"$_caro_g" && IFS=' *' builtin read -r _caro_h _ <"$_caro_g"
    : >|"$_caro_g"
    [[ $_caro_h ]] || _caro_h=0
  }
fi

# The spool must be a directory of ours and no link: a root shell that kept $HOME stays out of its user's spool. MUST be asked before
# the scratch file is written, too: what lies there is read back and evaluated.
_caro_open() { [[ -O $_caro_d && -d $_caro_d && ! -L $_caro_d ]]; }

# Is the record just tried on disk? Every part of one MUST be asked: of a record cut short the end may fit where its middle did not.
_caro_kept() { _caro_lost=0 _caro_mark='\0v1\0'; }
_caro_lose() {
  ((_caro_lost < 999999)) && ((++_caro_lost))
  # One byte before it spoils a record cut short, which else could read as one with fewer fields.
  _caro_mark="x\\0v1\\0l=$_caro_lost\\0"
}

# Begins the next file of this session, 0600, and leaves the umask as it was.
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

# Makes _caro_f the file for one more record. Where it cannot, that record is lost.
_caro_next() {
  { ((_caro_i++ < 64)) && [[ -f $_caro_f ]]; } || { _caro_rotate && _caro_i=1; } || {
    _caro_lose
    return 1
  }
}

# Did a line that left the history number alone ($1, its first simple command) repeat the entry before it? The other reasons
# are a leading space and HISTIGNORE, which are the owner's wish not to have it recorded: without proof it is not.
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
  # erasedups takes the older twin out, so the number stays or falls for a line that is new: compare texts, without the white
  # space that bash sets its own way, and as the aliases made it.
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

# How many history entries (_caro_m) the commands begun since entry $1 left behind, when $2 of them began. A multi-line command
# is one entry under cmdhist; more entries than commands means another program read some into the list.
_caro_entries() {
  _caro_m=$((_caro_h - $1))
  if builtin shopt -q cmdhist; then ((_caro_m <= $2)) || _caro_m=$2; fi
  ((_caro_m < 1000))
}

# From the DEBUG trap, with its $_: is this the first command of a line the user typed? Then its start record is written and the
# answer is yes. In completion functions, key bindings and prompt commands it is not.
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

# The same for a line that is not one new entry of the history, or the first of its file.
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

# Where PS0 does not announce a line the trap itself marks its start.
_caro_unannounced() {
  ((_caro_h0 >= 0)) && [[ -z ${COMP_LINE-} && -z ${READLINE_LINE-} && ${PS0-} != *_caro_n* ]] || return 1
  _caro_clock
  _caro_same=0
  _caro_n=1 _caro_b=("$_caro_t")
}

# Commands $1 … n-1 of this prompt, in one record with a text each: lines pasted together, or lines that no trap announced.
# Reads n, s and e of _caro_end. $2 is the history number before the first of them.
_caro_both() {
  local i=$1 IFS=' ' begun left='' x=''
  _caro_entries "$2" $((n - i)) && ((_caro_m > 0)) && _caro_next || return 0
  # Without PS0 nothing but the first start and the last end is known.
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

# One more command has ended (or several, pasted together). Reads n, w, s and e of _caro_end.
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

# The end of what is not one line with a start record.
_caro_irregular() {
  local s=$_caro_s e=$_caro_e n=$_caro_n w=$_caro_v s1='' e1=''
  ((_caro_h0 >= 0)) && _caro_open || return 0
  if [[ -z $e ]]; then
    _caro_clock
    e=$_caro_t
  fi
  _caro_number 1
  # Where PS0 does not count, a line without a simple command of its own shows only in the history.
  if ((n == 0 && _caro_h > _caro_h0)) && [[ ${PS0-} != *_caro_n* ]]; then n=1 _caro_same=0 _caro_b=() _caro_x=(); fi
  ((n > 0)) || return 0
  _caro_finish
  _caro_q=$((_caro_q + n))
}

# First of PROMPT_COMMAND. Its first command keeps the DEBUG trap out of the others where that looks into functions.
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

# The DEBUG trap beside one of the owner's: $? and $_ stay as they were for theirs.
_caro_step() {
  local s=$?
  _caro_start "$1"
  return "$s"
} 2>/dev/null

# What is put in front of PS0. Arithmetic sets the state without a fork. It must never fail: an error in PS0 keeps every command
# from running. No `!`, which history expansion would take.
if _caro_ge 5 0; then
  # shellcheck disable=SC2016 # expanded by the shell at each command
  _caro_ps0='${_caro_z:(_caro_x[_caro_n+0]=$?,_caro_b[_caro_n++]=${EPOCHREALTIME/[.,]/}+0):0}'
else
  _caro_ps0=
fi

# The trap takes itself away when it has fired, in its own text because a function gets the old one back when it returns: a
# trap that stays costs a loop 27 µs a turn instead of 2. What stands in these texts shows under `set -x` unless it is redirected.
# shellcheck disable=SC2016 # expanded when the trap fires
_caro_debug='{ if _caro_start "$_"; then builtin trap - DEBUG; : "$_caro_u"; fi; } 2>/dev/null'
_caro_first='{ _caro_end; } 2>/dev/null'
# bash-preexec takes the first command after its own for the user's, unless it is a line of PROMPT_COMMAND as bash writes it.
# shellcheck disable=SC2016 # expanded at each prompt
_caro_look='_caro_open && builtin trap -p DEBUG >> "$_caro_g" && _caro_k=0 || _caro_k=1
_caro_arm "$_caro_k"
} 2>/dev/null'
_caro_last="{
$_caro_look"
_caro_only="{
_caro_end
$_caro_look"

# What the next line starts from.
_caro_ready() {
  _caro_h0=-1 _caro_h1=-1 _caro_p=$PWD
  if [[ -o history ]]; then
    _caro_number 1
    _caro_h0=$_caro_h
    # Before 5.1 HISTCMD is of no use for the short way.
    ! _caro_ge 5 1 || _caro_h1=$((_caro_h + 1))
  fi
  if [[ $_caro_ps0 && -z ${BLE_ATTACHED-} ]] && builtin shopt -q promptvars; then
    [[ ${PS0-} == *_caro_n* ]] || PS0=$_caro_ps0${PS0-}
  elif [[ ${PS0-} == *_caro_n* ]]; then
    PS0=${PS0/"$_caro_ps0"/}
  fi
}

# Last of PROMPT_COMMAND: ready for the next line. The scratch file, otherwise empty, has been told which DEBUG trap is set (in a
# function it cannot be seen), or, where $1 is not 0, could not be: then none is set.
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

# The same for a prompt that is not as the last one was.
_caro_rearm() {
  local found=''
  _caro_same=0
  if [[ ${bash_preexec_imported-}${__bp_imported-} ]]; then
    _caro_adopt
    # Our own commands have used up the one chance bash-preexec had to see the next line begin.
    ! builtin declare -F __bp_interactive_mode >/dev/null || __bp_interactive_mode
    return 0
  fi
  _caro_ready
  _caro_place
  if [[ ${BLE_ATTACHED-} ]]; then
    # ble.sh needs the DEBUG trap for itself, expands PS0 late, and hands the text over (once, however often it is asked).
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

# Keeps our elements of PROMPT_COMMAND where they belong, whatever was assigned since: the end of a command is taken before other
# hooks spend time, the next one prepared after them. Where there are no others one element does both, never the first one, which
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

# Takes our elements out of the PROMPT_COMMAND array.
_caro_remove() {
  local one
  local -a rest=()
  for one in "${PROMPT_COMMAND[@]}"; do
    case $one in '' | "$_caro_first" | "$_caro_last" | "$_caro_only") ;; *) rest+=("$one") ;; esac
  done
  PROMPT_COMMAND=("${rest[@]}")
}

# bash-preexec is here: be one of its guests instead of a second owner of the DEBUG trap. It hands over the text, and keeps
# lines with a leading space in the history, so that they are seen and must be left out here.
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

# Out of PS0 and PROMPT_COMMAND.
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
  # Scripts, a wish to be left alone, a second time in the same shell, a shell that may not redirect.
  [[ $- == *i* && -z ${CARO_OFF-} && ${_caro_loaded[0]-} != "$$" ]] || return 0
  ! builtin shopt -q restricted_shell || return 0
  # Some sites make PROMPT_COMMAND read-only; then there is no place for us. (The one fork, at load.)
  (builtin unset -v PROMPT_COMMAND) 2>/dev/null || return 0
  _caro_z='' _caro_n=0 _caro_w='' _caro_h0=-1 _caro_h1=-1 _caro_h=-1 _caro_c='' _caro_b=() _caro_x=()
  # An array, which `set -a` does not hand on to the shell that takes this one's place by `exec`.
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
    # Not at index 0: a later `PROMPT_COMMAND=…` in the rc file replaces only that one.
    PROMPT_COMMAND=("${PROMPT_COMMAND[@]-}" "$_caro_last")
  else
    PROMPT_COMMAND="$_caro_first
${PROMPT_COMMAND-}
$_caro_last"
  fi
}
_caro_load
