#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include <steady/checkpoint.hpp>
#include <steady/error.hpp>
#include <steady/model.hpp>
#include <steady/solve.hpp>

#include "formats/vectors/host.hpp"
#include "solver/initial_guess.hpp"
#include "solver/methods/list.hpp"
#include "tests/catch.hpp"
#include "tests/matrices.hpp"
#include "tests/program.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

// The program in the background.
class Running {
 public:
  explicit Running(const std::string& arguments) : process_(fork()) {
    REQUIRE(process_ >= 0);
    if (process_ > 0) return;
    execl("/bin/sh", "sh", "-c", ("exec " STEADY_PROGRAM " " + arguments + " >/dev/null 2>&1").c_str(), nullptr);
    _exit(127);
  }
  ~Running() {
    if (process_ > 0) end_by(SIGKILL);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void signal(int number) const { kill(process_, number); }

  // Its status, as waitpid tells it.
  int end_by(int number) {
    int status = 0;
    signal(number);
    waitpid(process_, &status, 0);
    process_ = -1;
    return status;
  }

 private:
  pid_t process_;
};

Json header_of(const std::string& checkpoint) {
  std::ifstream file(checkpoint);
  std::string line;
  std::getline(file, line);
  CHECK(line == "steady checkpoint 1");
  std::getline(file, line);
  return Json::parse(line);
}

void wait_for_checkpoint(const std::string& path, double residual) {
  while (!std::filesystem::exists(path) || header_of(path)["residual"].get<double>() > residual)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// Half a minute of the power method.
const std::string slow = examples + "/tandem.prism --const c=127 --method power --no-certify ";

}  // namespace

TEST_CASE("killed and resumed, it gives the same answer") {
  const Scratch scratch;
  const std::string file = scratch.path("saved"), history = scratch.path("history.csv");
  const std::string solve = examples + "/tandem.prism --const c=71 --method power --no-certify ";
  {
    Running running("solve " + solve + "--checkpoint " + file);
    wait_for_checkpoint(file, 1e-5);
    const int status = running.end_by(SIGKILL);
    REQUIRE(WIFSIGNALED(status));
  }
  const Json whole = solve_json(solve);
  const Json resumed = solve_json(solve + "--resume " + file + " --history " + history);
  CHECK(resumed["solver"]["iterations"].get<int>() < whole["solver"]["iterations"].get<int>());
  for (const char* name : {"customers", "full"})
    CHECK(measure(resumed, name) == Approx(measure(whole, name)).epsilon(1e-9).margin(1e-11));
  CHECK(measure(solve_json(examples + "/tandem.prism --const c=71 --resume " + file), "customers") ==
        Approx(measure(whole, "customers")).epsilon(1e-9));  // another method goes on, too
}

TEST_CASE("interrupted or out of time, it leaves the best iterate and a checkpoint") {
  const Scratch scratch;
  const std::string file = scratch.path("saved"), output = scratch.path("pi.json"), json = scratch.path("result.json");
  const std::string places = "--checkpoint " + file + " --output " + output + " --json " + json;
  bool by_signal = true;
  SECTION("Ctrl-C") {
    Running running("solve " + slow + places);
    wait_for_checkpoint(file, 1);
    const int status = running.end_by(SIGINT);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 1));
  }
  SECTION("Ctrl-C that comes twice at once, as from timeout(1)") {
    Running running("solve " + slow + places);
    wait_for_checkpoint(file, 1);
    running.signal(SIGINT);
    usleep(1000);  // the first one has been delivered
    const int status = running.end_by(SIGINT);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 1));
  }
  SECTION("time limit") {
    by_signal = false;
    CHECK(steady_run("solve " + slow + places + " --time-limit 1").exit_code == 1);
  }
  const Json result = Json::parse(content(json));
  CHECK(result["solver"]["converged"] == false);
  CHECK(result["solver"]["tried"].back()["outcome"] == (by_signal ? "interrupted" : "time limit"));
  CHECK(Json::parse(content(output))["converged"] == false);
  CHECK(header_of(file)["residual"] == result["solver"]["residual"]);
  CHECK(header_of(file)["method"] == "power");

  // The file holds the iterate that the result tells of.
  const std::string history = scratch.path("history.csv");
  CHECK(steady_run("solve " + slow + "--max-iterations 1 --resume " + file + " --history " + history).exit_code == 1);
  const std::string table = content(history), first = table.substr(table.find('\n') + 1);
  const std::size_t seconds = first.find(','), residual = first.find(',', seconds + 1) + 1;
  CHECK(std::stod(first.substr(residual)) == Approx(result["solver"]["residual"].get<double>()).epsilon(1e-4));
}

