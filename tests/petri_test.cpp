// Petri nets: closed forms, nets beside models in the PRISM language, rates and arcs that read markings, constants.
#include <algorithm>

#include <steady/solve.hpp>

#include "tests/petri_nets.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::tests;
using reference::Rational;

namespace {

std::string error_of_project(const std::string& text, const std::string& constants = "") {
  return error_of([&] { read_project(text, constants); });
}

}  // namespace

TEST_CASE("petri nets: a queue with an inhibitor arc is M/M/1/K") {
  PlainNet net{{{"queue", 0}},
               {{"arrive", false, 0.75, 0, 0, {}, {{0}}, {{0, 6}}}, {"serve", false, 1, 0, 1, {{0}}, {}}}};
  const Chain chain = read_project(project(net)).chain;
  REQUIRE(chain.size() == 7);
  const std::vector<double> exact =
      reference::birth_death_solution(std::vector<double>(6, 0.75), std::vector<double>(6, 1.0));
  CHECK(reference::largest_difference(solve(chain).distribution, exact) < 1e-14);
}

TEST_CASE("petri nets: machines that fail each on its own and wait for two repairers") {
  PlainNet net{{{"up", 5}, {"down", 0}},
               {{"fail", false, 0.3, 0, 0, {{0}}, {{1}}}, {"repair", false, 2, 0, 2, {{1}}, {{0}}}}};
  const Chain chain = read_project(project(net)).chain;
  // State k: k machines are up.
  std::vector<double> births, deaths;
  for (int up = 0; up < 5; ++up) {
    births.push_back(2.0 * std::min(5 - up, 2));
    deaths.push_back(0.3 * (up + 1));
  }
  REQUIRE(chain.size() == 6);
  const std::vector<double> exact = reference::birth_death_solution(births, deaths);
  CHECK(reference::largest_difference(solve(chain).distribution, exact) < 1e-14);
}

TEST_CASE("petri nets: servers are busy as often as their tokens are there") {
  PlainNet net{{{"parts", 7}, {"made", 0}},
               {{"make", false, 0.5, 0, 0, {{0, 3}}, {{1}}}, {"use", false, 1, 0, 2, {{1}}, {{0, 3}}}}};
  const Chain chain = read_project(project(net)).chain;
  REQUIRE(chain.size() == 3);  // parts 1, 4, 7
  CHECK(rate(chain, 2, 1) == 1.0);
  CHECK(rate(chain, 1, 0) == 0.5);
  CHECK(rate(chain, 0, 1) == 2.0);
}

TEST_CASE("petri nets: fork and join beside the same in the PRISM language") {
  PlainNet net{{{"jobs", 3}, {"left", 0}, {"right", 0}, {"l", 0}, {"r", 0}},
               {{"fork", false, 1.5, 0, 1, {{0}}, {{1}, {2}}},
                {"work_left", false, 2, 0, 0, {{1}}, {{3}}},
                {"work_right", false, 0.5, 0, 1, {{2}}, {{4}}},
                {"join", true, 1, 1, 1, {{3}, {4}}, {{0}}}}};
  const Chain chain = read_project(project(net)).chain;
  const Chain same =
      read_text(
          "ctmc\nmodule m\n jobs : [0..3] init 3;\n left : [0..3];\n right : [0..3];\n l : [0..3];\n r : "
          "[0..3];\n"
          " [] jobs>0 -> 1.5 : (jobs'=jobs-1)&(left'=left+1)&(right'=right+1);\n"
          " [] left>0 & r=0 -> 2*left : (left'=left-1)&(l'=l+1);\n"
          " [] left>0 & r>0 -> 2*left : (left'=left-1)&(r'=r-1)&(jobs'=jobs+1);\n"
          " [] right>0 & l=0 -> 0.5 : (right'=right-1)&(r'=r+1);\n"
          " [] right>0 & l>0 -> 0.5 : (right'=right-1)&(l'=l-1)&(jobs'=jobs+1);\n"
          "endmodule\n")
          .chain;
  CHECK(chain.inflow.row_start == same.inflow.row_start);
  CHECK(chain.inflow.column == same.inflow.column);
  CHECK(chain.inflow.value == same.inflow.value);
  CHECK(chain.initial[0].state == same.initial[0].state);
}

