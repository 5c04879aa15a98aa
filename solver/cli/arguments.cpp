#include <cctype>

#include "formats/error.hpp"
#include "solver/cli/command.hpp"

namespace steady::cli {

po::variables_map parse(const std::vector<std::string>& arguments, const po::options_description& options,
                        const std::vector<std::string>& positional) {
  po::options_description all;
  all.add(options);
  po::positional_options_description places;
  for (const std::string& name : positional) {
    all.add_options()(name.c_str(), po::value<std::string>());
    places.add(name.c_str(), 1);
  }
  for (const std::string& argument : arguments)  // an unsigned number would wrap around
    if (argument.starts_with("-") && argument.size() > 1 && std::isdigit(static_cast<unsigned char>(argument[1])))
      throw Error("a negative number, " + argument + ", where none makes sense");
  using namespace po::command_line_style;
  po::variables_map map;
  po::store(po::command_line_parser(arguments)
                .options(all)
                .positional(places)
                .style(allow_long | long_allow_adjacent | long_allow_next)
                .run(),
            map);
  po::notify(map);
  return map;
}

std::string joined(const std::vector<std::string>& constants) {
  std::string text;
  for (const std::string& part : constants) text += text.empty() ? part : "," + part;
  return text;
}

}  // namespace steady::cli
