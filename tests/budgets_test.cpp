// Time and memory limits hold in every phase, and what they end says so. Times are compared with wide margins only.
#include <sys/resource.h>
#include <sys/stat.h>

#include <limits>

#include "formats/base/memory.hpp"
#include "formats/base/stopwatch.hpp"
#include "solver/certify/certify.hpp"
#include "tests/program.hpp"
#include "tests/reference.hpp"

namespace steady::tests {

using namespace detail;
namespace {

constexpr double late = 10;  // seconds: more than a busy machine may take for what is over after one

const char* const not_read = "not solved: the time limit was reached while the model was read";

// What the sanitizers need is beyond any limit.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool limits_work = false;
#else
constexpr bool limits_work = true;
#endif

// All states lead to all others: two wells, of which each leaves the other `apart` times as often as its own.
Chain wells(State states, double apart) {
  std::vector<reference::Rate> rates;
  for (State i = 0; i < states; ++i)
    for (State j = 0; j < states; ++j) {
      const bool together = (i < states / 2) == (j < states / 2);
      if (i != j) rates.push_back({i, j, (1 + 0.01 * ((i * 7 + j * 3) % 17)) * (together ? 1 : apart)});
    }
  return reference::chain_of(Kind::ctmc, states, rates);
}

}  // namespace

TEST_CASE("a synchronised action with more combinations than fit is refused by its name and their number") {
  const Stopwatch watch;
  const Run run = steady_run("solve " + cases + "sync_blowup.prism --memory-limit 1 --json -");
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors, ContainsSubstring("sync_blowup.prism:4:3: the action [a] has 16,777,216 combinations"));
  CHECK_THAT(run.errors, ContainsSubstring("the limit on memory is 1 GiB"));
  CHECK_THAT(Json::parse(run.output)["status"].get<std::string>(), StartsWith("not solved: "));
  CHECK(watch.seconds() < late);
}

TEST_CASE("alternatives that do the same are no combinations") {
  const Json json = solve_json(cases + "sync_blowup_one_state.prism");  // 2^32 of them
  CHECK(json["model"]["states"] == 1);
  CHECK(json["model"]["transitions"] == 1);
  CHECK(json["error_bound"]["total_variation"] == 0);
}

TEST_CASE("parts of renamed actions that multiply are counted before they are put together") {
  std::string model = "ctmc\n", system = "system m0{a<-c,b<-c}";
  for (int m = 0; m < 30; ++m) {
    const std::string n = std::to_string(m);
    model += "module m" + n + "\n x" + n + ":[0..1];\n [a] true -> (x" + n + "'=0);\n [b] true -> (x" + n +
             "'=1);\nendmodule\n";
    if (m > 0) system += " || m" + n + "{a<-c,b<-c}";
  }
  const Scratch scratch;
  const Run run = steady_run("solve " + scratch.put("m.prism", model + system + " endsystem\n"));
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors, ContainsSubstring("the action [c] is taken together in 131072 ways"));
}

TEST_CASE("an enumeration of initial states obeys the budgets") {
  const Stopwatch watch;
  const Run time = steady_run("solve " + cases + "init_enumeration.prism --time-limit 0.5 --json -");
  CHECK(time.exit_code == 1);
  CHECK_THAT(time.errors, ContainsSubstring(not_read));
  CHECK(Json::parse(time.output)["status"] == not_read);
  CHECK(watch.seconds() < late);
  if (!limits_work) return;
  const Run memory = steady_run("solve " + cases + "init_all_memory.prism --memory-limit 0.1 --json -");
  CHECK(memory.exit_code == 3);
  CHECK_THAT(memory.errors, ContainsSubstring("the limit on memory is 0.1 GiB"));
  CHECK_THAT(Json::parse(memory.output)["status"].get<std::string>(), ContainsSubstring("0.1 GiB"));
}

TEST_CASE("a time limit holds where nothing looks at the clock") {
  const Scratch scratch;
  const std::string fifo = scratch.path("never.tra"), json = scratch.path("result.json");
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);  // no one writes into it
  const Stopwatch watch;
  const Run run = steady_run("solve " + fifo + " --time-limit 0.2 --json " + json);
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, ContainsSubstring(not_read));
  CHECK(Json::parse(content(json))["status"] == not_read);
  const Run verified = steady_run("verify " + fifo + " " + examples + "/none.txt --time-limit 0.2 --json -");
  CHECK(verified.exit_code == 1);
  CHECK(Json::parse(verified.output)["verdict"] == "not_proven");
  CHECK(watch.seconds() < late);
}

TEST_CASE("one solve of several that a budget ends loses none of the others") {
  if (!limits_work) return;
  const Scratch scratch;
  const std::string model =
      scratch.put("m.prism",
                  "ctmc\nconst int n;\nmodule m\n x:[0..n];\n y:[0..n];\n [] x<n -> (x'=x+1);\n [] y<n -> (y'=y+1);\n"
                  " [] x>0 -> (x'=0);\n [] y>0 -> (y'=0);\nendmodule\n");
  const Run run =
      steady_run("solve " + model + " --const n=3:1997:2000 --memory-limit 0.1 --json " + scratch.path("all.json"));
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.output, ContainsSubstring("3  16  "));
  const Json json = Json::parse(content(scratch.path("all.json")));
  REQUIRE(json.size() == 2);
  CHECK(json[0]["status"] == "solved");
  CHECK_THAT(json[1]["status"].get<std::string>(), StartsWith("not solved: "));
}

