// Models written and read back: the same chain, bit for bit, as far as the format holds it.
#include <algorithm>
#include <limits>
#include <map>

#include <steady/error.hpp>
#include <steady/model.hpp>

#include "catch.hpp"
#include "formats/io/file.hpp"
#include "scratch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

const std::string examples = STEADY_EXAMPLES;

Model example(const std::string& file, const std::string& constants) {
  ReadOptions options;
  options.constants = constants;
  return read_model(examples + "/" + file, options);
}

void require_same_matrix(const Chain& a, const Chain& b) {
  REQUIRE(a.kind == b.kind);
  REQUIRE(a.inflow.row_start == b.inflow.row_start);
  REQUIRE(a.inflow.column == b.inflow.column);
  REQUIRE(a.inflow.value == b.inflow.value);
  REQUIRE(a.exit_rate == b.exit_rate);
}

void require_same_loops_and_start(const Chain& a, const Chain& b) {
  REQUIRE(a.self_loops.size() == b.self_loops.size());
  for (std::size_t k = 0; k < a.self_loops.size(); ++k) {
    REQUIRE(a.self_loops[k].state == b.self_loops[k].state);
    REQUIRE(a.self_loops[k].value == b.self_loops[k].value);
  }
  REQUIRE(a.initial.size() == b.initial.size());
  for (std::size_t k = 0; k < a.initial.size(); ++k) {
    REQUIRE(a.initial[k].state == b.initial[k].state);
    REQUIRE(a.initial[k].probability == b.initial[k].probability);
  }
}

void require_same_labels(const Chain& a, const Chain& b) {
  std::map<std::string, std::vector<bool>> labels, others;
  for (const Label& l : a.labels) labels.emplace(l.name, l.holds);
  for (const Label& l : b.labels) others.emplace(l.name, l.holds);
  REQUIRE(labels == others);
}

void require_same_rewards(const Chain& a, const Chain& b) {
  REQUIRE(a.rewards.size() == b.rewards.size());
  for (std::size_t r = 0; r < a.rewards.size(); ++r) {
    REQUIRE(a.rewards[r].name == b.rewards[r].name);
    REQUIRE(a.rewards[r].rate == b.rewards[r].rate);
  }
}

void require_same_variables(const Chain& a, const Chain& b) {
  REQUIRE(a.states.has_variables() == b.states.has_variables());
  if (!a.states.has_variables()) return;
  for (std::size_t v = 0; v < a.states.packing.variables().size(); ++v)
    REQUIRE(a.states.packing.variables()[v].name == b.states.packing.variables()[v].name);
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a.states.describe(i) == b.states.describe(i));
}

