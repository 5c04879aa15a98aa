// steady_fuzz CORPUS SECONDS [TARGET]: gives every target, or one, bytes of its corpus changed at random for so many
// seconds. The same bytes on every run, as far as the time goes. An exception that is no Error, a crash, 30 seconds for
// one input or more memory than the limit end it, with the input left in the file fuzz-TARGET.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <typeinfo>

#include "tests/fuzz/mutation.hpp"
#include "tests/fuzz/targets.hpp"

namespace {

using namespace steady;

// Address space for everything together; sanitizers reserve more than there is, and watch memory themselves.
void limit_memory() {
#ifndef __SANITIZE_ADDRESS__
  const rlimit limit{8 * fuzz::memory_limit, 8 * fuzz::memory_limit};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    std::string& content = corpus.emplace_back(std::filesystem::file_size(path), '\0');
    if (!file || std::fread(content.data(), 1, content.size(), file.get()) != content.size()) corpus.pop_back();
  }
  return corpus;
}

// What is kept of a target that fails: the file's name and its content.
std::string kept;
std::string input;

void keep_input() {
  const int file = open(kept.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const bool good = file >= 0 && write(file, input.data(), input.size()) == static_cast<ssize_t>(input.size());
  constexpr std::string_view good_news = "the input is kept\n", bad_news = "the input could not be kept\n";
  const std::string_view news = good ? good_news : bad_news;
  if (write(STDERR_FILENO, news.data(), news.size()) < 0) _exit(1);
}

// On a stack of their own, for inputs that use up the first.
void keep_inputs_of_crashes() {
  static char stack[1 << 16];
  const stack_t other{stack, 0, sizeof stack};
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = [](int signal) {
    keep_input();
    std::signal(signal, SIG_DFL);
    raise(signal);
  };
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM}) sigaction(signal, &action, nullptr);
}

// Whether nothing but Errors came out of the input.
bool holds(const fuzz::Target& target) {
  alarm(30);
  try {
    target.run(input);
    return true;
  } catch (const std::exception& problem) {
    fmt::print("{}: {}: {}\n", target.name, typeid(problem).name(), problem.what());
  } catch (...) {
    fmt::print("{}: something was thrown\n", target.name);
  }
  keep_input();
  return false;
}

// How many inputs; 0 where one failed, or there is no corpus.
std::size_t fuzz_one(const fuzz::Target& target, const std::vector<std::string>& corpus, double seconds) {
  kept = "fuzz-" + target.name;
  for (const std::string& unchanged : corpus) {
    input = unchanged;
    if (!holds(target)) return 0;
  }
  std::mt19937_64 random(1);
  std::size_t inputs = corpus.size();
  const auto start = std::chrono::steady_clock::now();
  while (!corpus.empty() && std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < seconds) {
    input = fuzz::mutated(corpus, random);
    if (!holds(target)) return 0;
    ++inputs;
  }
  alarm(0);
  return inputs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print("steady_fuzz CORPUS SECONDS [TARGET]\n");
    return 2;
  }
  limit_memory();
  keep_inputs_of_crashes();
  bool good = true;
  bool any = false;
  for (const fuzz::Target& target : fuzz::targets()) {
    if (argc > 3 && target.name != argv[3]) continue;
    any = true;
    const std::vector<std::string> corpus = read_corpus(std::filesystem::path(argv[1]) / target.name);
    const std::size_t inputs = fuzz_one(target, corpus, std::atof(argv[2]));
    fmt::print("{:<16} {:>8} inputs{}\n", target.name, inputs, corpus.empty() ? ": no corpus" : "");
    std::fflush(stdout);
    good = good && inputs > 0;
  }
  return good && any ? 0 : 1;
}
