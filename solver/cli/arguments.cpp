#include <fmt/format.h>

#include <steady/error.hpp>

#include "solver/cli/command.hpp"
#include "solver/option_ranges.hpp"

namespace steady::cli {

using namespace detail;

po::variables_map parse(const std::vector<std::string>& arguments, const po::options_description& options,
                        const std::vector<std::string>& positional) {
  po::options_description all;
  all.add(options);
  po::positional_options_description places;
  for (const std::string& name : positional) {
    all.add_options()(name.c_str(), po::value<std::string>());
    places.add(name.c_str(), 1);
  }
  using namespace po::command_line_style;
  const po::parsed_options parsed = po::command_line_parser(arguments)
                                        .options(all)
                                        .positional(places)
                                        .style(allow_long | long_allow_adjacent | long_allow_next | allow_short |
                                               allow_dash_for_short | short_allow_next)
                                        .run();
  for (const po::option& option : parsed.options)
    for (const std::string& value : option.value)
      if (value.empty() && option.string_key != "const")
        throw Error(fmt::format("--{} needs a value, got ''", option.string_key));
  // As texts, while a negative number has not become a large unsigned one.
  for (const po::option& option : parsed.options)
    if (const OptionRange* range = find_range(option.string_key))
      for (const std::string& value : option.value) require_in_range(*range, value);
  po::variables_map map;
  po::store(parsed, map);
  po::notify(map);
  return map;
}

std::string joined(const std::vector<std::string>& constants) {
  std::string text;
  for (const std::string& part : constants) text += text.empty() ? part : "," + part;
  return text;
}

}  // namespace steady::cli
