// DRN files: what they mean, and that bad ones are refused with the line.
#include "formats/model/drn.hpp"

#include <algorithm>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "damage.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

Model read(std::string text) {
  Model model = read_drn("m.drn", std::move(text), {});
  validate(model.chain);
  return model;
}

std::string refused(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    return error.what();
  }
  FAIL_CHECK("read: " << text);
  return "";
}

double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

// As Storm writes it, with a blank line after @parameters and spaces at the ends of lines.
const std::string ctmc =
    "// Exported by storm\n// Original model type: CTMC\n@type: CTMC\n@value_type: double\n@parameters\n\n"
    "@reward_models\ncost gain \n@nr_states\n3\n@nr_choices\n3\n@model\n"
    "state 0 !3.5 [1, 0] init\n//[x=0]\n\taction 0 [0, 2]\n\t\t1 : 1.5\n\t\t2 : 2\n"
    "state 1 !4 [0, 0.5] up \"at work\"\n\taction 0 [0, 0]\n\t\t0 : 3\n\t\t1 : 1\n"
    "state 2 !0 [0, 0] deadlock up\n\taction __NOLABEL__ [0, 0]\n";

std::string dtmc(const std::string& states) { return "@type: DTMC\n@nr_states\n2\n@model\n" + states; }

const std::string flip = "state 0 init\n\taction 0\n\t\t1 : 1\nstate 1\n\taction 0\n\t\t0 : 1\n";

}  // namespace

TEST_CASE("a CTMC with rewards and labels") {
  const Model model = read(ctmc);
  const Chain& chain = model.chain;
  CHECK(chain.kind == Kind::ctmc);
  REQUIRE(chain.size() == 3);
  CHECK(rate(chain, 0, 1) == 1.5);
  CHECK(rate(chain, 0, 2) == 2);
  CHECK(rate(chain, 1, 0) == 3);
  REQUIRE(chain.self_loops.size() == 2);
  CHECK(chain.self_loops[0].value == 1);
  CHECK(chain.self_loops[1].state == 2);  // mended
  REQUIRE(chain.rewards.size() == 2);
  CHECK(chain.rewards[0].name == "cost");
  CHECK(chain.rewards[0].rate == std::vector<double>{1, 0, 0});
  CHECK(chain.rewards[1].name == "gain");
  CHECK(chain.rewards[1].rate ==
        std::vector<double>{2 * 3.5, 0.5, 0});  // 2 at each of 3.5 transitions per unit of time
  REQUIRE(chain.labels.size() == 4);
  CHECK(chain.labels[0].name == "up");
  CHECK(chain.labels[0].holds == std::vector<bool>{false, true, true});
  CHECK(chain.labels[1].name == "at work");
  CHECK(chain.labels[2].name == "init");
  CHECK(chain.labels[3].holds == std::vector<bool>{false, false, true});
  REQUIRE(chain.initial.size() == 1);
  CHECK(chain.initial[0].state == 0);
}

TEST_CASE("a DTMC, placeholders, fractions, several initial states") {
  CHECK(read(dtmc(flip)).chain.kind == Kind::dtmc);
  const Model model = read(
      "@type: dtmc\n@value_type: rational\n@parameters\n@placeholders\n$third : 1/3\n$r : 7\n@reward_models\nr\n"
      "@nr_states\n2\n@model\nstate 0 [$r] init\naction a [1]\n0 : $third\n1 : 2/3\nstate 1 [ 1 ] init \"x\"\n1 : 1\n");
  const Chain& chain = model.chain;
  CHECK(rate(chain, 0, 1) == 2.0 / 3);
  CHECK(chain.self_loops[0].value == 1.0 / 3);
  CHECK(chain.rewards[0].rate == std::vector<double>{8, 1});
  REQUIRE(chain.initial.size() == 2);
  CHECK(chain.initial[1].probability == 0.5);
  const Model none = read(dtmc("state 0\n\t\t1 : 1\nstate 1\n\t\t0 : 1\n"));  // neither init nor actions
  CHECK(none.chain.initial[0].state == 0);
  CHECK(none.chain.labels[0].holds == std::vector<bool>{true, false});
}

