// What the program says of itself to shells and to man: completions and the manual page.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <regex>
#include <set>

#include <steady/model.hpp>

#include "formats/model/model_format.hpp"
#include "solver/names.hpp"
#include "tests/program.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

const char* const commands[] = {"solve", "info", "convert", "generate", "verify", "bench", "devices", "help"};

// "--method" and so on: every option that `help COMMAND` lists.
std::set<std::string> options_of(const std::string& command) {
  static const std::regex option("^ +(?:-[a-z] \\[ )?(--[a-z][a-z-]*)");
  std::istringstream lines(steady_run("help " + command).output);
  std::set<std::string> options;
  std::smatch found;
  for (std::string line; std::getline(lines, line);)
    if (std::regex_search(line, found, option)) options.insert(found[1]);
  return options;
}

// What bash offers for the last of the words, in one line.
std::string completed(const std::string& words) {
  const steady::Scratch scratch;
  const std::string script =
      scratch.put("script", steady_run("help --completion bash").output + "COMP_WORDS=(steady " + words +
                                ")\n"
                                "COMP_CWORD=$((${#COMP_WORDS[@]}-1))\n"
                                "complete -p steady >/dev/null || exit 1\n"
                                "_steady\necho \"${COMPREPLY[@]}\" >" +
                                scratch.path("reply"));
  REQUIRE(std::system(("bash " + script).c_str()) == 0);
  return content(scratch.path("reply"));
}

bool installed(const std::string& tool) { return std::system(("command -v " + tool + " >/dev/null").c_str()) == 0; }

// Each value of an option that takes names is completed.
template <class Value>
void check_names() {
  const std::string option(NamesOf<Value>::option);
  CHECK(completed("solve --" + option + " ''") == fmt::format("{}\n", fmt::join(all_names<Value>(), " ")));
}

}  // namespace

TEST_CASE("bash completes commands, options and their values") {
  CHECK(completed("so") == "solve\n");
  CHECK(completed("''") == "solve info convert generate verify bench devices help\n");
  CHECK(completed("solve --max") == "--max-iterations\n");
  CHECK(completed("solve model.prism --method g") == "gauss-seidel gmres gth\n");
  CHECK(completed("solve --method = gm") == "gmres\n");
  check_names<Method>();
  check_names<Preconditioner>();
  check_names<SweepDirection>();
  check_names<Storage>();
  check_names<Device>();
  check_names<Precision>();
  std::vector<std::string_view> written;
  for (const ModelFormat& format : model_formats())
    if (format.write != nullptr) written.push_back(format.name);
  CHECK(completed("convert --to ''") == fmt::format("{}\n", fmt::join(written, " ")));
  CHECK(completed("info --kind d") == "dtmc\n");
  CHECK(completed("help ver") == "verify\n");
  CHECK(completed("help --com") == "--completion\n");
  CHECK(completed("info --max") == "\n");
  CHECK(completed("solve mod") == "\n");  // left to bash: files
  for (const std::string command : commands)
    for (const std::string& option : options_of(command))
      CHECK_THAT(" " + completed(command + " " + option), ContainsSubstring(" " + option));
}

TEST_CASE("the other shells read their completions") {
  const steady::Scratch scratch;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string script = scratch.put("script." + shell, steady_run("help --completion " + shell).output);
    for (const std::string command : commands) {
      CHECK_THAT(content(script), ContainsSubstring(command));
      for (const std::string& option : options_of(command))
        CHECK_THAT(content(script), ContainsSubstring(shell == "fish" ? " -l " + option.substr(2) : option));
    }
    if (shell == "fish") CHECK(content(script).find(" -d ''") == std::string::npos);  // each option says what it is
    if (installed(shell)) CHECK(std::system((shell + " -n " + script).c_str()) == 0);
  }
  CHECK(steady_run("help --completion tcsh").exit_code == 2);
  CHECK(steady_run("help --completion bash solve").exit_code == 2);
}

TEST_CASE("the manual page has every option, and roff reads it") {
  const steady::Scratch scratch;
  const std::string page = scratch.put("steady.1", steady_run("help --man").output);
  CHECK_THAT(content(page), StartsWith(".TH STEADY 1 "));
  for (const char* section : {"NAME", "SYNOPSIS", "COMMANDS", "EXIT STATUS"})
    CHECK_THAT(content(page), ContainsSubstring(std::string("\n.SH ") + section + "\n"));
  for (const std::string command : commands) {
    CHECK_THAT(content(page), ContainsSubstring("\n.SS steady " + command + " "));
    for (const std::string& option : options_of(command))
      CHECK_THAT(content(page),
                 ContainsSubstring("\\fB" + std::regex_replace(option, std::regex("-"), "\\-") + "\\fR"));
  }
  if (!installed("groff")) return;
  const std::string text = scratch.path("text"), warnings = scratch.path("warnings");
  REQUIRE(std::system(("groff -man -Tascii -P-cbou -ww " + page + " >" + text + " 2>" + warnings).c_str()) == 0);
  CHECK(content(warnings) == "");
  CHECK_THAT(content(text), ContainsSubstring("--preconditioner NAME (default auto)"));
}

TEST_CASE("docs/cli.md names the options that there are") {
  const std::string text = content(examples + "/../docs/cli.md");
  REQUIRE(!text.empty());
  std::set<std::string> there = {"--version", "--install"};  // of the program itself, and of cmake
  for (const std::string command : commands) {
    const std::set<std::string> options = options_of(command);
    there.insert(options.begin(), options.end());
    for (const std::string& option : options) CHECK_THAT(text, ContainsSubstring(option));
  }
  static const std::regex word("--[a-z][a-z-]*");
  for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at) {
    INFO(at->str());
    CHECK(there.count(at->str()) == 1);
  }
}
