// PRISM's explicit files and their variants: what they mean, and that bad ones are refused with the line.
#include "formats/model/prism_explicit/prism_explicit.hpp"

#include <algorithm>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "damage.hpp"
#include "formats/io/file.hpp"
#include "formats/model/prism_explicit/labels.hpp"
#include "formats/model/prism_explicit/rewards.hpp"
#include "formats/model/prism_explicit/states.hpp"
#include "scratch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

RewardErrors nobody_asks(false, 0, 0);

// The transitions alone: from standard input nothing is looked for beside them.
Chain read(const std::string& text, std::optional<Kind> kind = {}, std::vector<std::string>* notes = nullptr) {
  ReadOptions options;
  options.kind = kind;
  Model model = prism_explicit::read_prism_explicit("-", std::string(text), options);
  validate(model.chain);
  if (notes != nullptr) *notes = model.notes;
  return std::move(model.chain);
}

template <class Action>
std::string refused(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  FAIL_CHECK("read");
  return "";
}

std::string refused_text(const std::string& text, std::optional<Kind> kind = {}) {
  return refused([&] { read(text, kind); });
}

// The rate from one state to another.
double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

std::vector<bool> holds(const Chain& chain, const std::string& name) {
  for (const Label& label : chain.labels)
    if (label.name == name) return label.holds;
  FAIL("no label " << name);
  return {};
}

const std::string ctmc = "# Transitions (CTMC)\n";
const std::string dtmc = "# Transitions (DTMC)\n";

}  // namespace

TEST_CASE("transitions with and without actions, in lines and in rows") {
  const std::string lines = ctmc + "3 5\n0 2 2\n0 1 1.5\n1 0 3\n1 1 4\n2 0 1e-1\n";
  const std::string actions = ctmc + "3 6\n0 1 0.5 go\n0 1 1 stay\n0 2 2 go\n1 0 3 _x\n1 1 4\n2 0 .1 go\n";
  const std::string rows = ctmc + "3 5\n0 1.5:1 2:2\n1 3:0 4:1\n2 0.1:0\n";
  const std::string rows_of_one_size = "3\n0 1.5:1 2:2\n1 3:0 4:1\n2 1/10:0\n";
  for (const std::string& text : {lines, actions, rows, rows_of_one_size}) {
    INFO(text);
    const Chain chain = read(text);
    CHECK(chain.kind == Kind::ctmc);
    REQUIRE(chain.size() == 3);
    CHECK(chain.transitions() == 5);
    CHECK(rate(chain, 0, 1) == 1.5);
    CHECK(rate(chain, 0, 2) == 2);
    CHECK(rate(chain, 1, 0) == 3);
    CHECK(rate(chain, 2, 0) == 0.1);
    REQUIRE(chain.self_loops.size() == 1);
    CHECK(chain.self_loops[0].value == 4);
    CHECK(holds(chain, "init") == std::vector<bool>{true, false, false});
    CHECK(holds(chain, "deadlock") == std::vector<bool>(3, false));
  }
}

TEST_CASE("rows of which the first is empty") {
  const Chain chain = read(ctmc + "2 1\n0\n1 3:0\n");
  CHECK(rate(chain, 1, 0) == 3);
  CHECK(holds(chain, "deadlock") == std::vector<bool>{true, false});
}

TEST_CASE("Storm's and MRMC's variants") {
  const Chain storm = read("dtmc\n0 1 0.3\n0 2 0.7\n1 0 0.5\n1 1 0.5\n2 2 1\n");
  CHECK(storm.kind == Kind::dtmc);
  CHECK(storm.size() == 3);
  CHECK(rate(storm, 0, 2) == 0.7);
  CHECK(read("ctmc\n0 1 0.3\n1 0 0.5\n").kind == Kind::ctmc);
  CHECK_THAT(refused_text("mdp\n0 0 1 0.3\n"), ContainsSubstring("'mdp' is not a Markov chain"));

  const Chain mrmc = read("STATES 3\nTRANSITIONS 4\n1 2 5\n2 1 3\n2 3 1\n3 1 .25\n");
  CHECK(mrmc.kind == Kind::ctmc);
  CHECK(rate(mrmc, 0, 1) == 5);
  CHECK(rate(mrmc, 2, 0) == 0.25);
  CHECK_THAT(refused_text("STATES 3\nTRANSITIONS 1\n0 2 5\n"), ContainsSubstring("-:3: source 0 is not in 1..3"));
  CHECK_THAT(refused_text("STATES 3\n1 2 5\n"), ContainsSubstring("'TRANSITIONS n' expected"));
}

