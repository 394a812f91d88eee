# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for p2ptopo(1): p2ptopo --complete knows its tables and the machine.

_p2ptopo()
{
	local cur words cword kind before breaks typed line
	local -a lines asked

	declare -F _get_comp_words_by_ref >/dev/null || return
	_get_comp_words_by_ref -n := cur words cword
	asked=("${words[@]:1:cword-1}" "$cur")
	mapfile -t lines < <("${words[0]/#\~\//$HOME/}" --complete "${asked[@]/#\~\//$HOME/}" 2>/dev/null)
	kind=${lines[0]%%$'\t'*}
	before=${lines[0]#*$'\t'}
	COMPREPLY=()
	case $kind in
	files | folders)
		compopt -o filenames
		[[ $kind == files ]] && kind=-f || kind=-d
		while IFS= read -r line; do
			COMPREPLY+=("$before$line")
		done < <(compgen "$kind" -- "${cur#"$before"}")
		;;
	words)
		for line in "${lines[@]:1}"; do
			COMPREPLY+=("${line%%$'\t'*}")
		done
		[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=,:] ]] && compopt -o nospace
		;;
	esac
	# Readline replaces only what stands after the last character that breaks words.
	breaks=${COMP_WORDBREAKS//[!:=]/}
	if [[ $breaks ]]; then
		typed=${cur%"${cur##*["$breaks"]}"}
		COMPREPLY=("${COMPREPLY[@]#"$typed"}")
	fi
} &&
	complete -F _p2ptopo p2ptopo
