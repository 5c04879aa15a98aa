// The commands of the program. To add one: its file, and a line in main.cpp.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace steady::cli {

namespace po = boost::program_options;

struct Command {
  std::string_view name;
  std::string_view synopsis;  // what stands behind the name
  std::string_view summary;
  po::options_description (*options)();                   // for help
  int (*run)(const std::vector<std::string>& arguments);  // returns the exit code; throws Error and po::error
};

extern const Command solve_command;
extern const Command info_command;
extern const Command convert_command;
extern const Command generate_command;
extern const Command verify_command;
extern const Command devices_command;
extern const Command bench_command;

// Parses the arguments against `options` and the hidden positional ones, stores and notifies. No abbreviations: an
// option that is not known by its whole name is an error.
po::variables_map parse(const std::vector<std::string>& arguments, const po::options_description& options,
                        const std::vector<std::string>& positional);

// What was given to --const, which may be repeated, as one "n=5,m=2".
std::string joined(const std::vector<std::string>& constants);

// The command as the user typed it.
extern std::string command_line;

}  // namespace steady::cli