TEST_CASE("a checkpoint of another chain or a damaged one is refused") {
  const Scratch scratch;
  const std::string model = examples + "/tandem.prism --const c=3 ", file = scratch.path("saved");
  solve_json(model + "--checkpoint " + file);
  CHECK(solve_json(model + "--resume " + file)["solver"]["converged"] == true);
  const auto refuses = [](const std::string& arguments, const std::string& words) {
    const Run run = steady_run("solve " + arguments);
    INFO(run.errors);
    CHECK(run.exit_code == 2);
    CHECK(run.output.empty());
    CHECK(run.errors.find(words) != std::string::npos);
    CHECK(std::count(run.errors.begin(), run.errors.end(), '\n') == 1);
  };
  const std::string saved = content(file), copy = scratch.path("copy");
  for (const std::size_t length : {std::size_t{20}, std::size_t{24}, saved.size() / 2, saved.size() - 1})
    refuses(model + "--resume " + scratch.put("copy", saved.substr(0, length)), copy + ": damaged");
  for (const std::size_t place : {std::size_t{30}, saved.size() / 2, saved.size() - 2}) {
    std::string changed = saved;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    refuses(model + "--resume " + scratch.put("copy", changed), copy + ": damaged");
  }
  refuses(model + "--resume " + scratch.put("copy", "0.5\n0.5\n"), "not a checkpoint");
  refuses(model + "--resume " + scratch.path("none"), "No such file");
  refuses(examples + "/tandem.prism --const c=4 --resume " + file, "another chain");
  std::string faster = content(examples + "/tandem.prism");
  faster.replace(faster.find("-> 4 :"), 6, "-> 5 :");
  refuses(scratch.put("faster.prism", faster) + " --const c=3 --resume " + file, "other rates");
  refuses(model + "--checkpoint - ", "--checkpoint -");
  refuses(model + "--checkpoint " + scratch.path("no/where"), "no/where");
  refuses(model + "--guess a.txt --resume " + file, "--guess and --resume");
  CHECK(content(file) == saved);
}

TEST_CASE("a guess that is the solution is confirmed, by every method") {
  const Scratch scratch;
  const std::string model = examples + "/kanban.prism --const t=2 ";
  for (const char* extension : {"txt", "npy", "csv", "json"}) {
    const std::string file = scratch.path(std::string("pi.") + extension);
    const Json known = solve_json(model + "--output " + file);
    for (const MethodEntry<HostVector>& method : methods<HostVector>) {
      if (method.method == Method::gth) continue;  // which takes no guess
      const std::string method_name(name(method.method));
      INFO(extension << ", " << method_name);
      const Json again = solve_json(model + "--guess " + file + " --method " + method_name);
      CHECK(again["solver"]["iterations"].get<int>() <= 2);
      for (const Json& m : known["measures"])
        CHECK(measure(again, m["name"]) == Approx(m["value"].get<double>()).epsilon(1e-9));
    }
  }
}

TEST_CASE("a guess that does not fit the chain is exit code 2") {
  const Scratch scratch;
  const std::string model = examples + "/tandem.prism --const c=3 ";
  for (const char* text : {"0.5\n0.5\n", "", "nan\n"}) {
    const Run run = steady_run("solve " + model + "--guess " + scratch.put("pi.txt", text));
    INFO(run.errors);
    CHECK(run.exit_code == 2);
    CHECK(run.output.empty());
  }
}

TEST_CASE("any guess gives the same distribution") {
  const Chain chain = read_model(examples + "/tandem.prism", {.constants = "c=31"}).chain;
  const Solution known = solve(chain);
  std::vector<double> guess(chain.size());
  SECTION("all but one state 0") { guess.back() = 1; }
  SECTION("nothing but 0") {}
  SECTION("negative and large entries") {
    for (std::size_t i = 0; i < guess.size(); ++i) guess[i] = i % 3 == 0 ? -1e300 : 1e308;
  }
  SECTION("the smallest doubles") { guess.assign(guess.size(), 5e-324), guess.front() = 1e300; }
  for (const Method method :
       {Method::automatic, Method::jacobi, Method::gauss_seidel, Method::gmres, Method::multilevel}) {
    INFO(name(method));
    Options options;
    options.method = method;
    const Solution solution = solve(chain, options, {}, Starts::initial, {guess, {}, {}});
    CHECK(solution.converged);
    for (std::size_t i = 0; i < chain.size(); ++i) {
      INFO("state " << i);
      REQUIRE(solution.distribution[i] == Approx(known.distribution[i]).epsilon(1e-6).margin(1e-10));
    }
  }
}

