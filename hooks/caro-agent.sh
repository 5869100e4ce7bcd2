#!/bin/sh
# shellcheck shell=sh
# Caro mesh, coding agents: `sh FILE NAME`. An agent starts it before and after a command, with a
# JSON object on standard input. It appends one record to the spool, prints nothing and always
# succeeds, so that it never stops the agent. Background: docs/agents.md.
# Expects _caro_d, the spool directory, from the line that is put before this text.
# shellcheck disable=SC2154 # set by that line
# shellcheck disable=SC2015 # the last command replaces this one, whichever test failed
# shellcheck disable=SC2016 # awk expands it

# Ctrl-\ ends the agent and this program, whose memory holds the output: no core file is written.
# shellcheck disable=SC3045 # where a shell has no -c, nothing changes
ulimit -c 0 2>/dev/null

# Without the directory the input is still read: the agent may wait for that.
[ -O "$_caro_d" ] && [ -d "$_caro_d" ] && [ ! -L "$_caro_d" ] && [ -z "$CARO_OFF" ] || exec cat >/dev/null 2>&1
exec 2>/dev/null

# Only the listed members are kept; the output of a command is dropped here, before anything is
# written. The text is split at its quotes: the pieces are inside and outside strings in turn.
# Prints the time in seconds, then a line `path value` for each member; nothing for other tools.
_caro_program='
function ends_open(text,   at) {
  if (substr(text, length(text)) != "\\") return 0
  at = length(text)
  while (at > 0 && substr(text, at, 1) == "\\") at--
  return (length(text) - at) % 2
}
function path(   at, text) {
  text = name[1]
  for (at = 2; at <= depth; at++) text = text "." name[at]
  return text
}
function keep(value) { out = out path() " " value "\n" }
function scalar(text) {
  if (text != "" && wanted[path()] == 1) keep(text)
  else if (text != "" && text != "false" && text != "null" && wanted[path()] == 2) keep("true")
}
function structure(text,   at, char, word) {
  word = ""
  for (at = 1; at <= length(text); at++) {
    char = substr(text, at, 1)
    if (char ~ /[-+.0-9A-Za-z]/) { word = word char; continue }
    if (word != "") { scalar(word); word = "" }
    if (char == "{" || char == "[") {
      if (wanted[path()] == 2) keep("true")
      depth++; kind[depth] = char; name[depth] = char == "[" ? "#" : ""; is_key = char == "{"
    } else if (char == "}" || char == "]") {
      if (depth == 0) broken = 1
      depth--; is_key = 0
      if (depth == 0) roots++
    } else if (char == ",") is_key = kind[depth] == "{"
    else if (char == ":") is_key = 0
  }
  if (word != "") scalar(word)
}
BEGIN {
  split("hook_event_name tool_name tool_use_id session_id conversation_id cwd permission_mode command tool_input.command tool_input.workdir tool_input.dir_path tool_input.directory exit_code duration_ms duration tool_response.exit_code", list, " ")
  for (at in list) wanted[list[at]] = 1
  split("cursor_version is_interrupt tool_input.run_in_background tool_input.is_background tool_response.returnCodeInterpretation tool_response.backgroundTaskId tool_response.interrupted", list, " ")
  for (at in list) wanted[list[at]] = 2
  wanted["error"] = 3
  split("Bash bash Shell shell run_shell_command local_shell exec_command", list, " ")
  for (at in list) shells["\"" list[at] "\""] = 1
  # The time of day is the seed: in seconds, or in nanoseconds with the mawk of Debian 13.
  srand(); now = srand()
  while (now >= 1e11) now /= 1000
  if ((getline times < pause) > 0 && split(times, list, " ") == 2 && now < list[2] + 0) hush = 1
}
{ text = text (NR > 1 ? "\n" : "") $0 }
END {
  if (hush) exit
  count = split(text, piece, "\"")
  for (i = 1; i <= count; i++) {
    structure(piece[i])
    i++
    if (i > count) break
    use = is_key ? 1 : wanted[path()]
    value = piece[i]
    while (ends_open(piece[i]) && i < count) { i++; if (use == 1) value = value "\"" piece[i] }
    if (use == 1 && index(value, "\n")) broken = 1
    if (is_key) name[depth] = value
    else if (use == 1) { keep("\"" value "\""); if (depth == 1 && name[1] == "tool_name" && !("\"" value "\"" in shells)) other = 1 }
    else if (use == 2 && value != "") keep("true")
    else if (use == 3 && match(value, /^Exit code [0-9]+/)) out = out "exit_code " substr(value, 11, RLENGTH - 10) "\n"
  }
  if (!broken && !other && depth == 0 && roots == 1 && out != "") printf "%d\n%s", now, out
}'

_caro_out=$(LC_ALL=C awk -v pause="$_caro_d/.pause" "$_caro_program")
[ -n "$_caro_out" ] || exit 0

# The agent is the nearest ancestor that is not a shell, which an agent puts in between.
_caro_p=$PPID _caro_n=
for _ in 1 2 3 4; do
  IFS= read -r _caro_s <"/proc/$_caro_p/stat" || break
  _caro_c=${_caro_s#*\(} _caro_c=${_caro_c%\)*}
  # shellcheck disable=SC2086 # words
  set -- "$1" ${_caro_s##*\)}
  _caro_n=$_caro_p.${21}
  case $_caro_c in sh | bash | dash | zsh | ash | ksh | mksh | fish | busybox) _caro_p=$3 ;; *) break ;; esac
done

_caro_nl='
'
umask 077
set -C
# mksh has no printf builtin, and the arguments of a program are visible to every user.
case ${KSH_VERSION-} in
  *'MIRBSD KSH'*)
    printf '\0v1\0w=%s\0n=%s\0j=' "$1" "${_caro_n:-0.0}"
    print -rn -- "${_caro_out#*"$_caro_nl"}"
    printf '\0\0'
    ;;
  *) printf '\0v1\0w=%s\0n=%s\0j=%s\0\0' "$1" "${_caro_n:-0.0}" "${_caro_out#*"$_caro_nl"}" ;;
esac >"$_caro_d/agent.$$.${_caro_out%%"$_caro_nl"*}000000.0"
exit 0
