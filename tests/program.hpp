// Runs the program `steady` as a shell would.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/catch.hpp"
#include "tests/scratch.hpp"

namespace steady::tests {

using Json = nlohmann::json;

inline const std::string examples = STEADY_EXAMPLES;

struct Run {
  int exit_code;
  std::string output;  // standard output
  std::string errors;  // standard error
};

inline std::string content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline const std::string cases = examples + "/../tests/cases/";

// Runs steady with the arguments, as a shell would; `before`: what the shell does before, such as "ulimit -s 64;".
inline Run steady_run(const std::string& arguments, const std::string& input = "/dev/null",
                      const std::string& before = "") {
  const Scratch scratch;
  const std::string errors = scratch.path("errors");
  std::FILE* pipe = popen((before + " " STEADY_PROGRAM " " + arguments + " <" + input + " 2>" + errors).c_str(), "r");
  REQUIRE(pipe != nullptr);
  Run run;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) run.output.append(buffer.data(), n);
  const int status = pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  run.errors = content(errors);
  return run;
}

inline Json solve_json(const std::string& arguments, int exit_code = 0) {
  const Run run = steady_run("solve " + arguments + " --json - --quiet");
  INFO(run.errors);
  REQUIRE(run.exit_code == exit_code);
  return Json::parse(run.output);
}

inline double measure(const Json& json, const std::string& name) {
  for (const Json& m : json["measures"])
    if (m["name"] == name) return m["value"].get<double>();
  FAIL("no measure " << name);
  return 0;
}

}  // namespace steady::tests
