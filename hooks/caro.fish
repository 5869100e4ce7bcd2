# Caro mesh, fish 3.1 and later: appends a record to the spool before and after each typed command.
# It forks nothing and prints nothing. Record format and background: docs/hooks.md.
# Expects _caro_d, the spool directory. `caro_off` removes the hook from a running shell; CARO_OFF=1
# keeps it from loading.

# State: _caro_q number of the next command, _caro_w 1 while a command with a start record runs,
# _caro_i one element for each record in the file _caro_f, _caro_seq the number of that file,
# _caro_base the difference between the epoch and the uptime clock in µs (empty without
# /proc/uptime), _caro_lost number of records since the last written one that could not be written
# (full disk; empty: none), _caro_mark start of the next start record, which reports them.
# Every command substitution costs 50 µs here, even of a builtin, so the reader adds base and
# uptime.

# Tests whether the last record was written.
function _caro_kept
    set -g _caro_lost
    set -g _caro_mark '\0v1\0'
end
function _caro_lose
    set -q _caro_lost[1]; or set -g _caro_lost 0
    test $_caro_lost -lt 999999; and set -g _caro_lost (math $_caro_lost + 1)
    # The extra byte makes a truncated record invalid; without it, it could read as a record with
    # fewer fields.
    set -g _caro_mark "x\\0v1\\0l=$_caro_lost\\0"
end

# Sets _caro_f to the file for one more record. The spool must be a directory owned by this user and
# not a link (a redirection would print an error), so that a root shell that kept HOME does not
# write into another spool.
function _caro_next
    if not test -O "$_caro_d" -a -d "$_caro_d" -a -w "$_caro_d" -a ! -L "$_caro_d"
        test -O "$_caro_d" -a -d "$_caro_d" -a ! -L "$_caro_d"; and _caro_lose
        return 1
    end
    set -ga _caro_i .
    set -q _caro_i[65]; or return 0
    set -g _caro_i .
    set -g _caro_seq (math $_caro_seq + 1)
    set -g _caro_f $_caro_d/fish.$fish_pid.$_caro_at.$_caro_seq
    set -l mask (umask)
    umask 077
    builtin printf '' >>$_caro_f
    umask $mask
end

# fish 3.1 does not report the end of a command that ^C ended: it is written late, without its time.
function _caro_unannounced
    set -l d $CMD_DURATION
    set -g _caro_w
    if _caro_next
        builtin printf '\0v1\0t=e\0q=%s\0s=%s\0d=%s\0\0' $_caro_q $argv[1] $d >>$_caro_f; or _caro_lose
    end
    set -g _caro_q (math $_caro_q + 1)
end

function _caro_pre --on-event fish_preexec
    set -l s $status
    set -q _caro_w[1]; and _caro_unannounced $s
    test -n "$fish_private_mode"; and return $s
    set -q fish_history; and test -z "$fish_history"; and return $s
    string match -qr '^\S' -- $argv[1]; and _caro_next; or return $s
    if set -q _caro_base[1]
        builtin read -l up _rest </proc/uptime
        builtin printf "$_caro_mark"'t=s\0q=%s\0g=10000\0z=%s\0u=%s\0p=%s\0c=%s\0\0' $_caro_q $_caro_base $up "$PWD" "$argv[1]" >>$_caro_f
    else
        builtin printf "$_caro_mark"'t=s\0q=%s\0p=%s\0c=%s\0\0' $_caro_q "$PWD" "$argv[1]" >>$_caro_f
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
    set -l d $CMD_DURATION
    set -l q $_caro_q
    set -q _caro_w[1]; or return $s
    set -g _caro_w
    set -g _caro_q (math $q + 1)
    _caro_next; or return $s
    if set -q _caro_base[1]
        builtin read -l up _rest </proc/uptime
        builtin printf '\0v1\0t=e\0q=%s\0s=%s\0d=%s\0g=10000\0z=%s\0u=%s\0\0' $q $s $d $_caro_base $up >>$_caro_f
    else
        builtin printf '\0v1\0t=e\0q=%s\0s=%s\0d=%s\0\0' $q $s $d >>$_caro_f
    end
    or _caro_lose
    return $s
end

# Ends observation in this shell.
function caro_off
    functions -e _caro_pre _caro_post
    set -e _caro_loaded
end

function _caro_load
    set -g _caro_loaded $fish_pid
    set -g _caro_q 0
    set -g _caro_i (string split '' (string repeat -n 64 .))
    set -g _caro_seq -1
    set -g _caro_w
    set -g _caro_base
    _caro_kept
    # Forks only at load: to find the difference between the clock and the epoch.
    set -g _caro_at (date +%s)000000
    if test -r /proc/uptime
        set -l now (date +%s%N)
        builtin read -l up _rest </proc/uptime
        # If date has no nanoseconds, whole seconds are used.
        string match -qr '^[0-9]{19}$' -- $now; and set -g _caro_at (math -s0 "$now / 1000")
        set -g _caro_base (math -s0 "$_caro_at - $up * 1000000")
    end
end

if status is-interactive; and test -z "$CARO_OFF"
    test "$_caro_loaded" = $fish_pid; or _caro_load
else
    functions -e _caro_pre _caro_post
end
