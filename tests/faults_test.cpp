// What goes wrong around a run: full disks, signals, limits of the system, files that are one and the same, deep
// nesting. A message and an exit code, never a signal, and nothing is lost that could be kept.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <steady/error.hpp>

#include "formats/io/file.hpp"
#include "tests/program.hpp"

namespace steady::tests {

using namespace detail;
namespace {

const std::string kanban = examples + "/kanban.prism --const t=2 --quiet ";

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t k = 0; k < count; ++k) all += text;
  return all;
}

std::string guarded(const std::string& guard) {
  return "ctmc\nmodule m\n x:[0..1];\n [] " + guard + " -> (x'=1-x);\nendmodule\n";
}

// The number of a process that is no more.
pid_t dead_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  return child;
}

}  // namespace

TEST_CASE("one output that cannot be written loses none of the others") {
  const Scratch scratch;
  const Run run = steady_run("solve " + kanban + "--history /dev/full --output " + scratch.path("p.csv") + " --json " +
                             scratch.path("r.json"));
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors, ContainsSubstring("/dev/full: cannot be written"));
  CHECK_THAT(run.output, ContainsSubstring("residual"));
  CHECK(Json::parse(content(scratch.path("r.json")))["status"] == "solved");
  CHECK(content(scratch.path("p.csv")).size() > 1000);
  const Run info = steady_run("info " + kanban + "--picture /dev/full --json " + scratch.path("i.json"));
  CHECK(info.exit_code == 3);
  CHECK(Json::parse(content(scratch.path("i.json")))["model"]["states"] == 4600);
}

TEST_CASE("a file that may not grow is an error of the write") {
  const Scratch scratch;
  const Run run = steady_run("solve " + kanban + "--output " + scratch.path("p.csv"), "/dev/null", "ulimit -f 8;");
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors, ContainsSubstring("p.csv: cannot be written: File too large"));
  CHECK(scratch.files() == 0);
}

TEST_CASE("outputs are told apart by what they are, not by what they are called") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path("d"));
  std::filesystem::create_symlink(scratch.path("d"), scratch.path("link"));
  const auto refused = [](const std::string& command, const char* why) {
    const Run run = steady_run(command);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.errors, ContainsSubstring(why));
  };
  const char* const one_place = "two results cannot be written to one place";
  const char* const is_read = "which is read";
  refused("solve " + kanban + "--output " + scratch.path("d/x.json") + " --json " + scratch.path("link/../d/x.json"),
          one_place);
  scratch.put("old.csv", "");
  std::filesystem::create_hard_link(scratch.path("old.csv"), scratch.path("other.csv"));
  refused("solve " + kanban + "--output " + scratch.path("old.csv") + " --history " + scratch.path("other.csv"),
          one_place);

  const std::string text = guarded("true");
  const std::string model = scratch.put("m.prism", text);
  std::filesystem::create_symlink(model, scratch.path("alias.json"));
  refused("solve " + model + " --json " + scratch.path("alias.json"), is_read);
  refused("info " + model + " --picture " + model, is_read);
  const std::string guess = scratch.put("guess.txt", "0.5\n0.5\n");
  refused("solve " + model + " --guess " + guess + " --output " + scratch.path("d/../guess.txt"), is_read);
  refused("verify " + model + " " + guess + " --json " + guess, is_read);
  CHECK(scratch.get("m.prism") == text);
  CHECK(scratch.get("guess.txt") == "0.5\n0.5\n");

  const std::string tra = scratch.path("c.tra");
  REQUIRE(steady_run("convert " + model + " " + tra).exit_code == 0);
  const std::string transitions = content(tra);
  refused("convert " + tra + " " + tra, is_read);
  refused("solve " + tra + " --json " + scratch.path("c.lab"), is_read);
  CHECK(content(tra) == transitions);
  CHECK(steady_run("solve " + model + " --history /dev/null --json /dev/null").exit_code == 0);  // no file
}

TEST_CASE("a link to nothing is named") {
  const Scratch scratch;
  std::filesystem::create_symlink(scratch.path("gone"), scratch.path("link.json"));
  const Run output = steady_run("solve " + kanban + "--json " + scratch.path("link.json"));
  CHECK(output.exit_code == 2);
  CHECK_THAT(output.errors, ContainsSubstring("a symbolic link to ") && ContainsSubstring("gone"));
  CHECK(std::filesystem::is_symlink(scratch.path("link.json")));
  std::filesystem::create_symlink(scratch.path("gone"), scratch.path("link.tra"));
  CHECK(steady_run("solve " + scratch.path("link.tra")).exit_code == 2);
}