TEST_CASE("the kind is the file's or the user's, and never guessed from rows that sum to 1") {
  const std::string steps = "2 3\n0 0 0.5\n0 1 0.5\n1 0 1\n";
  CHECK_THAT(refused_text(steps), ContainsSubstring("--kind dtmc or --kind ctmc"));
  CHECK_THAT(refused_text("3 3\n0 0 0.5\n0 1 0.5\n1 0 1\n"), ContainsSubstring("--kind"));  // state 2: a deadlock
  CHECK(read(steps, Kind::dtmc).kind == Kind::dtmc);
  CHECK(read(steps, Kind::ctmc).kind == Kind::ctmc);
  CHECK(read(ctmc + steps).kind == Kind::ctmc);
  CHECK(read("# PRISM\n" + dtmc + "# more\n" + steps).kind == Kind::dtmc);
  std::vector<std::string> notes;
  CHECK(read("2 2\n0 1 0.5\n1 0 1\n", {}, &notes).kind == Kind::ctmc);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("rates of a ctmc"));
  CHECK_THAT(refused_text(ctmc + steps, Kind::dtmc), ContainsSubstring("--kind dtmc, but the file says ctmc"));
  CHECK_THAT(refused_text("# Transitions (MDP)\n2 2 2\n"), ContainsSubstring("'MDP'"));
}

TEST_CASE("probabilities sum to 1, deadlocks get a self-loop") {
  const Chain chain = read(dtmc + "3 3\n0 1 1/3\n0 2 2/3\n1 0 0.999999\n");
  CHECK(rate(chain, 0, 1) == 1.0 / 3);
  CHECK(rate(chain, 1, 0) == 1);
  REQUIRE(chain.self_loops.size() == 1);
  CHECK(chain.self_loops[0].state == 2);
  CHECK(chain.self_loops[0].value == 1);
  CHECK(holds(chain, "deadlock") == std::vector<bool>{false, false, true});
  CHECK_THAT(refused_text(dtmc + "2 2\n0 1 0.9\n1 0 1\n"), ContainsSubstring("state 0 sums to 0.9"));
}

TEST_CASE("files found beside the transitions, or named") {
  const Scratch scratch;
  const std::string tra = scratch.put("m.tra", ctmc + "3 4\n0 1 2\n1 0 3\n1 2 5\n2 0 1\n");
  scratch.put("m.sta", "(x,up)\n0:(-1,false)\n1:(0,true)\n2:(7,true)\n");
  scratch.put("m.lab", "0=\"init\" 1=\"deadlock\" 2=\"two words\"\n0: 2\n1: 0 2\n2: 0\n");
  scratch.put("m.srew", "# Reward structure \"cost\"\n# State rewards\n3 2\n0 1.5\n2 -1\n");
  scratch.put("m.trew", "# Reward structure \"cost\"\n# Transition rewards\n3 2\n0 1 10\n1 2 0.5\n");
  scratch.put("m1.srew", "3 1\n1 4\n");
  scratch.put("m2.trew", "# Reward structure \"steps\"\n3 1\n2 0 3\n");
  scratch.put("m4.srew", "nobody looks here\n");

  const Chain chain = read_model(tra).chain;
  CHECK(chain.states.describe(0) == "(-1,false)");
  CHECK(chain.states.describe(2) == "(7,true)");
  REQUIRE(chain.labels.size() == 3);
  CHECK(chain.labels[0].name == "two words");
  CHECK(chain.labels[0].holds == std::vector<bool>{true, true, false});
  REQUIRE(chain.initial.size() == 2);
  CHECK(chain.initial[0].state == 1);
  CHECK(chain.initial[1].probability == 0.5);
  REQUIRE(chain.rewards.size() == 3);
  CHECK(chain.rewards[0].name == "cost");
  CHECK(chain.rewards[0].rate == std::vector<double>{1.5 + 10 * 2, 0.5 * 5, -1});
  CHECK(chain.rewards[1].name.empty());
  CHECK(chain.rewards[1].rate == std::vector<double>{0, 4, 0});
  CHECK(chain.rewards[2].name == "steps");
  CHECK(chain.rewards[2].rate == std::vector<double>{0, 0, 3});

  ReadOptions options;
  options.labels = scratch.put("other.lab", "0=\"init\"\n2: 0\n");
  options.state_rewards = {scratch.path("m1.srew"), scratch.path("m.srew")};
  options.transition_rewards = {scratch.path("m2.trew")};
  const Chain named = read_model(tra, options).chain;
  REQUIRE(named.initial.size() == 1);
  CHECK(named.initial[0].state == 2);
  REQUIRE(named.rewards.size() == 2);
  CHECK(named.rewards[0].name == "steps");
  CHECK(named.rewards[0].rate == std::vector<double>{0, 4, 3});
  CHECK(named.rewards[1].rate == std::vector<double>{1.5, 0, -1});
  options.transition_rewards = {scratch.path("m2.trew"), scratch.path("m2.trew")};
  CHECK_THAT(refused([&] { read_model(tra, options); }), ContainsSubstring("pairs belong together"));
  options.labels = scratch.path("none.lab");
  CHECK_THAT(refused([&] { read_model(tra, options); }), ContainsSubstring("none.lab"));
}

