#include "solver/cli/option_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <regex>

namespace steady::cli {
namespace {

// Words in lower case out of "STATE|uniform|FILE", or those that the help enumerates: "auto, cpu or cuda".
std::vector<std::string> choices_of(const OptionText& option) {
  static const std::regex word("[a-z][a-z0-9-]*");
  static const std::regex enumeration("[a-z0-9-]+(, [a-z0-9-]+)* or [a-z0-9-]+");
  std::string list;
  std::smatch found;
  if (option.value.find('|') != std::string::npos)
    list = option.value;
  else if ((option.value == "NAME" || option.value == "FORMAT") && std::regex_search(option.help, found, enumeration))
    list = found.str();
  std::vector<std::string> words;
  for (std::sregex_iterator at(list.begin(), list.end(), word), end; at != end; ++at)
    if (at->str() != "or") words.push_back(at->str());
  return words;
}

OptionText text_of(const po::option_description& option) {
  OptionText text;
  text.name = "--" + option.long_name();
  const std::string letter = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  if (letter.size() == 2) text.letter = letter;
  if (option.semantic()->max_tokens() > 0) {
    text.value = option.format_parameter();  // "NAME (=auto)"
    const std::size_t end = text.value.find(" (=");
    if (end != std::string::npos) {
      text.usual = text.value.substr(end + 3, text.value.size() - end - 4);
      text.value.resize(end);
    }
  }
  text.help = option.description();
  text.choices = choices_of(text);
  text.file = text.value.find("FILE") != std::string::npos || text.value == "FOLDER";
  return text;
}

}  // namespace

std::vector<OptionText> option_texts(const Command& command) {
  std::vector<OptionText> texts;
  const po::options_description all = command.options();
  for (const auto& option : all.options()) texts.push_back(text_of(*option));
  texts.push_back({"--help", "-h", "", "", "a command's options", {}});
  return texts;
}

}  // namespace steady::cli
