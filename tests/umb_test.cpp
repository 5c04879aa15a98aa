// .umb files: what they mean, that bad ones are refused, and that what is written is read as it was.
#include "formats/model/umb/umb.hpp"

#include <omp.h>

#include <cmath>
#include <map>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "formats/base/thread_count.hpp"
#include "formats/model/umb/files.hpp"
#include "scratch.hpp"
#include "tar.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

// A birth-death queue of three places, every part of it to be changed by a test.
struct Parts {
  std::string time = "stochastic";
  std::string players = "0", states = "3", initial_states = "1", choices = "3", branches = "5";
  std::string more_system =
      R"("branch-probability-type": {"type": "double"}, "exit-rate-type": {"type": "double", "size": 64})";
  std::string more;  // such as R"(, "annotations": {...})"
  std::map<std::string, std::string> files = {
      {"state-is-initial.bin", bytes_of<std::uint64_t>({0b010})},
      {"state-to-exit-rate.bin", bytes_of<double>({2, 4, 1})},
      {"choice-to-branches.bin", bytes_of<std::uint64_t>({0, 1, 3, 5})},
      {"branch-to-target.bin", bytes_of<std::uint64_t>({1, 2, 0, 1, 1})},
      {"branch-to-probability.bin", bytes_of<double>({1, 0.75, 0.25, 0.5, 0.5})},
  };

  std::string index() const {
    return R"({"format-version": 0, "format-revision": 1, "transition-system": {"time": ")" + time +
           R"(", "#players": )" + players + R"(, "#states": )" + states + R"(, "#initial-states": )" + initial_states +
           R"(, "#choices": )" + choices + R"(, "#choice-actions": 0, "#branches": )" + branches +
           R"(, "#branch-actions": 0, "#observations": 0, )" + more_system + "}" + more + "}";
  }
  std::string tar() const {
    NamedFiles all{{"index.json", index()}};
    all.insert(all.end(), files.begin(), files.end());
    return tar_of(all);
  }
};

Model read(const Parts& parts, const ReadOptions& options = {}) {
  Model model = umb::read_umb("m.umb", parts.tar(), options);
  validate(model.chain);
  return model;
}

// The message of the Error; fails on anything else.
std::string refused(const Parts& parts, Error::Cause cause = Error::Cause::input, const ReadOptions& options = {}) {
  try {
    read(parts, options);
  } catch (const Error& error) {
    CHECK(error.cause == cause);
    CHECK_THAT(error.what(), StartsWith("m.umb: "));
    return error.what();
  }
  FAIL_CHECK("read: " << parts.index());
  return "";
}

// The message where one file's content is another.
std::string refused_with(const std::string& file, const std::string& content) {
  Parts parts;
  parts.files[file] = content;
  return refused(parts);
}

double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

}  // namespace

TEST_CASE("umb: rates are exit rates times probabilities, duplicates add up") {
  const Model model = read({});
  const Chain& chain = model.chain;
  CHECK(chain.kind == Kind::ctmc);
  CHECK(chain.size() == 3);
  CHECK(chain.transitions() == 4);
  CHECK(rate(chain, 0, 1) == 2);
  CHECK(rate(chain, 1, 2) == 3);
  CHECK(rate(chain, 1, 0) == 1);
  CHECK(rate(chain, 2, 1) == 1);
  CHECK(chain.exit_rate == std::vector<double>{2, 4, 1});
  REQUIRE(chain.initial.size() == 1);
  CHECK(chain.initial[0].state == 1);
  CHECK(model.notes.empty());
  REQUIRE(chain.labels.size() == 2);
  CHECK(chain.labels[0].name == "init");
  CHECK(chain.labels[0].holds == std::vector<bool>{false, true, false});
  CHECK(chain.labels[1].name == "deadlock");
}