TEST_CASE("Storm's and MRMC's files beside the transitions") {
  const Scratch scratch;
  scratch.put("s.lab", "#DECLARATION\ninit up\ndown\n#END\n0 init up\n1 down\n");
  scratch.put("s.srew", "0 1.5\n1 2\n");
  scratch.put("s.trew", "0 1 0.5\n");
  const Chain storm = read_model(scratch.put("s.tra", "ctmc\n0 1 2\n1 0 3\n")).chain;
  CHECK(holds(storm, "up") == std::vector<bool>{true, false});
  CHECK(holds(storm, "down") == std::vector<bool>{false, true});
  REQUIRE(storm.rewards.size() == 1);
  CHECK(storm.rewards[0].rate == std::vector<double>{2.5, 2});

  scratch.put("m.lab", "#DECLARATION\nup\n#END\n2 up\n");
  scratch.put("m.srew", "1 7\n");
  const Chain mrmc = read_model(scratch.put("m.tra", "STATES 2\nTRANSITIONS 2\n1 2 2\n2 1 3\n")).chain;
  CHECK(holds(mrmc, "up") == std::vector<bool>{false, true});
  CHECK(mrmc.rewards[0].rate == std::vector<double>{7, 0});
}

TEST_CASE("bad transitions are refused with their line") {
  CHECK_THAT(refused_text(""), ContainsSubstring("-:1: no transitions"));
  CHECK_THAT(refused_text("# only a comment\n"), ContainsSubstring("no transitions"));
  CHECK_THAT(refused_text("2 1 2\n0 0 1 1\n"), ContainsSubstring("(mdp)"));
  CHECK_THAT(refused_text("2 1 2 2\n"), ContainsSubstring("(pomdp)"));
  CHECK_THAT(refused_text("2 2\n0 0 1 1\n1 0 0 1\n"), ContainsSubstring("-:2:") && ContainsSubstring("(mdp)"));
  CHECK_THAT(refused_text("0 0\n"), ContainsSubstring("at least one"));
  CHECK_THAT(refused_text("1000000000000 1\n0 1 1\n"), ContainsSubstring("1000000000000 states"));
  CHECK_THAT(refused_text("2 1000000000000\n0 1 1\n"), ContainsSubstring("1000000000000 transitions"));
  CHECK_THAT(refused_text("4000000000 1\n0 1 1\n"), ContainsSubstring("takes"));
  CHECK_THAT(refused_text("ctmc\n0 4294967290 1\n"), ContainsSubstring("takes"));
  CHECK_THAT(refused_text("ctmc\n0 99999999999 1\n"), ContainsSubstring("target 99999999999 is not in"));
  CHECK_THAT(refused_text("2 3\n0 1 1\n1 0 1\n"), ContainsSubstring("ends after 2 of 3"));
  CHECK_THAT(refused_text("2 1\n0 1 1\n1 0 1\n"), ContainsSubstring("-:3: more than the 1 transitions"));
  CHECK_THAT(refused_text("2 2\n0 1 1\n1 2 1\n"), ContainsSubstring("-:3: target 2 is not in 0..1"));
  CHECK_THAT(refused_text("2 2\n0 1 1\n1 0 nan\n"), ContainsSubstring("-:3: value 'nan' is not finite"));
  CHECK_THAT(refused_text("2 2\n0 1 1\n1 0 -1\n"), ContainsSubstring("-1 is negative"));
  CHECK_THAT(refused_text("2 2\n0 1 1\n1 0 1/0\n"), ContainsSubstring("divided by 0"));
  CHECK_THAT(refused_text("2 2\n0 1 [0.1,0.2]\n1 0 1\n"), ContainsSubstring("an interval"));
  CHECK_THAT(refused_text("2 2\n0 1 1\n1 0 1 go now\n"), ContainsSubstring("'now'"));
  CHECK_THAT(refused_text("2\n0 1 1\n"), ContainsSubstring("rows of the form"));
  CHECK_THAT(refused_text("2 2\n0 1:1\n1 1;0\n"), ContainsSubstring("-:3: ':' expected"));
  CHECK_THAT(refused_text(std::string("2 2\n0 1 1\n\0 0 1\n", 16)), ContainsSubstring("-:3: a zero byte"));
  CHECK_THAT(refused_text("\x89PNG\r\n"), ContainsSubstring("-:1: a number expected, found '\\x89PNG'"));
}

