#include "shared/shell_scripts.h"

#include <string_view>

#include "nv/core/text.h"

namespace nv {

namespace {

// Bash splits words at = and :, and replaces only what follows them; nv's words contain both. So the words
// are joined again where no space is between them, and the part before the last = or : is removed from the
// answers.
constexpr std::string_view bash_function = R"sh(# bash completion for nv; generated
_nv() {
  local line=${COMP_LINE:0:COMP_POINT} words=() i word kind answer program=nv
  for (( i = 0; i <= COMP_CWORD; i++ )); do
    local stripped=${line#"${line%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    (( i == COMP_CWORD )) && word=$stripped
    if (( i > 0 )) && [[ $stripped == "$line" && -n $line ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    line=${stripped#"$word"}
  done
  words=("${words[@]//[\"\'\\]/}")
  local current=${words[${#words[@]}-1]}
  local prefix=${current%"${current##*[=:]}"}
  [[ ${words[0]} == */* ]] && program=${words[0]%/*}/nv
  COMPREPLY=()
  {
    read -r kind
    while IFS=$'\t' read -r answer _; do COMPREPLY+=("${answer#"$prefix"}"); done
  } < <("$program" complete "${words[@]}" 2>/dev/null)
  [[ $kind == *nospace* ]] && compopt -o nospace
  if [[ $kind == files* ]]; then
    (( ${#COMPREPLY[@]} == 0 )) && compopt -o filenames
    while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "${current#"$prefix"}")
  fi
}
complete -F _nv)sh";

constexpr std::string_view zsh_function = R"sh(# generated
_nv() {
  local program=nv kind line
  local -a answers values
  [[ $words[1] == */* ]] && program=${words[1]:h}/nv
  answers=("${(@f)$("$program" complete "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  kind=$answers[1]
  for line in "${(@)answers[2,-1]}"; do
    values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if [[ $kind == *nospace* ]]; then
    (( $#values )) && _describe -V 'nv' values -S ''
  else
    (( $#values )) && _describe -V 'nv' values
  fi
  if [[ $kind == files* ]]; then
    compset -P '*='
    _files
  fi
}
_nv "$@"
)sh";

constexpr std::string_view fish_function = R"sh(# fish completion for nv; generated
function __nv_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program nv
    string match -q '*/*' -- $words[1]; and set program (dirname -- $words[1])/nv
    set -l answers ($program complete $words "$current" 2>/dev/null)
    for answer in $answers[2..-1]
        echo $answer
    end
    if string match -q 'files*' -- $answers[1]
        set -l prefix (string match -r -- '^--[^=]*=' "$current"; or echo "")
        for file in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current"))
            echo $prefix$file
        end
    end
end
)sh";

}  // namespace

std::string bash_completion(const std::string& names) {
  return std::string(bash_function) + " " + names + "\n";
}

std::string zsh_completion(const std::string& names) {
  return "#compdef " + names + "\n" + std::string(zsh_function);
}

std::string fish_completion(const std::string& names) {
  std::string text(fish_function);
  for (const std::string& name : split(names, ' '))
    text += "complete -c " + name + " -f -a '(__nv_complete)'\n";
  return text;
}

}  // namespace nv
