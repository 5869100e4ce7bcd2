# Caro mesh, fish 3.1 and later: Enter rates the line before it runs (caro guard). An event of fish
# cannot stop a command, so a key binding does.
# Expects _caro_d, the spool; _caro_program, the path of caro; _caro_plain, lines that need no
# rating; _caro_rules, the folder of custom rules; _caro_socket, the control socket; _caro_ask, the
# program that asks it.

# Tests whether the line must not run. Standard input is a pipe: what was typed must be in no
# argument list.
function _caro_stops
    builtin string match -qr '\S' -- $argv[1]; or return 1
    set -l from high
    set -l failure open
    builtin read -l -d ' ' one other every <$_caro_d/.guard 2>/dev/null; or return 1
    builtin test -n "$one"; and set from $one
    builtin test -n "$other"; and set failure $other
    if builtin test -z "$every"; and not builtin test -d $_caro_rules; and builtin string match -qr $_caro_plain -- $argv[1]
        return 1
    end
    _caro_service_allows $argv[1] $from; and return 1
    builtin printf %s $argv[1] | $_caro_program guard check --shell fish --from $from
    switch $pipestatus[2]
        case 0
            return 1
        case 77
            return 0
        case '*'
            builtin test $failure = closed
    end
end

# _caro_service_allows TEXT LEVEL: asks the service, which answers sooner than the guard starts.
function _caro_service_allows
    builtin test -S $_caro_socket -a -O $_caro_socket; and command -q perl; or return 1
    builtin printf %s $argv[1] | PERL5OPT='' PERL5LIB='' PERL5DB='' command perl $_caro_ask $_caro_socket fish $argv[2] 2>/dev/null
end

function _caro_enter
    if builtin test -e $_caro_d/.guard; and _caro_stops (commandline -b | string collect)
        commandline -f repaint
    else
        commandline -f execute
    end
end

if builtin status is-interactive
    for key in \r \n
        bind $key _caro_enter
        bind -M insert $key _caro_enter
    end
end