TEST_CASE("bad states, labels and rewards are refused with their line") {
  using namespace prism_explicit;
  const auto states = [](const std::string& text) { return refused([&] { read_states("m.sta", text, 2); }); };
  CHECK_THAT(states(""), ContainsSubstring("m.sta:1: the variables' names expected"));
  CHECK_THAT(states("x\n"), ContainsSubstring("m.sta:1:"));
  CHECK_THAT(states("(x,x)\n"), ContainsSubstring("second time"));
  CHECK_THAT(states("(x,)\n0:(1,)\n"), ContainsSubstring("m.sta:1: '' is not a variable's name"));
  CHECK_THAT(states("(2x)\n"), ContainsSubstring("'2x' is not a variable's name"));
  CHECK_THAT(states("(x)\n0:(1)\n"), ContainsSubstring("ends after 1 of 2 states"));
  CHECK_THAT(states("(x)\n0:(1)\n0:(1)\n"), ContainsSubstring("m.sta:3: state 0 for the second time"));
  CHECK_THAT(states("(x)\n0:(1)\n2:(1)\n"), ContainsSubstring("m.sta:3: state 2: the transitions have 2"));
  CHECK_THAT(states("(x)\n0:(1)\n1:(true)\n"), ContainsSubstring("both numbers and truth values"));
  CHECK_THAT(states("(x)\n0:(tru)\n1:(true)\n"), ContainsSubstring("m.sta:2: a value expected, found 'tru'"));
  CHECK_THAT(states("(x)\n0:(1)\n1:(1,2)\n"), ContainsSubstring("m.sta:3: ')' expected"));
  CHECK_THAT(states("(x)\n0:(1)\n1:(1.5)\n"), ContainsSubstring("m.sta:3: ')' expected"));
  CHECK_THAT(states("(x)\n0:(1)\n1:(99999999999999999999)\n"), ContainsSubstring("too large"));
  CHECK(read_states("m.sta", "()\n0:()\n1:()\n", 2).packing.variables().empty());

  const auto labels = [](const std::string& text) { return refused([&] { read_labels("m.lab", text, 2, {}); }); };
  CHECK_THAT(labels(""), ContainsSubstring("m.lab:1: the file ends before the labels' names"));
  CHECK_THAT(labels("init\n"), ContainsSubstring("a label's number expected"));
  CHECK_THAT(labels("0=init\n"), ContainsSubstring("as in 0=\"init\""));
  CHECK_THAT(labels("0=\"init\n"), ContainsSubstring("second quote"));
  CHECK_THAT(labels("0=\"a\" 0=\"b\"\n"), ContainsSubstring("number 0 for the second time"));
  CHECK_THAT(labels("0=\"a\" 1=\"a\"\n"), ContainsSubstring("'a' for the second time"));
  CHECK_THAT(labels("0=\"a\"\n2: 0\n"), ContainsSubstring("m.lab:2: state 2 is not in 0..1"));
  CHECK_THAT(labels("0=\"a\"\n1: 3\n"), ContainsSubstring("there is no label 3"));
  CHECK_THAT(labels("#DECLARATION\na\n"), ContainsSubstring("the file ends before #END"));
  CHECK_THAT(labels("#DECLARATION\na\n#END\n0 b\n"), ContainsSubstring("m.lab:4: the label 'b' is not declared"));

  const auto rewards = [](const std::string& text) {
    return refused([&] { read_state_rewards("m.srew", text, 2, {}, nobody_asks); });
  };
  CHECK_THAT(rewards(""), ContainsSubstring("m.srew:1: the sizes expected"));
  CHECK_THAT(rewards("3 1\n0 1\n"), ContainsSubstring("rewards of 3 states: the transitions have 2"));
  CHECK_THAT(rewards("2 2\n0 1\n"), ContainsSubstring("ends after 1 of 2"));
  CHECK_THAT(rewards("2 1000000000000\n0 1\n"), ContainsSubstring("ends after 1 of"));
  CHECK_THAT(rewards("2 1\n0 1\n1 1\n"), ContainsSubstring("m.srew:3: more than the 1 rewards"));
  CHECK_THAT(rewards("2 2\n0 1\n0 1\n"), ContainsSubstring("m.srew:3: state 0 for the second time"));
  CHECK_THAT(rewards("2 1\n0 inf\n"), ContainsSubstring("not finite"));
  const Chain chain = read("2 2\n0 1 2\n1 0 3\n");
  const Csr outgoing = outgoing_rates(chain);
  const auto earned = [&](const std::string& text) {
    return refused([&] { read_transition_rewards("m.trew", text, outgoing, {}, nobody_asks); });
  };
  CHECK_THAT(earned("2 1\n0 0 1\n"), ContainsSubstring("m.trew:2: the transition 0 -> 0 does not exist"));
  CHECK_THAT(earned("2 2\n0 1 1\n0 1 1\n"), ContainsSubstring("m.trew:3: the transition 0 -> 1 for the second time"));
  CHECK_THAT(earned("2 1\n0 1 1.7e308\n"), ContainsSubstring("beyond the range"));
  CHECK_THAT(refused([&] {
               const Scratch scratch;
               scratch.put("m.lab", "0=\"init\"\n");
               read_model(scratch.put("m.tra", "2 2\n0 1 2\n1 0 3\n"));
             }),
             ContainsSubstring("m.lab: the label \"init\" holds in no state"));
}