TEST_CASE("each bottom component begins with its part of the guess") {
  const std::vector<State> states{1, 3, 4};
  const InitialGuess from{{7, 1, 8, 0, 3}, MethodConfig{Method::power}, State{1}};
  const InitialGuess part = restrict_to(states, from);
  REQUIRE(part.iterate.size() == 3);
  CHECK(part.iterate[0] == 0.25);
  CHECK((part.iterate[1] > 0 && part.iterate[1] < 1e-16));
  CHECK(part.iterate[2] == 0.75);
  CHECK(part.config == from.config);
  CHECK_FALSE(restrict_to(std::vector<State>{0, 2}, from).config.has_value());
  CHECK(restrict_to(std::vector<State>{0, 1}, {{0, -1}, {}, {}}).iterate.empty());

  // Rings of 700 and 600 states that are never left, behind state 0.
  constexpr State first = 700, second = 600;
  std::vector<Triplet> rates{{0, 1, 1.0}, {0, first + 1, 2.0}};
  const auto ring = [&](State begin, State size) {
    for (State i = 0; i < size; ++i) {
      rates.push_back({begin + i, begin + (i + 1) % size, 1.0 + i % 7});
      rates.push_back({begin + (i + 1) % size, begin + i, 0.5});
    }
  };
  ring(1, first);
  ring(first + 1, second);
  const Chain chain = make_chain(Kind::ctmc, to_csr(1 + first + second, std::move(rates)));
  const Solution known = solve(chain);
  Options options;
  options.method = Method::gauss_seidel;
  std::vector<State> seen;
  const Observer observer{[&](const IterationInfo& s) {
    if (seen.empty() || seen.back() != s.component) seen.push_back(s.component);
    const std::vector<double> iterate = s.iterate();
    REQUIRE(iterate.size() == chain.size());
    CHECK(iterate[s.component] > 0);
  }};
  const Solution again = solve(chain, options, observer, Starts::initial, {known.distribution, {}, {}});
  CHECK(seen == std::vector<State>{first + 1, 1});
  CHECK(again.tried.back().outcome.iterations == 0);
  CHECK(again.converged);
  CHECK_THROWS_AS(solve(chain, options, {}, Starts::initial, {{0.5, 0.5}, {}, {}}), Error);
}

TEST_CASE("a model that could not be read in time leaves a result that says so") {
  const std::string solve = "solve " + examples + "/kanban.prism --time-limit 1e-6 --json -";
  const Run run = steady_run(solve + " --const t=3");
  CHECK(run.exit_code == 1);
  const Json result = Json::parse(run.output);
  CHECK(result["status"].get<std::string>().starts_with("not solved"));
  CHECK(result["solver"]["converged"] == false);
  CHECK(result["measures"].empty());
  CHECK(result["model"]["settings"] == "t=3");

  const Json each = Json::parse(steady_run(solve + " --const t=3:4").output);
  REQUIRE(each.size() == 2);
  CHECK(each[1]["model"]["settings"] == "t=4");
}

TEST_CASE("a time limit is for reading, too") {
  const Scratch scratch;
  const std::string output = scratch.path("pi.txt");
  const Run run = steady_run("solve " + examples + "/kanban.prism --const t=3 --time-limit 1e-6 --output " + output);
  CHECK(run.exit_code == 1);
  CHECK(run.output.empty());
  CHECK(run.errors.find("time limit") != std::string::npos);
  CHECK(!std::filesystem::exists(output));
}

TEST_CASE("every method has a history") {
  const Scratch scratch;
  const std::string model = examples + "/kanban.prism --const t=1 ", file = scratch.path("history.csv");
  for (const MethodEntry<HostVector>& method : methods<HostVector>) {
    const std::string name(steady::name(method.method));
    INFO(name);
    solve_json(model + "--method " + name + " --history " + file);
    const std::string table = content(file);
    CHECK(std::count(table.begin(), table.end(), '\n') >= 2);
    CHECK(table.ends_with("," + name + "\n"));
  }
  // Two absorbing pairs, eliminated side by side.
  const std::string pairs = scratch.put("pairs.tra", "5 6\n0 1 1\n0 3 1\n1 2 1\n2 1 1\n3 4 1\n4 3 2\n");
  solve_json(pairs + " --history " + file);
  CHECK(content(file).ends_with(",gth\n"));
}

TEST_CASE("a checkpoint that could not be written at the end is exit code 3") {
  const Run run = steady_run("solve " + examples + "/tandem.prism --const c=3 --quiet --checkpoint /dev/full");
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors, ContainsSubstring("/dev/full: cannot be written"));
  CHECK_THAT(run.output, ContainsSubstring("customers"));  // what was found is said all the same
}

TEST_CASE("what is written is made of numbers, whatever the rates") {
  const Scratch scratch;
  const std::string file = scratch.put(
      "far.mtx",
      "%%MatrixMarket matrix coordinate real general\n3 3 4\n1 2 1e300\n2 1 1e-300\n2 3 1e300\n3 2 1e-300\n");
  const std::string output = scratch.path("pi.txt");
  for (const std::string method :
       {"power", "jacobi", "gauss-seidel", "sor", "gmres", "bicgstab", "idr", "multilevel"}) {
    INFO(method);
    const Run run = steady_run("solve " + file + " --kind ctmc --quiet --method " + method + " --output " + output);
    CHECK(run.exit_code <= 1);
    CHECK_THAT(content(output), !ContainsSubstring("nan") && !ContainsSubstring("inf"));
    CHECK_THAT(run.output, !ContainsSubstring("nan:"));
  }
  for (const std::string method : {"auto", "gth"}) {  // pi(2) = 1 but for 1e-600
    const Json json = solve_json(file + " --kind ctmc --method " + method + " --top 1", 1);
    CHECK(json["top"][0]["state"] == 2);
    CHECK(json["top"][0]["probability"] == 1);
  }
}
