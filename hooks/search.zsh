# Caro mesh, zsh 5.3 and later: Ctrl-R searches the commands of this node (caro search). Asked for
# with `caro shell init zsh --ctrl-r`.
# Expects _caro_program, the path of caro.

_caro_search() {
  local _caro_found
  # By a pipe: what was typed must be in no argument list.
  _caro_found=$(print -rn -- "$BUFFER" | "$_caro_program" search --interactive --shell $$)
  [[ -z $_caro_found ]] || { BUFFER=$_caro_found; CURSOR=${#BUFFER}; }
  zle reset-prompt
}

if [[ -o interactive && -o zle ]]; then
  zle -N _caro_search
  () { local keymap; for keymap in emacs viins vicmd; do bindkey -M $keymap '^R' _caro_search; done; }
fi