TEST_CASE("umb: a dtmc, self-loops, defaults of absent files") {
  Parts parts;
  parts.time = "discrete";
  parts.more_system = R"("branch-probability-type": {"type": "double"})";
  parts.initial_states = "0";
  parts.branches = "3";
  parts.files = {{"branch-to-target.bin", bytes_of<std::uint64_t>({1, 0, 2})},
                 {"branch-to-probability.bin", bytes_of<double>({1, 1, 1})}};
  const Chain chain = read(parts).chain;
  CHECK(chain.kind == Kind::dtmc);
  CHECK(rate(chain, 0, 1) == 1);
  CHECK(rate(chain, 1, 0) == 1);
  REQUIRE(chain.self_loops.size() == 1);
  CHECK(chain.self_loops[0].state == 2);
  CHECK(chain.initial[0].state == 0);

  parts.files.erase("branch-to-target.bin");  // all to state 0
  CHECK(rate(read(parts).chain, 2, 0) == 1);
  parts.files.erase("branch-to-probability.bin");
  CHECK_THAT(refused(parts), ContainsSubstring("state 0: its probabilities sum to 0"));
}

TEST_CASE("umb: a state without a choice, without a branch or without a rate gets a self-loop") {
  Parts parts;
  parts.choices = "2";
  parts.branches = "3";
  parts.files["state-to-choices.bin"] = bytes_of<std::uint64_t>({0, 1, 2, 2});
  parts.files["choice-to-branches.bin"] = bytes_of<std::uint64_t>({0, 1, 3});
  parts.files["branch-to-target.bin"] = bytes_of<std::uint64_t>({1, 2, 0});
  parts.files["branch-to-probability.bin"] = bytes_of<double>({1, 0.75, 0.25});
  const Model model = read(parts);
  REQUIRE(model.chain.self_loops.size() == 1);
  CHECK(model.chain.self_loops[0].state == 2);
  CHECK(model.chain.labels[1].holds == std::vector<bool>{false, false, true});
  REQUIRE(model.notes.size() == 1);

  Parts idle;
  idle.files["state-to-exit-rate.bin"] = bytes_of<double>({2, 4, 0});
  CHECK(read(idle).chain.self_loops.size() == 1);
  idle.files.erase("state-to-exit-rate.bin");
  CHECK(read(idle).chain.self_loops.size() == 3);
}

TEST_CASE("umb: labels and rewards, by alias or id") {
  Parts parts;
  parts.more = R"(, "annotations": {
    "aps": {"full": {"alias": "It is full", "applies-to": ["states"], "type": {"type": "bool"}},
            "never": {"applies-to": ["states"], "type": {"type": "bool"}},
            "odd": {"applies-to": ["branches"], "type": {"type": "bool"}}},
    "rewards": {"cost": {"applies-to": ["states", "choices", "branches"], "type": {"type": "double"}},
                "exact": {"applies-to": ["states"], "type": {"type": "rational"}}}})";
  parts.files["annotations/aps/full/states/values.bin"] = bytes_of<std::uint64_t>({0b100});
  parts.files["annotations/rewards/cost/states/values.bin"] = bytes_of<double>({0.5, 0, -1});
  parts.files["annotations/rewards/cost/choices/values.bin"] = bytes_of<double>({10, 0, 0});
  parts.files["annotations/rewards/cost/branches/values.bin"] = bytes_of<double>({100, 1, 2, 4, 8});
  const Model model = read(parts);
  REQUIRE(model.chain.labels.size() == 4);
  CHECK(model.chain.labels[0].name == "It is full");
  CHECK(model.chain.labels[0].holds == std::vector<bool>{false, false, true});
  CHECK(model.chain.labels[1].holds == std::vector<bool>(3, false));
  REQUIRE(model.chain.rewards.size() == 1);
  CHECK(model.chain.rewards[0].name == "cost");
  CHECK(model.chain.rewards[0].rate == std::vector<double>{0.5 + 20 + 200, 3 * 1 + 1 * 2, -1 + 0.5 * 4 + 0.5 * 8});
  REQUIRE(model.notes.size() == 2);
  CHECK_THAT(model.notes[0], ContainsSubstring("label 'odd'"));
  CHECK_THAT(model.notes[1], ContainsSubstring("reward 'exact'") && ContainsSubstring("rational"));

  parts.files["annotations/aps/full/states/values.bin"] += "x";
  CHECK_THAT(refused(parts), ContainsSubstring("annotations/aps/full/states/values.bin has 9 bytes"));
}