TEST_CASE("explicit files cut or changed anywhere are read or refused, never worse") {
  struct File {
    const char* name;
    std::string text;
    void (*read)(const std::string& text);
  };
  const auto transitions = [](const std::string& text) { read(text); };
  const File files[] = {
      {"-", ctmc + "3 5\n0 2 2\n0 1 1.5 go\n1 0 3\n1 1 4\n2 0 1e-1\n", transitions},
      {"-", "3 5\n0 1.5:1 2:2\n1 3:0 4:1\n2 1/10:0\n", transitions},
      {"-", "STATES 3\nTRANSITIONS 4\n1 2 5\n2 1 3\n2 3 1\n3 1 .25\n", transitions},
      {"-", "dtmc\n0 1 0.3\n0 2 0.7\n1 0 0.5\n1 1 0.5\n2 2 1\n", transitions},
      {"m.sta", "(x,up)\n0:(-1,false)\n1:(0,true)\n2:(7,true)\n",
       [](const std::string& text) { prism_explicit::read_states("m.sta", text, 3); }},
      {"m.lab", "0=\"init\" 1=\"deadlock\" 2=\"two words\"\n0: 2\n1: 0 2\n2: 0\n",
       [](const std::string& text) { prism_explicit::read_labels("m.lab", text, 3, {}); }},
      {"m.lab", "#DECLARATION\ninit up\ndown\n#END\n0 init up\n1 down\n",
       [](const std::string& text) { prism_explicit::read_labels("m.lab", text, 3, {}); }},
      {"m.srew", "# Reward structure \"cost\"\n# State rewards\n3 2\n0 1.5\n2 -1\n",
       [](const std::string& text) { prism_explicit::read_state_rewards("m.srew", text, 3, {}, nobody_asks); }},
  };
  std::mt19937 random(5);
  for (const File& file : files) {
    const auto attempt = [&](const std::string& text) {
      try {
        file.read(text);
      } catch (const Error& error) {
        const std::string message = error.what();
        INFO(text);
        INFO(message);
        REQUIRE(message.find(std::string(file.name) + ":") == 0);
        REQUIRE(message.size() < 300);
      }
    };
    for (std::size_t size = 0; size < file.text.size(); ++size) attempt(file.text.substr(0, size));
    for (int k = 0; k < 2000; ++k) attempt(damaged(file.text, "0123456789.-+eE:()[]\"= #\n\rtaf/", random));
  }
}

