// The program `steady`: options in, report out, nothing numerical.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include <steady/error.hpp>
#include <steady/version.hpp>

#include "formats/base/memory.hpp"
#include "formats/io/file.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/completion.hpp"
#include "solver/cli/man_page.hpp"
#include "solver/cli/progress.hpp"

namespace steady::cli {

using namespace detail;

std::string command_line;

namespace {

extern const Command help_command;

const Command* const commands[] = {&solve_command,  &info_command,  &convert_command, &generate_command,
                                   &verify_command, &bench_command, &devices_command, &help_command};

const Command* find(std::string_view name) {
  for (const Command* command : commands)
    if (command->name == name) return command;
  throw Error(fmt::format("unknown command {}: try steady help", name));
}

void print_help() {
  fmt::print("steady {}: the long-run distribution of large Markov chains\n\n", build.version);
  for (const Command* command : commands)
    fmt::print("  steady {:<35} {}\n", fmt::format("{} {}", command->name, command->synopsis), command->summary);
  fmt::print("  steady {:<35} {}\n", "--version", "which build this is");
}

void print_help(const Command& command) {
  std::ostringstream options;
  options << command.options();
  fmt::print("steady {} {}\n    {}\n\n{}", command.name, command.synopsis, command.summary, options.str());
}

po::options_description help_options() {
  po::options_description options("Options", 110, 60);
  options.add_options()("completion", po::value<std::string>()->value_name("bash|zsh|fish"),
                        "the script by which a shell completes commands and options")("man", "the manual page");
  return options;
}

int help(const std::vector<std::string>& words) {
  const po::variables_map map = parse(words, help_options(), {"COMMAND"});
  if (map.count("COMMAND") + map.count("completion") + map.count("man") > 1)
    throw Error("help takes one of COMMAND, --completion and --man");
  if (map.count("completion") > 0)
    fmt::print("{}", completion(map["completion"].as<std::string>(), commands));
  else if (map.count("man") > 0)
    fmt::print("{}", man_page(commands));
  else if (map.count("COMMAND") > 0)
    print_help(*find(map["COMMAND"].as<std::string>()));
  else
    print_help();
  return 0;
}

const Command help_command{"help", "[COMMAND] [options]", "this page, or a command's options", help_options, help};

int run_command(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    print_help();
    return 2;
  }
  const std::string& name = arguments.front();
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (name == "--help" || name == "-h") return help(rest);
  if (name == "--version") {
    if (!rest.empty()) throw Error(fmt::format("{} takes no '{}': try steady help", name, rest.front()));
    fmt::print("steady {} ({}, {})\n", build.version, build.commit, build.compiler);
    return 0;
  }
  const Command& command = *find(name);
  for (const std::string& argument : rest)
    if (argument == "--help" || argument == "-h") return print_help(command), 0;
  return command.run(rest);
}

// A sweep has a barrier after each dependency level. GNU's threads would wait there turning for milliseconds, which is
// ten times slower as soon as anything else runs on the machine; told in time, before the program starts, they soon
// sleep. The user's own setting stands.
void let_waiting_threads_sleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  setenv("GOMP_SPINCOUNT", "1000", 1);
  execv("/proc/self/exe", argv);  // where this fails, nothing is lost but time
}

// A large file that is read where it lies was cut meanwhile, or its disk fails: nothing can be done but to say so. Any
// other error of this kind is as deadly as without a handler.
void on_bus_error(int, siginfo_t* info, void*) {
  if (info->si_code != BUS_ADRERR || !FileContent::is_mapped(info->si_addr)) {
    std::signal(SIGBUS, SIG_DFL);
    std::raise(SIGBUS);
    return;
  }
  constexpr std::string_view message =
      "steady: a file was cut while it was read, or its disk does not give all of it\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message.data(), message.size());
  remove_temporaries();
  _exit(2);
}

// Where an exception cannot leave a thread, for want of memory most of all.
[[noreturn]] void on_terminate() {
  std::string what = "it cannot go on";
  try {
    if (std::current_exception()) throw;
  } catch (const std::bad_alloc&) {
    what = out_of_memory();
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  say(fmt::format("steady: {}\n", what));
  remove_temporaries();
  _exit(3);
}

std::vector<std::string> arguments;
int exit_code = 0;
bool at_its_end = false;

// OpenMP ends the process where it gets no memory, with exit code 1.
void on_exit() {
  if (at_its_end) return;
  say(fmt::format("steady: {}\n", out_of_memory()));
  remove_temporaries();
  _exit(3);
}

void run_to_the_end() {
  const auto fail = [](const std::string& what, int code) {
    say(fmt::format("steady: {}\n", what));
    exit_code = code;
  };
  try {
    exit_code = run_command(arguments);
    if (std::fflush(stdout) != 0)
      throw Error(fmt::format("standard output: {}", std::strerror(errno)), Error::Cause::machine);
  } catch (const Error& error) {
    fail(error.what(), error.cause == Error::Cause::machine ? 3 : 2);
  } catch (const po::error& error) {
    fail(error.what(), 2);
  } catch (const std::bad_alloc&) {
    fail(out_of_memory(), 3);
  } catch (const std::exception& error) {
    fail(error.what(), 3);
  }
  at_its_end = true;
}

}  // namespace
}  // namespace steady::cli

int main(int argc, char** argv) {
  using namespace steady;
  cli::let_waiting_threads_sleep(argv);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the write, not a death
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that grows too large
  cli::end_at_signals();
  std::set_terminate(cli::on_terminate);
  machine_memory();  // what out_of_memory() says is then still there when on_exit() is called
  std::atexit(cli::on_exit);
  struct sigaction bus_error {};
  bus_error.sa_sigaction = cli::on_bus_error;
  bus_error.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &bus_error, nullptr);
  cli::command_line = "steady";
  for (int i = 1; i < argc; ++i) cli::command_line += std::string(" ") + argv[i];
  cli::arguments.assign(argv + 1, argv + argc);
  cli::with_large_stack(cli::run_to_the_end);
  return cli::exit_code;
}