TEST_CASE("umb: variables, packed bit by bit") {
  // Of 24 bits: n as 5 bits with offset -3; 61 bits of padding would do as well as 2; flag as 2 bits; i signed, 15
  // bits.
  Parts parts;
  parts.more = R"(, "valuations": {"states": {"unique": true, "classes": [{"variables": [
    {"name": "n", "type": {"type": "uint", "size": 5}, "offset": -3, "lower": -3, "upper": 20},
    {"padding": 2}, {"name": "flag", "type": {"type": "bool", "size": 2}},
    {"name": "i", "type": {"type": "int", "size": 15}}]}]}})";
  const auto record = [](std::uint32_t n, std::uint32_t flag, std::int32_t i) {
    const std::uint32_t bits = n | 3u << 5 | flag << 7 | (static_cast<std::uint32_t>(i) & 0x7fff) << 9;
    return bytes_of<std::uint32_t>({bits}).substr(0, 3);
  };
  const std::string file = "valuations/states/valuations.bin";
  parts.files[file] = record(0, 0, -16384) + record(23, 2, 16383) + record(7, 1, -1);
  const States states = read(parts).chain.states;
  REQUIRE(states.packing.variables().size() == 3);
  CHECK(states.describe(0) == "(-3,false,-16384)");
  CHECK(states.describe(1) == "(20,true,16383)");
  CHECK(states.describe(2) == "(4,true,-1)");
  CHECK(states.packing.variables()[0].high == 20);
  CHECK(states.packing.variables()[2].low == -16384);

  parts.files[file] = record(0, 0, 0) + record(24, 0, 0) + record(7, 1, -1);
  CHECK_THAT(refused(parts), ContainsSubstring("state 1: 'n' = 21 is not in -3..20"));
  parts.files[file].pop_back();
  CHECK_THAT(refused(parts), ContainsSubstring("valuations.bin has 8 bytes"));
  parts.files.erase(file);
  CHECK_THAT(refused(parts), ContainsSubstring("no valuations/states/valuations.bin"));

  // 64 bits that lie across nine bytes, and one bit more than fits in a number with a sign.
  parts.more = R"(, "valuations": {"states": {"unique": true, "classes": [{"variables": [
    {"padding": 4}, {"name": "big", "type": {"type": "uint", "size": 64}}, {"padding": 4}]}]}})";
  const std::string big = "\xf0\xff\xff\xff\xff\xff\xff\xff\x07";
  parts.files[file] = big + big + big;
  CHECK(read(parts).chain.states.describe(2) == "(9223372036854775807)");
  parts.files[file] = big + "\xff\xff\xff\xff\xff\xff\xff\xff\xff" + big;
  CHECK_THAT(refused(parts), ContainsSubstring("state 1: variable 'big' is beyond 64-bit integers"));

  // A variable that is no integer is left out, and the others are not.
  parts.more = R"(, "valuations": {"states": {"unique": true, "classes": [{"variables": [
    {"name": "n", "type": {"type": "uint", "size": 8}}, {"name": "x", "type": {"type": "double", "size": 64}},
    {"name": "m", "type": {"type": "int", "size": 8}}]}]}})";
  parts.files[file] = "\x07" + std::string(8, '\xee') + "\xff" + "\x08" + std::string(8, '\xee') + "\x01" + "\x09" +
                      std::string(8, '\xee') + "\x02";
  const Model mixed = read(parts);
  CHECK(mixed.chain.states.describe(0) == "(7,-1)");
  CHECK(mixed.chain.states.describe(2) == "(9,2)");
  CHECK(mixed.chain.states.packing.variables()[1].name == "m");
  REQUIRE(mixed.notes.size() == 1);
  CHECK(mixed.notes[0] == "variables that are no integers are left out: 'x' is of type double");

  for (const char* type : {R"({"type": "double"})", R"({"type": "string"})", R"({"type": "uint", "size": 65})",
                           R"({"type": "uint", "size": 8}, "is-optional": true)"}) {
    parts.more = R"(, "valuations": {"states": {"unique": true, "classes": [{"variables": [{"name": "x", "type": )" +
                 std::string(type) + "}]}]}}";
    const Model model = read(parts);
    CHECK_FALSE(model.chain.states.has_variables());
    REQUIRE(model.notes.size() == 1);
    CHECK_THAT(model.notes[0], ContainsSubstring("'x'"));
  }
}

