# Caro mesh, fish 3.1 and later: Ctrl-R searches the commands of this node (caro search). Asked for
# with `caro shell init fish --ctrl-r`.
# Expects _caro_program, the path of caro.

function _caro_search
    # By a pipe: what was typed must be in no argument list.
    set -l found (commandline | $_caro_program search --interactive --shell $fish_pid | string collect)
    builtin test -n "$found"; and commandline -r -- $found
    commandline -f repaint
end

if builtin status is-interactive
    bind \cr _caro_search
    bind -M insert \cr _caro_search
end
