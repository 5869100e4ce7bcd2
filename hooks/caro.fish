# Caro mesh, fish 3.1 and later: appends a record to the spool before and after each typed command.
# It forks nothing and prints nothing. Record format and background: docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` removes the hook from a running shell; CARO_OFF=1
# keeps it from loading.

# State: _caro_n numbers of the next commands, _caro_w 1 while a command with a start record runs,
# _caro_seq number of the file _caro_f, _caro_base the difference between the epoch and the uptime
# clock in µs (empty without /proc/uptime), _caro_lost number of records since the last written one
# that could not be written (full disk; empty: none), _caro_mark start of the next start record,
# which reports them.
# Every command substitution costs 50 µs here, even of a builtin. So the reader adds base and
# uptime, and commands are numbered by a list made once for each file: the number of the file and
# two digits.
# `builtin` and `command` everywhere: users have functions and aliases named `test` or `date`.

# Tests whether the last record was written.
function _caro_kept
    set -g _caro_lost
    set -g _caro_mark '\0v1\0'
end
function _caro_lose
    set -q _caro_lost[1]; or set -g _caro_lost 0
    builtin test $_caro_lost -lt 999999; and set -g _caro_lost (builtin math $_caro_lost + 1)
    # The extra byte makes a truncated record invalid; without it, it could read as a record with
    # fewer fields.
    set -g _caro_mark "x\\0v1\\0l=$_caro_lost\\0"
end

# The spool must be a directory owned by this user and not a link (a redirection would print an
# error), so that a root shell that kept HOME does not write into another spool.
function _caro_there
    builtin test -O "$_caro_d" -a -d "$_caro_d" -a -w "$_caro_d" -a ! -L "$_caro_d"; and return 0
    builtin test -O "$_caro_d" -a -d "$_caro_d" -a ! -L "$_caro_d"; and _caro_lose
    return 1
end

# Tests whether a pause is in force (`caro pause`). Its file holds two times in seconds, the start
# and the end. Forks, but only then.
function _caro_paused
    builtin read -l from until <"$_caro_d/.pause"
    builtin string match -qr '^[0-9]+$' -- "$until"; and builtin test (command date +%s) -lt $until
end

# A new file after 32 commands, with mode 0600.
function _caro_rotate
    set -g _caro_seq (builtin math $_caro_seq + 1)
    set -g _caro_n $_caro_seq$_caro_digits
    set -g _caro_f $_caro_d/fish.$fish_pid.$_caro_at.$_caro_seq
    set -l mask $umask
    set umask 077
    builtin printf '' >>$_caro_f
    set umask $mask
end

function _caro_end
    set -g _caro_w
    if _caro_there
        builtin printf '\0v1\0t=e\0q=%s\0s=%s\0d=%s\0\0' $_caro_n[1] $argv >>$_caro_f; or _caro_lose
    end
    set -e _caro_n[1]
end

function _caro_pre --on-event fish_preexec
    set -l s $status
    # fish 3.1 does not report the end of a command that ^C ended: it is written late.
    set -q _caro_w[1]; and _caro_end $s $CMD_DURATION
    builtin test -n "$fish_private_mode"; and return $s
    set -q fish_history; and builtin test -z "$fish_history"; and return $s
    # Neither a private line nor a comment.
    builtin string match -qr '^(?!#[^\n]*$)\S' -- $argv[1]; and _caro_there; or return $s
    builtin test -e "$_caro_d/.pause"; and _caro_paused; and return $s
    set -q _caro_asks[1]; and builtin functions -q fish_should_add_to_history
    and not fish_should_add_to_history $argv[1]; and return $s
    set -q _caro_n[1]; or _caro_rotate
    if set -q _caro_base[1]
        builtin read -l up _rest </proc/uptime
        builtin printf "$_caro_mark"'t=s\0q=%s\0g=10000\0z=%s\0u=%s\0p=%s\0c=%s\0\0' $_caro_n[1] $_caro_base $up "$PWD" "$argv[1]" >>$_caro_f
    else
        builtin printf "$_caro_mark"'t=s\0q=%s\0p=%s\0c=%s\0\0' $_caro_n[1] "$PWD" "$argv[1]" >>$_caro_f
    end
    or begin
        _caro_lose
        return $s
    end
    set -g _caro_w 1
    set -q _caro_lost[1]; and _caro_kept
    return $s
end

function _caro_post --on-event fish_postexec
    set -l s $status
    set -q _caro_w[1]; and _caro_end $s $CMD_DURATION
    return $s
end

# Ends observation in this shell.
function caro_off
    builtin functions -e _caro_pre _caro_post
    set -e _caro_loaded
end

function _caro_load
    set -g _caro_loaded $fish_pid
    set -g _caro_n
    set -g _caro_digits 0{0,1,2,3,4,5,6,7,8,9} 1{0,1,2,3,4,5,6,7,8,9} 2{0,1,2,3,4,5,6,7,8,9} 30 31
    set -g _caro_asks (builtin string match -r '^[4-9]' -- $FISH_VERSION)
    set -g _caro_seq -1
    set -g _caro_w
    set -g _caro_base
    _caro_kept
    # Forks only at load: to find the difference between the clock and the epoch.
    set -g _caro_at (command date +%s)000000
    if builtin test -r /proc/uptime
        set -l now (command date +%s%N)
        builtin read -l up _rest </proc/uptime
        # If date has no nanoseconds, whole seconds are used.
        builtin string match -qr '^[0-9]{19}$' -- $now; and set -g _caro_at (builtin math -s0 "$now / 1000")
        set -g _caro_base (builtin math -s0 "$_caro_at - $up * 1000000")
    end
end

if builtin status is-interactive; and builtin test -z "$CARO_OFF"
    builtin test "$_caro_loaded" = $fish_pid; or _caro_load
else
    builtin functions -e _caro_pre _caro_post
end