TEST_CASE("umb: models that are no Markov chains, and numbers that are no doubles, are refused by name") {
  const auto with = [](auto change) {
    Parts parts;
    change(parts);
    return refused(parts);
  };
  CHECK_THAT(with([](Parts& p) { p.time = "urgent-stochastic"; }), ContainsSubstring("Markov automaton"));
  CHECK_THAT(with([](Parts& p) { p.time = "sidereal"; }), ContainsSubstring("'\"sidereal\"' is not known"));
  CHECK_THAT(with([](Parts& p) {
               p.players = "1";
               p.choices = "4";
             }),
             ContainsSubstring("CTMDP"));
  CHECK_THAT(with([](Parts& p) {
               p.players = "1";
               p.time = "discrete";
               p.files["state-to-choices.bin"] = bytes_of<std::uint64_t>({0, 0, 2, 3});
             }),
             ContainsSubstring("state 1 has several choices") && ContainsSubstring("MDP"));
  CHECK_THAT(with([](Parts& p) { p.more_system += R"(, "#observations": 2)"; }), ContainsSubstring("POMDP"));
  CHECK_THAT(with([](Parts& p) { p.more_system = R"("exit-rate-type": {"type": "double"})"; }),
             ContainsSubstring("LTS"));
  for (const std::string type : {"rational", "double-interval", "rational-interval", "uint"}) {
    const std::string json = R"({"type": ")" + type + "\"}";
    CHECK_THAT(with([&](Parts& p) {
                 p.more_system = R"("branch-probability-type": )" + json + R"(, "exit-rate-type": {"type": "double"})";
               }),
               ContainsSubstring("branch-probability-type") && ContainsSubstring(type));
    CHECK_THAT(with([&](Parts& p) {
                 p.more_system = R"("branch-probability-type": {"type": "double"}, "exit-rate-type": )" + json;
               }),
               ContainsSubstring("exit-rate-type") && ContainsSubstring(type));
  }
  Parts deterministic;  // a player who has no choice
  deterministic.players = "1";
  CHECK(read(deterministic).chain.size() == 3);
}

TEST_CASE("umb: sizes are checked before anything is allocated") {
  Parts parts;
  parts.states = parts.choices = "1000000000000";
  CHECK_THAT(refused(parts, Error::Cause::machine), ContainsSubstring("1000000000000 states"));
  parts.states = parts.choices = "4000000000";
  CHECK_THAT(refused(parts), ContainsSubstring("choice-to-branches.bin has 32 bytes"));
  parts.branches = "4000000000";
  parts.files.clear();
  parts.initial_states = "0";
  CHECK_THAT(refused(parts, Error::Cause::machine, {.memory_limit = 1 << 30}), ContainsSubstring("limit on memory"));
  parts.states = "0";
  CHECK_THAT(refused(parts), ContainsSubstring("at least one"));
  for (const std::string count : {"-1", "2.5", "\"3\"", "null", "[]", "1e30", "99999999999999999999999"}) {
    parts.states = count;
    CHECK_THAT(refused(parts), ContainsSubstring("#states"));
  }
  for (const char* name : {"state-is-initial.bin", "state-to-exit-rate.bin", "choice-to-branches.bin",
                           "branch-to-target.bin", "branch-to-probability.bin"}) {
    const std::string whole = Parts().files[name];
    CHECK_THAT(refused_with(name, whole + "12345678"), ContainsSubstring(name));
    CHECK_THAT(refused_with(name, whole.substr(1)), ContainsSubstring(name));
    CHECK_THAT(refused_with(name, whole + "1"), ContainsSubstring(name));
  }
  CHECK_THAT(refused_with("state-to-choices.bin", "12345678"), ContainsSubstring("state-to-choices.bin has 8 bytes"));
}

TEST_CASE("umb: offsets, targets and numbers that make no sense are refused with their place") {
  const std::string csr = "choice-to-branches.bin";
  CHECK_THAT(refused_with(csr, bytes_of<std::uint64_t>({1, 1, 3, 5})), ContainsSubstring("starts with 1"));
  CHECK_THAT(refused_with(csr, bytes_of<std::uint64_t>({0, 4, 3, 5})), ContainsSubstring("3 at 2 after 4"));
  CHECK_THAT(refused_with(csr, bytes_of<std::uint64_t>({0, 1, 3, 4})), ContainsSubstring("ends with 4 and not 5"));
  CHECK_THAT(refused_with(csr, bytes_of<std::uint64_t>({0, 1, ~0ull, 5})), ContainsSubstring("5 at 3 after"));
  CHECK_THAT(refused_with("branch-to-target.bin", bytes_of<std::uint64_t>({1, 2, 0, 3, 1})),
             ContainsSubstring("state 2: branch 3 leads to state 3 of 3"));
  const auto probabilities = [](double a, double b) {
    return refused_with("branch-to-probability.bin", bytes_of<double>({1, a, b, 0.5, 0.5}));
  };
  CHECK_THAT(probabilities(1.25, -0.25), ContainsSubstring("branch 2 has probability -0.25"));
  CHECK_THAT(probabilities(NAN, 0.25), ContainsSubstring("branch 1 has probability nan"));
  CHECK_THAT(probabilities(INFINITY, 0.25), ContainsSubstring("state 1: its probabilities sum to inf"));
  CHECK_THAT(probabilities(0.75, 0.2501), ContainsSubstring("state 1: its probabilities sum to 1.0001"));
  for (const double exit : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)})
    CHECK_THAT(refused_with("state-to-exit-rate.bin", bytes_of<double>({2, exit, 1})),
               ContainsSubstring("state 1: exit rate"));
  CHECK_THAT(refused_with("state-is-initial.bin", bytes_of<std::uint64_t>({0b11})),
             ContainsSubstring("2 initial states, and not 1"));
}