TEST_CASE("petri nets: expressions of markings and constants") {
  const auto tokens = [](const std::string& marking) {
    const Model model = read_project(
        project_of("<constant consttype=\"INTEGER\" name=\"n\" value=\"7\"/><constant consttype=\"REAL\" name=\"r\" "
                   "value=\"2.5\"/><place name=\"p\" marking=\"" +
                   marking + "\"/>"));
    return marking_of(model.chain, 0)[0];
  };
  CHECK(tokens("3+2*n") == 17);
  CHECK(tokens("n/2") == 3);        // between integers
  CHECK(tokens("(1-n)/4+5") == 4);  // towards 0
  CHECK(tokens("Floor[n/2+0.9]") == 4);
  CHECK(tokens("Round[r*n]") == 18);
  CHECK(tokens("Min[n,3]+Max[n,3]*10+Mod[n,4]*100") == 373);
  CHECK(tokens("Pow[2,3]+Abs[2-n]") == 13);
  CHECK(tokens("If[n/2==3 &amp;&amp; !(r&gt;3), 1, 2]") == 1);
  CHECK(tokens("If[n&lt;7 || n&gt;7 -&gt; False, 1, 2]") == 1);
  CHECK(tokens("when n&gt;=8 : 4; ever 5;") == 5);
}

TEST_CASE("petri nets: rates, weights and arcs that depend on the marking") {
  // The delay is the rate of the whole transition; `flush` takes all that is there.
  const Chain chain = read_project(project_of("<place name=\"a\" marking=\"2\"/><place name=\"b\"/><place name=\"v\"/>"
                                              "<transition name=\"go\" type=\"EXP\" delay=\"3*#a\"/>"
                                              "<transition name=\"flush\" type=\"EXP\" nservers=\"1\"/>"
                                              "<transition name=\"stay\" type=\"IMM\" weight=\"#a+1\"/>"
                                              "<transition name=\"back\" type=\"IMM\"/>",
                                              "<arc head=\"go\" tail=\"a\" kind=\"INPUT\"/>"
                                              "<arc head=\"v\" tail=\"go\" kind=\"OUTPUT\"/>"
                                              "<arc head=\"stay\" tail=\"v\" kind=\"INPUT\"/>"
                                              "<arc head=\"b\" tail=\"stay\" kind=\"OUTPUT\"/>"
                                              "<arc head=\"back\" tail=\"v\" kind=\"INPUT\"/>"
                                              "<arc head=\"a\" tail=\"back\" kind=\"OUTPUT\"/>"
                                              "<arc head=\"flush\" tail=\"b\" kind=\"INPUT\" mult=\"Max[#b,1]\"/>"
                                              "<arc head=\"a\" tail=\"flush\" kind=\"OUTPUT\" mult=\"Max[#b,1]\"/>"))
                          .chain;
  REQUIRE(chain.size() == 3);       // a = 0, 1, 2
  CHECK(rate(chain, 2, 1) == 4.0);  // 6 * 2/3
  CHECK(rate(chain, 2, 2) == Approx(2.0));
  CHECK(rate(chain, 1, 0) == 1.5);
  CHECK(rate(chain, 0, 2) == 1.0);
  CHECK(rate(chain, 1, 2) == 1.0);
}

TEST_CASE("petri nets: input arcs from one place take tokens together") {
  // Two at a time leave, also by two arcs of one token.
  const auto net = [](std::vector<NetArc> inputs) {
    return PlainNet{{{"p", 0}}, {{"come", false, 1, 0, 1, {}, {{0}}, {{0, 4}}}, {"leave", false, 2, 0, 0, inputs, {}}}};
  };
  const Chain two = read_project(project(net({{0, 2}}))).chain, apart = read_project(project(net({{0}, {0}}))).chain;
  REQUIRE(apart.size() == 5);
  CHECK(apart.inflow.column == two.inflow.column);
  CHECK(apart.inflow.value == two.inflow.value);
}

TEST_CASE("petri nets: a constant that is varied stands in rates alone") {
  const std::string text = project_of(
      "<constant consttype=\"REAL\" name=\"k\" value=\"2\"/><place name=\"p\" marking=\"Floor[k]\"/>"
      "<transition name=\"t\" type=\"EXP\" delay=\"k\" nservers=\"1\"/>",
      "<arc head=\"t\" tail=\"p\" kind=\"INPUT\"/><arc head=\"p\" tail=\"t\" kind=\"OUTPUT\"/>");
  CHECK(read_project(text).chain.size() == 1);
  for (const bool within : {true, false}) {
    ReadOptions options;
    if (within)
      options.constants_within = {{"k", 0.01}};
    else
      options.derivatives = {"k"};
    CHECK_THAT(error_of([&] { petri::read_pnpro("net.PNPRO", std::string(text), options); }),
               mentions(within ? "the constant 'k' stands here in what is no rate"
                               : "the constant 'k' stands here in what is not differentiated"));
  }
}