std::string refusal(const std::string& path, const Model& model, const WriteOptions& options = {}) {
  try {
    write_model(path, model, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// A chain of awkward numbers: self-loops, a state that is left with 1/3 and 2/3, two initial states.
Model small_model(Kind kind) {
  Csr outgoing;
  outgoing.row_start = {0, 2, 4, 5};
  outgoing.column = {1, 2, 0, 1, 2};
  outgoing.value = {1.0 / 3, 2.0 / 3, 0.1, 0.9, 1};
  Model model;
  model.chain = make_chain(kind, outgoing);
  model.chain.initial = {{0, 0.5}, {1, 0.5}};
  model.chain.labels = {
      {"at work", {true, false, true}}, {"init", {true, true, false}}, {"deadlock", {false, false, true}}};
  model.chain.rewards = {{"cost", {0.1, -2, 1e-300}}, {"gain", {0, 0, 0}}};
  return model;
}

}  // namespace

TEST_CASE("every example comes back from every format") {
  struct Case {
    const char* file;
    const char* constants;
  };
  const Case c = GENERATE(values<Case>({{"fms.prism", "n=2"},
                                        {"kanban.prism", "t=1"},
                                        {"tandem.prism", "c=15"},
                                        {"polling.prism", ""},
                                        {"cluster.prism", "N=2"},
                                        {"weather.prism", ""},
                                        {"birth_death.mtx", ""}}));
  const Model model = example(c.file, c.constants);
  const Scratch scratch;

  const std::string tra = scratch.path("model.tra");
  CHECK(write_model(tra, model).empty());
  const Chain from_tra = read_model(tra).chain;
  require_same_matrix(model.chain, from_tra);
  require_same_loops_and_start(model.chain, from_tra);
  require_same_labels(model.chain, from_tra);
  require_same_rewards(model.chain, from_tra);
  require_same_variables(model.chain, from_tra);

  const std::string drn = scratch.path("model.drn");
  write_model(drn, model);
  const Chain from_drn = read_model(drn).chain;
  require_same_matrix(model.chain, from_drn);
  require_same_loops_and_start(model.chain, from_drn);
  require_same_labels(model.chain, from_drn);
  require_same_rewards(model.chain, from_drn);

  for (const char* file : {"model.mtx", "model.csv", "model.tsv.gz"}) {
    write_model(scratch.path(file), model);
    require_same_matrix(model.chain, read_model(scratch.path(file)).chain);
  }

  const std::string aut = scratch.path("model.aut");
  write_model(aut, model);
  const Chain from_aut = read_model(aut).chain;
  require_same_matrix(model.chain, from_aut);
  require_same_loops_and_start(model.chain, from_aut);
}

TEST_CASE("numbers come back as the same bits") {
  std::vector<double> rates = {1.0 / 3,
                               0.1,
                               1e-300,
                               1e300,
                               std::numeric_limits<double>::denorm_min(),
                               std::numeric_limits<double>::max() / 1e9,
                               0x1.fffffffffffffp-1,
                               123456789012345678.0};
  const std::size_t n = rates.size();
  Csr outgoing;
  outgoing.row_start = {0};
  for (std::size_t i = 0; i < n; ++i) {
    outgoing.column.push_back(static_cast<State>((i + 1) % n));
    outgoing.value.push_back(rates[i]);
    outgoing.row_start.push_back(i + 1);
  }
  Model model;
  model.chain = make_chain(Kind::ctmc, outgoing);
  model.chain.rewards = {{"r", rates}};
  const Scratch scratch;
  for (const char* file : {"m.tra", "m.pexp", "m.drn", "m.mtx", "m.csv", "m.aut"}) {
    INFO(file);
    write_model(scratch.path(file), model);
    require_same_matrix(model.chain, read_model(scratch.path(file)).chain);
  }
  require_same_rewards(model.chain, read_model(scratch.path("m.drn")).chain);
  require_same_rewards(model.chain, read_model(scratch.path("m.tra")).chain);
}

TEST_CASE("self-loops, several initial states, labels of two words") {
  const Scratch scratch;
  for (const Kind kind : {Kind::ctmc, Kind::dtmc})
    for (const char* file : {"m.tra", "m.pexp", "m.pexp.gz", "m.drn"}) {
      const Model model = small_model(kind);
      write_model(scratch.path(file), model);
      const Model back = read_model(scratch.path(file));
      require_same_matrix(model.chain, back.chain);
      require_same_loops_and_start(model.chain, back.chain);
      require_same_labels(model.chain, back.chain);
      require_same_rewards(model.chain, back.chain);
    }
}

TEST_CASE("names of states come back from tables, and are said to be lost elsewhere") {
  const Scratch scratch;
  Model model;
  model.chain = make_chain(Kind::ctmc, to_csr(4, {{0, 2, 0.1}, {2, 1, 1.0 / 3}, {1, 0, 5}, {1, 1, 2}}));
  model.chain.states.names = {"idle", "a, b", "\"quoted\" #", "stop"};
  model.chain.labels = {{"deadlock", {false, false, false, true}}};
  for (const char* file : {"m.csv", "m.tsv"}) {
    INFO(file);
    CHECK(write_model(scratch.path(file), model).empty());
    const Chain back = read_model(scratch.path(file)).chain;
    require_same_matrix(model.chain, back);
    CHECK(back.states.names == model.chain.states.names);
    REQUIRE(back.self_loops.size() == 2);
    CHECK(back.self_loops[0].value == 2);
    CHECK(back.self_loops[1].state == 3);  // a deadlock, mended
  }
  CHECK(write_model(scratch.path("m.tra"), model).back() == "a .tra file holds no names of states");
}

TEST_CASE("what a matrix file holds is chosen so that it reads back, or as asked") {
  const Scratch scratch;
  const std::string path = scratch.path("m.mtx");
  const Model ctmc = small_model(Kind::ctmc);
  const std::vector<std::string> notes = write_model(path, ctmc);
  REQUIRE(notes.size() == 2);
  CHECK_THAT(notes[0], ContainsSubstring("labels, rewards, initial states"));
  CHECK_THAT(notes[1], ContainsSubstring("--kind ctmc"));  // these rates sum to 1 in every row
  ReadOptions options;
  options.kind = Kind::ctmc;
  const Chain rates = read_model(path, options).chain;
  require_same_matrix(ctmc.chain, rates);
  CHECK(rates.self_loops.size() == 2);

  const std::vector<std::string> lossy = write_model(path, ctmc, {.matrix = MatrixContent::generator});
  CHECK_THAT(lossy[0], ContainsSubstring("self-loops"));
  const Chain generator = read_model(path).chain;
  require_same_matrix(ctmc.chain, generator);

  const Model dtmc = small_model(Kind::dtmc);
  write_model(path, dtmc);
  require_same_matrix(dtmc.chain, read_model(path).chain);
  CHECK_THAT(refusal(path, dtmc, {.matrix = MatrixContent::generator}), ContainsSubstring("a dtmc has probabilities"));
  CHECK_THAT(refusal(path, ctmc, {.matrix = MatrixContent::probabilities}), ContainsSubstring("a ctmc has rates"));
  require_same_matrix(dtmc.chain, read_model(path).chain);  // the file of before is still there
}

TEST_CASE("initial states of different weights are refused where they cannot be held") {
  Model model = small_model(Kind::ctmc);
  model.chain.initial = {{0, 0.25}, {1, 0.75}};
  const Scratch scratch;
  for (const char* file : {"m.tra", "m.drn"})
    CHECK_THAT(refusal(scratch.path(file), model), ContainsSubstring("different probabilities"));
  CHECK(scratch.files() == 0);
}

TEST_CASE("the files of a model appear together, and none of an earlier model stays among them") {
  const Scratch scratch;
  const std::string path = scratch.path("m.tra");
  write_model(path, small_model(Kind::ctmc));
  CHECK(scratch.files() == 4);  // m.tra, m.lab, m1.srew, m2.srew
  const std::string before = scratch.get("m.tra");

  Model other = small_model(Kind::dtmc);
  other.chain.rewards.pop_back();
  CHECK_THAT(refusal(path, other), ContainsSubstring("m1.srew") && ContainsSubstring("remove it first"));
  other.chain.rewards.clear();
  CHECK_THAT(refusal(path, other), ContainsSubstring("m1.srew"));
  CHECK(scratch.files() == 4);
  CHECK(scratch.get("m.tra") == before);

  Model bad = small_model(Kind::ctmc);
  bad.chain.labels[0].name = "a\"b";
  CHECK_THAT(refusal(path, bad), ContainsSubstring("a\"b"));
  CHECK_THAT(refusal(scratch.path("m.drn"), bad), ContainsSubstring("a\"b"));
  bad = small_model(Kind::ctmc);
  bad.chain.rewards[0].name = "two words";
  CHECK_THAT(refusal(scratch.path("m.drn"), bad), ContainsSubstring("two words"));
  CHECK(scratch.files() == 4);
}

TEST_CASE("rewards beside another model of a similar name are left to it") {
  const Scratch scratch;
  Model model = small_model(Kind::ctmc);
  model.chain.rewards.resize(1);
  write_model(scratch.path("m1.tra"), model);  // its rewards are in m1.srew
  model.chain.rewards.clear();
  write_model(scratch.path("m.tra"), model);
  CHECK(read_model(scratch.path("m.tra")).chain.rewards.empty());
  CHECK(read_model(scratch.path("m1.tra")).chain.rewards.size() == 1);
}

TEST_CASE("files of which one cannot be finished do not appear") {
  const Scratch scratch;
  {
    ReplacedFiles files;
    files.add(scratch.path("a")).write("1");
    files.add(scratch.path("b")).write("2");
    CHECK(scratch.files() == 2);  // under other names
    CHECK_THROWS_AS(files.add(scratch.path("no/such/c")), Error);
  }
  CHECK(scratch.files() == 0);
  ReplacedFiles files;
  files.add(scratch.path("a")).write("1");
  files.add(scratch.path("b")).write("2");
  files.commit();
  CHECK(scratch.get("a") + scratch.get("b") == "12");
}

TEST_CASE("a format that is not written is refused by name") {
  const Model model = small_model(Kind::ctmc);
  CHECK_THAT(refusal("/dev/null", model), ContainsSubstring("not written"));
  CHECK_THAT(refusal("m.prism", model), ContainsSubstring("not written"));
  CHECK_THAT(refusal("-", model), ContainsSubstring("--to"));
  CHECK_THAT(refusal("m.tra", model, {.to = "none"}), ContainsSubstring("--to none"));
  CHECK(refusal("/dev/null", model, {.to = "drn"}).empty());
}