TEST_CASE("a compressed model beside a plain one: each finds its own files") {
  const Scratch scratch;
  const Model model = read_model(std::string(STEADY_EXAMPLES) + "/kanban.prism", {.constants = "t=1"});
  write_model(scratch.path("k.tra"), model);
  write_model(scratch.path("k.tra.gz"), model);
  write_model(scratch.path("k.tra"), model);
  for (const char* name : {"k.sta", "k.sta.gz", "k.lab", "k.lab.gz", "k1.srew", "k1.srew.gz"})
    CHECK(std::filesystem::exists(scratch.path(name)));
  std::ofstream(scratch.path("k.sta")) << "not read";
  CHECK(read_model(scratch.path("k.tra.gz")).chain.states.describe(0) == model.chain.states.describe(0));
  CHECK_THROWS(read_model(scratch.path("k.tra")));
}

TEST_CASE("a combined file as PRISM writes it: two structures, rewards of states and of transitions") {
  const std::string text =
      "# Transitions (DTMC)\n2 3\n0 0 0.5\n0 1 0.5\n1 0 1\n\n# States\n(x)\n0:(3)\n1:(7)\n\n"
      "# Labels\n0=\"init\" 1=\"deadlock\" 2=\"far\"\n0: 0\n1: 2\n\n"
      "# Reward structure \"r\"\n# State rewards\n2 1\n1 4\n\n# Reward structure \"r\"\n# Transition rewards\n2 1\n0 1 "
      "6\n\n"
      "# Reward structure\n# State rewards\n2 1\n0 1\n\n# Reward structure\n# Transition rewards\n2 0\n";
  const Model model = prism_explicit::read_prism_combined("m.pexp", std::string(text), {});
  const Chain& chain = model.chain;
  CHECK(chain.kind == Kind::dtmc);
  CHECK(chain.transitions() == 3);
  CHECK(chain.states.describe(1) == "(7)");
  REQUIRE(chain.rewards.size() == 2);
  CHECK(chain.rewards[0].name == "r");
  CHECK(chain.rewards[0].rate == std::vector<double>{3, 4});
  CHECK(chain.rewards[1].rate == std::vector<double>{1, 0});

  const auto message = [](std::string damaged) {
    try {
      prism_explicit::read_prism_combined("m.pexp", std::move(damaged), {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing thrown");
  };
  std::string wrong = text;
  wrong.replace(wrong.find("1:(7)"), 5, "1:(y)");
  CHECK_THAT(message(wrong), ContainsSubstring("m.pexp:10:"));  // lines count as those of the file
  CHECK_THAT(message(text + "# States\n(x)\n"), ContainsSubstring("second time"));
  CHECK_THAT(message("2 1\n0 1 1\n"), ContainsSubstring("Transitions"));
  CHECK_THAT(message("# Transitions (MDP)\n1 1 1\n0 0 0 1\n"), ContainsSubstring("m.pexp:1:"));
  for (std::size_t size = 0; size < text.size(); ++size) message(text.substr(0, size));
}
