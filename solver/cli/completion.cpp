#include "solver/cli/completion.hpp"

#include <fmt/format.h>

#include <steady/error.hpp>

#include "solver/cli/option_text.hpp"

namespace steady::cli {
namespace {

// The text with a backslash before each of these characters.
std::string escaped(std::string_view text, std::string_view characters) {
  std::string result;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

// In single quotes, as bash and zsh read them.
std::string zsh_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string names(std::span<const Command* const> commands) {
  std::string list;
  for (const Command* command : commands) list += fmt::format("{}{}", list.empty() ? "" : " ", command->name);
  return list;
}

// A word after "--option=" comes as three: the option, = and the value.
std::string bash(std::span<const Command* const> commands) {
  std::string values, options;
  for (const Command* command : commands) {
    std::string list;
    for (const OptionText& option : option_texts(*command)) {
      list += option.name + " ";
      if (!option.choices.empty())
        values +=
            fmt::format("    '{} {}') words='{}' ;;\n", command->name, option.name, fmt::join(option.choices, " "));
    }
    options += fmt::format("      '{}') words='{}' ;;\n", command->name, list);
  }
  return fmt::format(R"(# bash completion of steady
_steady() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=
  COMPREPLY=()
  [[ $word == = ]] && word=
  [[ $before == = ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}
  if [[ $COMP_CWORD == 1 || ${{COMP_WORDS[1]}} == help && $word != -* ]]; then words='{}'; fi
  case "${{COMP_WORDS[1]}} $before" in
{}  esac
  if [[ -z $words && $word == -* ]]; then
    case "${{COMP_WORDS[1]}}" in
{}    esac
  fi
  [[ -n $words ]] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _steady steady
)",
                     names(commands), values, options);
}

std::string zsh(std::span<const Command* const> commands) {
  std::string list, options;
  for (const Command* command : commands) {
    list += "    " + zsh_quoted(fmt::format("{}:{}", command->name, command->summary)) + "\n";
    options += fmt::format("    {}) _arguments", command->name);
    for (const OptionText& option : option_texts(*command)) {
      std::string spec =
          fmt::format("*{}{}[{}]", option.name, option.value.empty() ? "" : "=", escaped(option.help, "[]\\"));
      if (!option.value.empty()) spec += ":" + escaped(option.value, ":\\") + ":";
      if (!option.choices.empty())
        spec += fmt::format("({})", fmt::join(option.choices, " "));
      else if (option.file)
        spec += "_files";
      options += " \\\n      " + zsh_quoted(spec);
    }
    options += fmt::format(" \\\n      '*:argument:{}' ;;\n",
                           command->name == "help" ? "(" + names(commands) + ")" : "_files");
  }
  return fmt::format(R"(#compdef steady
_steady() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
_steady "$@"
)",
                     list, options);
}

std::string fish(std::span<const Command* const> commands) {
  const auto text = [](std::string_view words) { return "'" + escaped(words, "'\\") + "'"; };
  std::string script = "# fish completion of steady\n";
  for (const Command* command : commands)
    script += fmt::format("complete -c steady -f -n __fish_use_subcommand -a {} -d {}\n", command->name,
                          text(command->summary));
  for (const Command* command : commands)
    for (const OptionText& option : option_texts(*command)) {
      script += fmt::format("complete -c steady -n '__fish_seen_subcommand_from {}' -l {}", command->name,
                            option.name.substr(2));
      if (!option.letter.empty()) script += " -s " + option.letter.substr(1);
      if (!option.value.empty()) script += option.file ? " -rF" : " -x";
      if (!option.choices.empty()) script += fmt::format(" -a '{}'", fmt::join(option.choices, " "));
      script += " -d " + text(option.help) + "\n";
    }
  return script + fmt::format("complete -c steady -f -n '__fish_seen_subcommand_from help' -a '{}'\n", names(commands));
}

}  // namespace

std::string completion(std::string_view shell, std::span<const Command* const> commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  throw Error(fmt::format("--completion {}: it is bash, zsh or fish", shell));
}

}  // namespace steady::cli