TEST_CASE("umb: probabilities that nearly sum to 1 are rescaled") {
  Parts parts;
  parts.files["branch-to-probability.bin"] = bytes_of<double>({1, 0.750006, 0.25, 0.5, 0.5});
  const Model model = read(parts);
  CHECK(model.chain.exit_rate[1] == Approx(4).epsilon(1e-15));
  REQUIRE(model.notes.size() == 1);
  CHECK_THAT(model.notes[0], ContainsSubstring("1 state rescaled") && ContainsSubstring("state 1"));
}

TEST_CASE("umb: archives that are none") {
  const auto message = [](std::string content) -> std::string {
    try {
      umb::read_umb("m.umb", std::move(content), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "read";
  };
  CHECK_THAT(message(""), ContainsSubstring("not a tar"));
  CHECK_THAT(message("ctmc\n"), ContainsSubstring("not a tar"));
  CHECK_THAT(message(tar_of({{"other.json", "{}"}})), ContainsSubstring("no index.json"));
  CHECK_THAT(message(tar_of({{"index.json", "{}"}, {"./index.json", "{}"}})), ContainsSubstring("'index.json' twice"));
  for (const char* json : {"", "{", "[]", "{}", "\xff", R"({"format-version": 0, "transition-system": 3})"})
    CHECK_THAT(message(tar_of({{"index.json", json}})), StartsWith("m.umb: index.json: "));
  const std::string deep(3'000'000, '[');
  CHECK_THAT(message(tar_of({{"index.json", deep + std::string(deep.size(), ']')}})),
             ContainsSubstring("an array is not an object"));
}

TEST_CASE("umb: a file cut or changed anywhere is read or refused, never worse") {
  Parts parts;
  parts.more = R"(, "annotations": {"aps": {"a": {"applies-to": ["states"], "type": {"type": "bool"}}}},
    "valuations": {"states": {"unique": true, "classes": [{"variables": [{"name": "x", "type": {"type": "int", "size": 8}}]}]}})";
  parts.files["annotations/aps/a/states/values.bin"] = bytes_of<std::uint64_t>({5});
  parts.files["valuations/states/valuations.bin"] = "abc";
  const std::string whole = parts.tar();
  const auto attempt = [](std::string content) {
    try {
      validate(umb::read_umb("m.umb", std::move(content), {.memory_limit = 1 << 28}).chain);
    } catch (const Error& error) {
      REQUIRE(std::string(error.what()).size() < 500);
    }
  };
  for (std::size_t size = 0; size < whole.size(); size += 7) attempt(whole.substr(0, size));
  std::mt19937 random(5);
  for (int k = 0; k < 3000; ++k) {
    std::string content = whole;
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes)
      content[random() % content.size()] =
          static_cast<char>(random() % 4 == 0 ? random() : "0123456789{}[]\":-e."[random() % 19]);
    attempt(content);
  }
}