TEST_CASE("what a killed process has left behind goes when the same file is written, and nothing else") {
  const Scratch scratch;
  const auto left_by = [](pid_t process) { return "r.json.steady-" + std::to_string(process) + "-aBcDeF"; };
  const pid_t dead = dead_process();
  const std::string living = left_by(getpid()), others[] = {"r.jsonx", "x" + left_by(dead), left_by(dead) + "x",
                                                            "r.json.steady--aBcDeF", "r.json.steady-0-aBcDeF"};
  scratch.put(left_by(dead), "half");
  scratch.put(living, "half");
  for (const std::string& other : others) scratch.put(other, "");
  replace_file(scratch.path("r.json"), "whole");
  CHECK(scratch.get("r.json") == "whole");
  CHECK_FALSE(std::filesystem::exists(scratch.path(left_by(dead))));
  CHECK(std::filesystem::exists(scratch.path(living)));
  for (const std::string& other : others) CHECK(std::filesystem::exists(scratch.path(other)));
  CHECK(scratch.files() == 2 + std::size(others));
}

TEST_CASE("signals while a model is read end the run with a message") {
  const Scratch scratch;
  const std::string fifo = scratch.path("never.tra");
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  for (const char* signal : {"INT", "TERM"}) {
    INFO(signal);
    // The signal comes when the program waits for its model: it is sent until that is so.
    const std::string errors = scratch.path("errors");
    const std::string shell = STEADY_PROGRAM " solve " + fifo + " 2>" + errors + " & p=$!; while sleep 0.3; kill -" +
                              signal + " $p 2>/dev/null; do :; done; wait $p";
    const int status = std::system(("sh -c '" + shell + "'").c_str());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK_THAT(content(errors), ContainsSubstring("steady: interrupted"));
  }
}

TEST_CASE("more threads than there can be are refused, and a small stack is enough") {
  const Run many = steady_run("solve " + kanban, "/dev/null", "OMP_NUM_THREADS=99999");
  CHECK(many.exit_code == 3);
  CHECK_THAT(many.errors, ContainsSubstring("99999 threads"));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const Scratch scratch;
  const std::string deep = scratch.put("deep.prism", guarded(repeated("(", 290) + "true" + repeated(")", 290)));
  CHECK(steady_run("solve " + deep, "/dev/null", "ulimit -s 64;").exit_code == 0);
  CHECK(steady_run("solve " + kanban, "/dev/null", "ulimit -s 64;").exit_code == 0);
#endif
}

TEST_CASE("nesting without an end is bad input, and many operands are none") {
  constexpr std::size_t many = 100'000;
  const Scratch scratch;
  const auto exit_code = [&](const std::string& guard) {
    return steady_run("solve --quiet " + scratch.put("m.prism", guarded(guard))).exit_code;
  };
  for (const char* open : {"!", "-", "true ? true : ", "true => ", "1^", "max(1,"}) {
    INFO(open);
    CHECK(exit_code(repeated(open, many) + "1") == 2);
  }
  CHECK(exit_code(repeated("(", many) + "true" + repeated(")", many)) == 2);
  CHECK(exit_code(repeated("true ? ", many) + "true" + repeated(" : false", many)) == 2);
  CHECK(exit_code(repeated("1*", many) + "1>0") == 2);
  for (const char* operand : {"x>=0 & ", "x>=0 | "}) CHECK(exit_code(repeated(operand, many) + "true") == 0);
  CHECK(exit_code(repeated("x+", many) + "x>=0") == 0);

  const std::string model = scratch.put("m.prism", guarded("true"));
  for (const std::string& property :
       {repeated("(", many) + "S>0.5 [ x=0 ]" + repeated(")", many), repeated("!", many) + "S>0.5 [ x=0 ]",
        "S=? [ " + repeated("(", many) + "x=0" + repeated(")", many) + " ]"})
    CHECK(steady_run("solve " + model + " " + scratch.put("p.props", property)).exit_code == 2);
}

}  // namespace steady::tests
