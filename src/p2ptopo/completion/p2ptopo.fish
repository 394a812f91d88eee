# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for p2ptopo(1): p2ptopo --complete knows its tables and the machine.

function __p2ptopo_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l tool $words[1]
    set -e words[1]
    set -l lines ($tool --complete $words "$current" 2>/dev/null)
    set -l head (string split \t -- $lines[1])
    set -l rest (string sub -s (math (string length -- "$head[2]") + 1) -- "$current")
    switch $head[1]
        case files
            for path in (__fish_complete_path "$rest")
                echo "$head[2]$path"
            end
        case folders
            for path in (__fish_complete_directories "$rest")
                echo "$head[2]$path"
            end
        case words
            set -e lines[1]
            printf '%s\n' $lines
    end
end

complete -c p2ptopo -f -a '(__p2ptopo_complete)'