TEST_CASE("umb: what is written is read as it was") {
  const Scratch scratch;
  for (const char* example : {"kanban.prism", "cluster.prism", "weather.prism", "birth_death.mtx"}) {
    ReadOptions options;
    if (std::string(example) == "kanban.prism") options.constants = "t=1";
    if (std::string(example) == "cluster.prism") options.constants = "N=2";
    const Model model = read_model(std::string(STEADY_EXAMPLES "/") + example, options);
    const Chain& before = model.chain;
    for (const char* name : {"m.umb", "m.umb.gz"}) {
      INFO(example << ' ' << name);
      write_model(scratch.path(name), model);
      const Model again = read_model(scratch.path(name));
      const Chain& after = again.chain;
      CHECK(after.kind == before.kind);
      CHECK(after.inflow.row_start == before.inflow.row_start);
      CHECK(after.inflow.column == before.inflow.column);
      REQUIRE(after.inflow.value.size() == before.inflow.value.size());
      std::size_t other_bits = 0;
      for (std::size_t k = 0; k < before.inflow.value.size(); ++k) {
        CHECK(after.inflow.value[k] == Approx(before.inflow.value[k]).epsilon(1e-15));
        other_bits += after.inflow.value[k] != before.inflow.value[k];
      }
      CAPTURE(other_bits, before.inflow.value.size());
      CHECK(other_bits * 4 <= before.inflow.value.size());
      CHECK(after.transitions() == before.transitions());
      CHECK(after.states.words == before.states.words);
      for (std::size_t i = 0; i < before.size(); ++i) CHECK(after.states.describe(i) == before.states.describe(i));
      REQUIRE(after.labels.size() == before.labels.size());
      for (std::size_t k = 0; k < before.labels.size(); ++k) {
        CHECK(after.labels[k].name == before.labels[k].name);
        CHECK(after.labels[k].holds == before.labels[k].holds);
      }
      REQUIRE(after.rewards.size() == before.rewards.size());
      for (std::size_t k = 0; k < before.rewards.size(); ++k) {
        CHECK(after.rewards[k].name == before.rewards[k].name);
        CHECK(after.rewards[k].rate == before.rewards[k].rate);
      }
      REQUIRE(after.initial.size() == before.initial.size());
      for (std::size_t k = 0; k < before.initial.size(); ++k) CHECK(after.initial[k].state == before.initial[k].state);
    }
  }
  Model unequal = read_model(STEADY_EXAMPLES "/birth_death.mtx");
  unequal.chain.initial = {{0, 0.25}, {1, 0.75}};
  CHECK_THROWS_WITH(write_model(scratch.path("u.umb"), unequal), ContainsSubstring("different probabilities"));
}