TEST_CASE("petri nets: constants and parameters are set from outside") {
  const std::string text = project_of(
      "<constant consttype=\"REAL\" name=\"mu\" value=\"2\"/>"
      "<template type=\"INTEGER\" name=\"N\" last-binding=\"3\"/>"
      "<place name=\"p\" marking=\"N\"/><transition name=\"t\" type=\"EXP\" delay=\"mu\" "
      "nservers=\"1\"/>",
      "<arc head=\"t\" tail=\"p\" kind=\"INPUT\"/>");
  CHECK(error_of_project(text) == "net.PNPRO: constant without a value: N; set it with --const N=...");
  const Chain chain = read_project(text, "N=4,mu=0.5").chain;
  REQUIRE(chain.size() == 5);
  CHECK(rate(chain, 1, 0) == 0.5);
  CHECK_THAT(error_of_project(text, "N=-1"), mentions("net.PNPRO:5:"));
  CHECK_THAT(error_of_project(text, "N=4,K=1"), mentions("the model has no constant 'K'"));
}

TEST_CASE("petri nets: the rates of interval arithmetic hold what the decimals mean") {
  PlainNet net{{{"start", 1}, {"choice", 0}, {"a", 0}, {"b", 0}},
               {{"go", false, 0.3, 0, 1, {{0}}, {{1}}},
                {"to_a", true, 0.1, 1, 1, {{1}}, {{2}}},
                {"to_b", true, 0.7, 1, 1, {{1}}, {{3}}},
                {"a_back", false, 1, 0, 1, {{2}}, {{0}}},
                {"b_back", false, 1, 0, 1, {{3}}, {{0}}}}};
  std::string text =
      project(net, "", "<measures gspn-name=\"net\"><formulas><formula language=\"ALL\"/></formulas></measures>\n");
  for (const std::string decimal : {"0.3", "0.1", "0.7"}) {  // instead of 17 digits
    const std::size_t place = text.find("\"" + decimal + "0000") == std::string::npos
                                  ? text.find("\"0." + std::to_string(decimal[2] - '0' - 1) + "9999")
                                  : text.find("\"" + decimal + "0000");
    REQUIRE(place != std::string::npos);
    text.replace(place + 1, text.find('"', place + 1) - place - 1, decimal);
  }
  ReadOptions options;
  options.rate_errors = true;
  const Chain chain = detail::petri::read_pnpro("net.PNPRO", std::move(text), options).chain;
  REQUIRE(chain.size() == 3);
  const Rational exact = Rational(3, 10) * Rational(1, 8);
  const Rational stored(rate(chain, 2, 1));
  const double error = chain.rate_error[2];
  CHECK(error > 0);
  CHECK(error < 1e-14);
  CHECK(abs(exact - stored) <= stored * Rational(error));
  // So do the throughputs of transitions that take no time.
  const auto taken = std::find_if(chain.rewards.begin(), chain.rewards.end(),
                                  [](const Reward& reward) { return reward.name == "X{to_a}"; });
  REQUIRE(taken != chain.rewards.end());
  REQUIRE(taken->error.size() == 3);
  CHECK(taken->error[2] > 0);
  CHECK(taken->error[2] < 1e-14);
  CHECK(abs(exact - Rational(taken->rate[2])) <= Rational(taken->error[2]));
}

TEST_CASE("petri nets: mean tokens and throughputs are called as the file calls places and transitions") {
  // A word of the PRISM language, which the compiled model calls otherwise.
  const Model model = read_project(
      project_of("<place name=\"C\" marking=\"1\"/><transition name=\"min\" type=\"EXP\"/>",
                 "<arc head=\"min\" tail=\"C\" kind=\"INPUT\"/><arc head=\"C\" tail=\"min\" kind=\"OUTPUT\"/>",
                 "<measures gspn-name=\"net\"><formulas><formula language=\"ALL\"/>"
                 "<formula language=\"PERFORMANCE_INDEX\" expr=\"E{#C}\"/></formulas></measures>"));
  REQUIRE(model.chain.states.packing.variables().at(0).name == "C_");
  REQUIRE(model.chain.rewards.size() == 2);
  CHECK(model.chain.rewards[0].name == "E{#C}");
  CHECK(model.chain.rewards[1].name == "X{min}");
}