TEST_CASE("a control group's limit is the least of it and those above, in both versions") {
  const Scratch scratch;
  const auto put = [&](const std::string& group, const std::string& name, const std::string& text) {
    std::filesystem::create_directories(scratch.path(group));
    scratch.put(group + "/" + name, text);
  };
  constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  const auto limit = [&](std::string_view membership) { return cgroup_memory(scratch.path(""), membership); };
  put("a/b", "memory.max", "max\n");
  put("a", "memory.max", "3000000\n");
  CHECK(limit("0::/a/b\n") == 3'000'000);
  CHECK(limit("0::/\n") == none);
  put("a/b", "memory.max", "2000000\n");
  CHECK(limit("0::/a/b\n") == 2'000'000);
  CHECK(limit("0::/a/gone\n") == 3'000'000);
  put("memory", "memory.limit_in_bytes", "9000000\n");
  put("memory/c", "memory.limit_in_bytes", "8000000\n");
  CHECK(limit("5:cpu:/a\n4:cpuset,memory:/c\n0::/\n") == 8'000'000);
  CHECK(limit("4:memory:/gone\n") == 9'000'000);
  CHECK(limit("") == none);
  CHECK(limit("nonsense\n::\n:::\n") == none);
}

TEST_CASE("by default a run may take most of what the machine has, and says whose limit it met") {
  const auto physical = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  CHECK(static_cast<double>(machine_memory()) <= 0.9 * physical + 1);
  CHECK_THAT(machine_memory_source(), StartsWith("90 % of "));
  if (!limits_work) return;
  const Run run = steady_run("solve " + examples + "/kanban.prism --const t=4", "/dev/null", "ulimit -v 120000;");
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors, ContainsSubstring("(ulimit -v)"));
}

TEST_CASE("a variable without a range is named while the states may have no end") {
  if (!limits_work) return;
  const Scratch scratch;
  const std::string model = scratch.put("m.prism",
                                        "ctmc\nmodule m\n n:int;\n y:[0..3];\n small:int;\n [] true -> (n'=n+1);\n"
                                        " [] n>0 -> (n'=n-1);\n [] true -> (y'=mod(y+1,4));\n"
                                        " [] true -> (small'=min(small+1,3));\nendmodule\n");
  const Run run = steady_run("solve " + model + " --memory-limit 0.06");
  CHECK(run.exit_code == 3);
  CHECK_THAT(run.errors,
             ContainsSubstring("the int 'n' has no range, and in the ") && ContainsSubstring("solve --truncate"));
  CHECK_THAT(run.errors, ContainsSubstring("its largest value is ") && ContainsSubstring("may be infinite"));
  const std::size_t first = run.errors.find("has no range");
  CHECK(run.errors.find("has no range", first + 1) == std::string::npos);
}

TEST_CASE("a proof that is cut says by what, and keeps what it has", "[certify]") {
  const Chain chain = wells(50, 0.5);
  const std::vector<double> uniform(50, 0.02);
  CertifyOptions options;
  options.interrupted = [] { return true; };
  const Certificate cut = certify(chain, uniform, options);
  CHECK(cut.cut == Certificate::Cut::interrupted);
  CHECK_FALSE(cut.proven);
  if (!limits_work) return;
  // The least memory that is enough for a solve without sweeps is not enough for its proof, which stores two matrices.
  Run run{3, "", ""};
  for (int percent = 13; run.exit_code == 3 && percent < 40; ++percent)
    run = steady_run("solve " + examples +
                     "/kanban.prism --const t=4 --method jacobi --tolerance 1e-3 --json - --memory-limit 0." +
                     std::to_string(percent));
  REQUIRE(run.exit_code <= 1);  // 1 where there is no room for the check of aggregates either
  const Json proof = Json::parse(run.output)["proof"];
  CHECK(proof["proven"] == false);
  CHECK(proof["cut"] == true);
  CHECK_THAT(proof["reason"].get<std::string>(), StartsWith("proof cut by the memory limit: "));
}

TEST_CASE("dense chains are proven by elimination, within the work that a proof has by default", "[certify]") {
  for (const double apart : {1.0, 1e-6, 1e-18}) {  // at last a double does not hold the hitting times well enough
    INFO(apart);
    const Chain chain = wells(560, apart);
    const std::vector<double> uniform(560, 1.0 / 560);
    const Certificate certificate = certify(chain, uniform);
    INFO(certificate.reason);
    CHECK(certificate.cut == Certificate::Cut::none);
    REQUIRE(certificate.proven);
    CHECK(certificate.total_variation < (apart < 1e-10 ? 1e-8 : 1e-9));  // of two doubles a state
  }
}

TEST_CASE("a pass over narrow levels is more work than one over wide ones") {
  const Chain chain = wells(100, 1);
  const double wide = work_of_pass(chain.inflow, 2), narrow = work_of_pass(chain.inflow, 100);
  CHECK(wide >= static_cast<double>(chain.inflow.entries()));
  CHECK(narrow > 7 * wide);
}

}  // namespace steady::tests