namespace {

// A chain whose file is large enough to be mapped: branches in any order, several to one target, some of probability 0.
struct Large {
  static constexpr std::size_t n = 300'000;
  Parts parts;
  std::vector<Triplet> rates;
  std::string records;  // x in 20 bits, y in 12 with a sign, a flag in 1 of 8

  Large() {
    std::mt19937 random(11);
    std::vector<double> exit_rate(n), probability;
    std::vector<std::uint64_t> start{0}, target;
    for (std::size_t i = 0; i < n; ++i) {
      exit_rate[i] = 1 + static_cast<double>(random() % 1000) / 8;
      for (unsigned left = 8; left > 0 || random() % 3 == 0;) {
        const unsigned eighths = left == 0 ? 0 : std::min(left, 1 + static_cast<unsigned>(random() % 4));
        left -= eighths;
        target.push_back(random() % 3 == 0 ? random() % n : (i + random() % 4) % n);
        probability.push_back(eighths / 8.0);
        rates.push_back({static_cast<State>(i), static_cast<State>(target.back()), exit_rate[i] * eighths / 8});
      }
      start.push_back(target.size());
      records += record(i);
    }
    parts.states = parts.choices = std::to_string(n);
    parts.branches = std::to_string(target.size());
    parts.initial_states = "0";
    parts.more = R"(, "valuations": {"states": {"unique": true, "classes": [{"variables": [
      {"name": "x", "type": {"type": "uint", "size": 20}}, {"name": "y", "type": {"type": "int", "size": 12}},
      {"name": "b", "type": {"type": "bool", "size": 8}}]}]}})";
    parts.files = {{"state-to-exit-rate.bin", bytes_of(exit_rate)},
                   {"choice-to-branches.bin", bytes_of(start)},
                   {"branch-to-target.bin", bytes_of(target)},
                   {"branch-to-probability.bin", bytes_of(probability)},
                   {file, records}};
  }

  static constexpr const char* file = "valuations/states/valuations.bin";
  static std::int64_t x(std::size_t i) { return static_cast<std::int64_t>(i * 7 % n); }
  static std::int64_t y(std::size_t i) { return static_cast<std::int64_t>(i % 3000) - 1500; }
  static std::string record(std::size_t i) { return record(x(i), y(i), i % 3); }
  static std::string record(std::int64_t x, std::int64_t y, std::size_t b) {
    const std::uint64_t bits = static_cast<std::uint64_t>(x) | (static_cast<std::uint64_t>(y) & 0xfff) << 20 | b << 32;
    return bytes_of<std::uint64_t>({bits}).substr(0, 5);
  }
};

// Calls check() with 1, 2 and 3 threads.
template <class Check>
void with_threads(Check check) {
  const int before = omp_get_max_threads();
  for (const int threads : {1, 2, 3}) {
    INFO(threads << " threads");
    omp_set_num_threads(threads);
    check();
  }
  omp_set_num_threads(before);
}

}  // namespace