TEST_CASE("other kinds of models are refused by name") {
  for (const std::string type : {"MA", "Markov", "POMDP", "SMG"})
    CHECK_THAT(refused("@type: " + type + "\n@nr_states\n1\n@model\nstate 0\n"),
               ContainsSubstring("m.drn:1: a model of type '" + type + "' is not a Markov chain"));
  CHECK_THAT(refused("@type: DTMC\n@value_type: double-interval\n"), ContainsSubstring("'double-interval'"));
  CHECK_THAT(refused("@type: DTMC\n@value_type: complex\n"), ContainsSubstring("'complex'"));
  CHECK_THAT(refused("@type: DTMC\n@parameters\np q\n@nr_states\n1\n@model\n"), ContainsSubstring("parametric"));
  CHECK_THAT(refused("@type: DTMC\n@nr_states\n2\n@nr_choices\n3\n@model\n" + flip), ContainsSubstring("3 choices"));
  CHECK_THAT(refused(dtmc("state 0\n\taction 0\n\t\t1 : 1\n\taction 1\n\t\t0 : 1\nstate 1\n\t\t0 : 1\n")),
             ContainsSubstring("nondeterministic"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 : [0.5, 1]\nstate 1\n\t\t0 : 1\n")), ContainsSubstring("an interval"));
}

TEST_CASE("bad DRN files are refused with their line") {
  CHECK_THAT(refused(""), ContainsSubstring("m.drn:1: the file ends before '@model'"));
  CHECK_THAT(refused("@model\n"), ContainsSubstring("before '@type:'"));
  CHECK_THAT(refused("@type: DTMC\n@model\n"), ContainsSubstring("before '@nr_states'"));
  CHECK_THAT(refused("@type: DTMC\n@type: DTMC\n"), ContainsSubstring("m.drn:2: @type: for the second time"));
  CHECK_THAT(refused("@type: DTMC\n@nr_states\n"), ContainsSubstring("the file ends before the number of states"));
  CHECK_THAT(refused("@type: DTMC\n@nr_states\n1000000000000\n@model\n"), ContainsSubstring("1000000000000 states"));
  CHECK_THAT(refused("@type: DTMC\n@nr_states\n1000000000\n@model\nstate 0\n"), ContainsSubstring("rest of the file"));
  CHECK_THAT(refused("@type: DTMC\n@nr_stats\n"), ContainsSubstring("'@nr_stats' is not known"));
  CHECK_THAT(refused("@type: DTMC\n@placeholders\n$a 1\n"), ContainsSubstring("':' expected after $a"));
  CHECK_THAT(refused("@type: DTMC\n@placeholders\n$a : 1\n$a : 1\n"), ContainsSubstring("$a for the second time"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 : 1\n")), ContainsSubstring("ends after 1 of 2 states"));
  CHECK_THAT(refused(dtmc(flip + "state 2\n")), ContainsSubstring("m.drn:11: more than the 2 states"));
  CHECK_THAT(refused(dtmc("state 1\n\t\t0 : 1\nstate 0\n")), ContainsSubstring("m.drn:5: state 1 where state 0"));
  CHECK_THAT(refused(dtmc("\t\t0 : 1\nstate 0\n")), ContainsSubstring("m.drn:5: a state expected"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t2 : 1\nstate 1\n")), ContainsSubstring("target 2 is not in 0..1"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 1\nstate 1\n")), ContainsSubstring("':' expected after the target"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 : -1\nstate 1\n")), ContainsSubstring("probability -1 is negative"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 : nan\nstate 1\n")), ContainsSubstring("'nan' is not finite"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 : $p\nstate 1\n")), ContainsSubstring("$p is not defined"));
  CHECK_THAT(refused(dtmc("state 0\n\t\t1 : 0.5\nstate 1\n\t\t0 : 1\n")), ContainsSubstring("state 0 sums to 0.5"));
  CHECK_THAT(refused(dtmc("state 0 \"init\n\t\t1 : 1\nstate 1\n")), ContainsSubstring("second quote"));
  CHECK_THAT(refused(dtmc("state 0 [1]\n\t\t1 : 1\nstate 1\n")), ContainsSubstring("']' expected after 0 rewards"));
  CHECK_THAT(refused("@type: CTMC\n@nr_states\n1\n@model\nstate 0\n\t\t0 : 1\n"), ContainsSubstring("exit rate"));
  const auto with_exit = [](const std::string& rate) {
    return "@type: CTMC\n@nr_states\n2\n@model\nstate 0 !" + rate + "\n\t\t1 : 3\nstate 1 !1\n\t\t0 : 1\n";
  };
  CHECK(rate(read(with_exit("3.000001")).chain, 0, 1) == 3);
  CHECK_THAT(refused(with_exit("2")), ContainsSubstring("m.drn:5: state 0 has exit rate 2, but its rates sum to 3"));
  CHECK_THAT(refused(ctmc + std::string(1, '\0')), ContainsSubstring("a zero byte"));
}

TEST_CASE("a DRN file cut or changed anywhere is read or refused, never worse") {
  const std::string files[] = {ctmc, dtmc(flip)};
  const auto attempt = [](const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      const std::string message = error.what();
      INFO(text);
      INFO(message);
      REQUIRE(message.find("m.drn:") == 0);
      REQUIRE(message.size() < 300);
    }
  };
  std::mt19937 random(5);
  for (const std::string& file : files) {
    for (std::size_t size = 0; size < file.size(); ++size) attempt(file.substr(0, size));
    for (int k = 0; k < 4000; ++k) attempt(damaged(file, "0123456789.-+e:[]\"!@$ \n\tstaf/,", random));
  }
}

TEST_CASE("drn: names of rewards are taken apart at every space") {
  const auto names = [](const std::string& line, const std::string& values) {
    const Model model = read("@type: DTMC\n@reward_models\n" + line + "@nr_states\n1\n@model\nstate 0 " + values +
                             "\n\taction 0\n\t\t0 : 1\n");
    std::vector<std::string> result;
    for (const Reward& reward : model.chain.rewards) result.push_back(reward.name);
    return result;
  };
  using Names = std::vector<std::string>;
  CHECK(names(" \n", "[1]") == Names{""});
  CHECK(names("a  \n", "[1, 2]") == Names{"a", ""});
  CHECK(names(" a\tb\n", "[1, 2, 3]") == Names{"", "a", "b"});
  CHECK(names("a b \r\n", "[1, 2]") == Names{"a", "b"});
  CHECK(names("a b\n", "[1, 2]") == Names{"a", "b"});
  CHECK(names("\n", "").empty());
  CHECK(names("", "").empty());
}

TEST_CASE("drn: an MDP of one choice in each state, and a parametric model without parameters, are chains") {
  Model model = read("@type: MDP\n@nr_states\n2\n@nr_choices\n2\n@model\n" + flip);
  CHECK(model.chain.kind == Kind::dtmc);
  REQUIRE(model.notes.size() == 1);
  CHECK_THAT(model.notes[0], ContainsSubstring("MDP"));
  CHECK_THAT(refused("@type: MDP\n@nr_states\n2\n@nr_choices\n3\n@model\n" + flip + "\taction 1\n\t\t1 : 1\n"),
             ContainsSubstring("3 choices in 2 states"));
  CHECK_THAT(refused("@type: MDP\n@nr_states\n2\n@model\n" + flip + "\taction 1\n\t\t1 : 1\n"),
             ContainsSubstring("m.drn:11: state 1 has a second action") && ContainsSubstring("an MDP"));
  const std::string parametric = "@type: DTMC\n@value_type: parametric\n@parameters\n";
  CHECK(read(parametric + "\n@nr_states\n2\n@model\n" + flip).chain.size() == 2);
  CHECK_THAT(refused(parametric + "p q\n@nr_states\n2\n@model\n" + flip), ContainsSubstring("parametric models"));
}

TEST_CASE("drn: sums agree as far as the digits of the file go") {
  const auto with_exit = [](const std::string& exit, const std::string& rates) {
    return "@type: CTMC\n@nr_states\n2\n@model\nstate 0 !" + exit + "\n\taction 0\n" + rates +
           "state 1 !1.23457\n\taction 0\n\t\t0 : 1.23457\n";  // which has 6 digits
  };
  const std::string rates = "\t\t0 : 10\n\t\t1 : 0.00124\n";
  Model model = read(with_exit("10.0012", rates));
  CHECK(rate(model.chain, 0, 1) == 0.00124);  // the rates count, and not the exit rate
  REQUIRE(model.notes.size() == 1);
  CHECK_THAT(model.notes[0], ContainsSubstring("6 digits") && ContainsSubstring("exit rate 10.0012"));
  CHECK(read(with_exit("10.00124", rates)).notes.empty());
  CHECK_THAT(refused(with_exit("10.002", rates)), ContainsSubstring("m.drn:5: state 0 has exit rate 10.002"));
  CHECK_THAT(refused(with_exit("3", "\t\t0 : 1\n\t\t1 : 1\n")), ContainsSubstring("its rates sum to 2"));
  CHECK_THAT(refused(with_exit("3", "")), ContainsSubstring("its rates sum to 0"));
  // A file of few digits is not rounded to them: at least 4 are meant.
  CHECK_THAT(refused("@type: CTMC\n@nr_states\n1\n@model\nstate 0 !3.1\n\taction 0\n\t\t0 : 3\n"),
             ContainsSubstring("exit rate 3.1"));

  const auto third = [](const std::string& digits) {
    return "@type: DTMC\n@nr_states\n3\n@model\nstate 0\n\taction 0\n\t\t0 : " + digits + "\n\t\t1 : " + digits +
           "\n\t\t2 : " + digits + "\nstate 1\n\taction 0\n\t\t0 : 1\nstate 2\n\taction 0\n\t\t0 : 1\n";
  };
  model = read(third("0.3333"));
  CHECK(rate(model.chain, 0, 1) == Approx(1.0 / 3));
  CHECK_THAT(model.notes.at(0), ContainsSubstring("4 digits") && ContainsSubstring("state 0 sums to 0.9999"));
  CHECK_THAT(refused(third("0.333")),
             ContainsSubstring("m.drn:5: state 0 sums to 0.999") && ContainsSubstring("--rescale"));
  CHECK_THAT(refused(third("0.3")), !ContainsSubstring("--rescale"));
  ReadOptions options;
  options.rescale = true;
  CHECK(rate(read_drn("m.drn", third("0.333"), options).chain, 0, 1) == Approx(1.0 / 3));
}