TEST_CASE("umb: a large file is the same chain, mapped, compressed or from memory, by one thread or several") {
  const Large large;
  const Chain expected = make_chain(Kind::ctmc, to_csr(Large::n, std::vector(large.rates)));
  const auto check = [&](const Chain& chain) {
    CHECK(chain.inflow.row_start == expected.inflow.row_start);
    CHECK(chain.inflow.column == expected.inflow.column);
    CHECK(chain.inflow.value == expected.inflow.value);
    CHECK(chain.exit_rate == expected.exit_rate);
    CHECK(chain.self_loops.size() == expected.self_loops.size());
    std::size_t others = 0;
    for (std::size_t i = 0; i < Large::n; ++i)
      others += chain.states.value(i, 0) != Large::x(i) || chain.states.value(i, 1) != Large::y(i) ||
                chain.states.value(i, 2) != (i % 3 != 0);
    CHECK(others == 0);
    CHECK(chain.states.packing.variables()[0].high == Large::n - 1);
    CHECK(chain.states.packing.variables()[1].low == -1500);
  };
  const Scratch scratch;
  const std::string tar = large.parts.tar();
  REQUIRE(tar.size() > 1 << 24);
  const std::string path = scratch.put("m.umb", tar);
  with_threads([&] {
    check(umb::read_umb("m.umb", tar, {}).chain);
    check(read_model(path).chain);
  });
  replace_file(scratch.path("m.umb.gz"), tar);
  check(read_model(scratch.path("m.umb.gz")).chain);
  std::filesystem::rename(scratch.path("m.umb.gz"), path);  // compressed, though its name does not say so
  check(read_model(path).chain);

  for (const std::size_t size : {tar.size() - 5'000'000, std::size_t{1} << 24, std::size_t{10'000}}) {
    scratch.put("cut.umb", tar.substr(0, size));
    CHECK_THROWS_WITH(read_model(scratch.path("cut.umb")), ContainsSubstring("truncated"));
  }
}

TEST_CASE("umb: fewer states than threads have the ranges of their values") {
  const Scratch scratch;
  const std::string source =
      "ctmc\nmodule m\nx : [-1..1] init 0;\n[] x<1 -> 1:(x'=x+1);\n[] x>-1 -> 2:(x'=x-1);\nendmodule\n";
  const std::string path = scratch.path("m.umb");
  write_model(path, read_model(scratch.put("m.prism", source)), {});
  for (const int threads : {1, 2, 8, 40}) {
    const ThreadCount count(threads);
    const Variable x = read_model(path).chain.states.packing.variables()[0];
    CHECK(x.low == -1);
    CHECK(x.high == 1);
  }
}

TEST_CASE("umb: of wrong variables that of the lowest state is named, whatever the number of threads") {
  Large large;
  const auto message = [&] { return refused(large.parts); };
  const auto put = [&](std::size_t state, const std::string& record) {
    large.parts.files[Large::file].replace(5 * state, 5, record);
  };
  std::string& more = large.parts.more;
  more.replace(more.find("\"size\": 20}"), 11, R"("size": 20}, "lower": 0, "upper": 299999)");
  more.replace(more.find("\"size\": 12}"), 11, R"("size": 12}, "lower": -1500, "upper": 1499)");
  put(150'007, Large::record(300'000, 0, 0));
  put(150'006, Large::record(0, 1500, 0));
  put(290'000, Large::record(0, -1501, 0));
  with_threads([&] { CHECK_THAT(message(), ContainsSubstring("state 150006: 'y' = 1500 is not in -1500..1499")); });
  put(150'006, Large::record(0, 0, 0));
  with_threads([&] { CHECK_THAT(message(), ContainsSubstring("state 150007: 'x' = 300000 is not in 0..299999")); });
}

TEST_CASE("umb: what lies behind a file's end is 0") {
  const std::string bytes = bytes_of<std::uint64_t>({7, 8});
  const umb::Values<std::uint64_t> values(bytes);
  CHECK(values[1] == 8);
  CHECK(values[2] == 0);
  CHECK(values[~std::size_t{0}] == 0);
  CHECK_FALSE(umb::Bits(std::string_view(bytes))[128]);
}
