// SBML: chains with known answers, the same models in the PRISM language, and that what is no chain is refused by name.
#include "formats/model/sbml/sbml.hpp"

#include <cmath>
#include <random>

#include <steady/error.hpp>
#include <steady/truncate.hpp>

#include "damage.hpp"
#include "formats/io/file.hpp"
#include "tests/dense_solution.hpp"
#include "tests/prism_models.hpp"
#include "tests/program.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::tests;

namespace {

std::string ci(const std::string& name) { return "<ci>" + name + "</ci>"; }
std::string cn(const std::string& number) { return "<cn>" + number + "</cn>"; }

template <class... Operands>
std::string applied(const std::string& op, const Operands&... operands) {
  return "<apply><" + op + "/>" + (operands + ...) + "</apply>";
}

std::string math(const std::string& expression) {
  return "<math xmlns=\"http://www.w3.org/1998/Math/MathML\">" + expression + "</math>\n";
}

struct Reaction {
  std::string id, reactants, products;  // "A 2*B"
  std::string law;
  bool reversible = false;
  std::string parameters = {};
};

// A model of Level 3, part by part.
struct Sbml {
  std::string compartments = "<compartment id=\"cell\" size=\"1\" spatialDimensions=\"3\" constant=\"true\"/>\n";
  std::string functions, species, parameters, assignments, rules, reactions, more;
  std::string attributes;  // of the model
  bool counts = true;      // hasOnlySubstanceUnits

  Sbml& of(const std::string& id, const std::string& amount, const std::string& attribute = "") {
    species += "<species id=\"" + id + "\" compartment=\"cell\" " + amount + " hasOnlySubstanceUnits=\"" +
               (counts ? "true" : "false") + "\" constant=\"false\" " +
               (attribute.empty() ? "boundaryCondition=\"false\"" : attribute) + "/>\n";
    return *this;
  }
  Sbml& with(const std::string& id, const std::string& value) {
    parameters += "<parameter id=\"" + id + "\" " + (value.empty() ? "" : "value=\"" + value + "\" ") + "constant=\"" +
                  (value.empty() ? "false" : "true") + "\"/>\n";
    return *this;
  }
  static std::string references(const std::string& list, const std::string& kind) {
    if (list.empty()) return "";
    std::string text = "<listOf" + kind + ">";
    std::istringstream words(list);
    for (std::string word; words >> word;) {
      const std::size_t star = word.find('*');
      text += "<speciesReference species=\"" + word.substr(star + 1) + "\" stoichiometry=\"" +
              (star == std::string::npos ? "1" : word.substr(0, star)) + "\" constant=\"true\"/>";
    }
    return text + "</listOf" + kind + ">";
  }
  Sbml& react(const Reaction& r) {
    reactions += "<reaction id=\"" + r.id + "\" fast=\"false\" reversible=\"" + (r.reversible ? "true" : "false") +
                 "\">" + references(r.reactants, "Reactants") + references(r.products, "Products") + "\n<kineticLaw>" +
                 math(r.law) + r.parameters + "</kineticLaw></reaction>\n";
    return *this;
  }
  std::string text() const {
    const auto list = [](const char* name, const std::string& content) {
      return content.empty() ? "" : std::string("<listOf") + name + ">\n" + content + "</listOf" + name + ">\n";
    };
    return "<?xml version=\"1.0\"?>\n<sbml xmlns=\"http://www.sbml.org/sbml/level3/version1/core\" level=\"3\" "
           "version=\"1\">\n<model " +
           attributes + ">\n" + list("FunctionDefinitions", functions) + list("Compartments", compartments) +
           list("Species", species) + list("Parameters", parameters) + list("InitialAssignments", assignments) +
           list("Rules", rules) + more + list("Reactions", reactions) + "</model>\n</sbml>\n";
  }
};

Model read_sbml_text(std::string text, const ReadOptions& options = {}) {
  Model model = detail::sbml::read_sbml("m.sbml", std::move(text), options);
  validate(model.chain);
  return model;
}

std::string refused(const std::string& text) {
  try {
    read_sbml_text(text);
  } catch (const Error& error) {
    CHECK(error.cause == Error::Cause::input);
    CHECK_THAT(error.what(), StartsWith("m.sbml:"));
    return error.what();
  }
  FAIL_CHECK("read: " << text);
  return "";
}

void require_same_chain(const Chain& a, const Chain& b) {
  REQUIRE(a.size() == b.size());
  CHECK(a.inflow.row_start == b.inflow.row_start);
  CHECK(a.inflow.column == b.inflow.column);
  CHECK(a.inflow.value == b.inflow.value);
  CHECK(a.exit_rate == b.exit_rate);
  CHECK(a.initial[0].state == b.initial[0].state);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a.states.describe(i) == b.states.describe(i));
}

double binomial(int n, int k) { return k == 0 ? 1 : binomial(n, k - 1) * (n - k + 1) / k; }

Sbml isomerisation(const std::string& law, bool reversible) {
  Sbml model;
  model.of("A", "initialAmount=\"10\"").of("B", "initialAmount=\"0\"").with("kf", "2").with("kr", "3");
  return model.react({"flip", "A", "B", law, reversible});
}

const std::string forth = applied("times", ci("kf"), ci("A")), back = applied("times", ci("kr"), ci("B"));

}  // namespace

TEST_CASE("a reversible isomerisation of ten molecules is binomial") {
  for (const std::string& law :
       {applied("minus", forth, back), applied("times", ci("cell"), applied("minus", forth, back)),
        applied("minus", applied("minus", back, forth)), applied("plus", forth, applied("minus", back))}) {
    const Model model = read_sbml_text(isomerisation(law, true).text());
    REQUIRE(model.chain.size() == 11);
    CHECK(model.notes.empty());
    const std::vector<double> pi = dense_stationary(model.chain);
    for (int a = 0; a <= 10; ++a) {
      CHECK(model.chain.states.describe(a) == "(" + std::to_string(a) + "," + std::to_string(10 - a) + ")");
      const double exact = binomial(10, a) * std::pow(0.6, a) * std::pow(0.4, 10 - a);
      CHECK(std::abs(pi[a] - exact) < 1e-14 * exact);
    }
  }
  const std::string steep = applied("minus", forth, applied("times", ci("kr"), ci("B"), ci("B")));
  CHECK_THAT(refused(isomerisation(steep, false).text()), tests::mentions("the rate is -13 in state (7,3)"));
}

TEST_CASE("a number in e-notation is the nearest double") {
  const std::string law = applied("times", "<cn type=\"e-notation\">1.3<sep/>-3</cn>", ci("A"));
  Sbml model;
  model.of("A", "initialAmount=\"1\"").of("B", "initialAmount=\"0\"");
  const Chain chain = read_sbml_text(model.react({"flip", "A", "B", law, false}).text()).chain;
  REQUIRE(chain.size() == 2);
  CHECK(chain.exit_rate[1] == 1.3e-3);
}

TEST_CASE("the enzyme example is the same chain in the PRISM language") {
  const std::string path = examples + "/enzyme.sbml";
  const Model model = read_model(path);
  const Model same = read_text(
      "ctmc const double bind = 0.1; const double unbind = 0.5; const double turn = 1; const double decay = 0.05;\n"
      "module reactions E_ : [0..4] init 4; S_ : [0..20] init 20; ES : [0..4]; P_ : [0..20];\n"
      "[binding] E_>0 & S_>0 -> bind*E_*S_ : (E_'=E_-1) & (S_'=S_-1) & (ES'=ES+1);\n"
      "[back] ES>0 -> unbind*ES : (E_'=E_+1) & (S_'=S_+1) & (ES'=ES-1);\n"
      "[turnover] ES>0 -> turn*ES : (E_'=E_+1) & (ES'=ES-1) & (P_'=P_+1);\n"
      "[decaying] P_>0 -> decay*P_ : (S_'=S_+1) & (P_'=P_-1);\nendmodule\n"
      "rewards \"busy\" true : ES/(E_+ES); endrewards\n");
  require_same_chain(model.chain, same.chain);
  REQUIRE(model.chain.rewards.size() == 1);
  CHECK(model.chain.rewards[0].name == "busy");
  CHECK(model.chain.rewards[0].rate == same.chain.rewards[0].rate);
  // What is produced decays, in the long run.
  const Json json = solve_json(path + " --throughputs --const turn=2");
  CHECK(std::abs(measure(json, "turnover") - measure(json, "decaying")) < 1e-12 * measure(json, "decaying"));
  CHECK(std::abs(measure(json, "binding") - measure(json, "binding_reverse") - measure(json, "turnover")) < 1e-10);
  CHECK(json["model"]["constants"]["turn"] == 2);
}

TEST_CASE("Michaelis and Menten's reversible law is split over its divisor") {
  const std::string divisor = applied("plus", cn("1"), ci("A"), ci("B"));
  const Model model =
      read_sbml_text(isomerisation(applied("divide", applied("minus", forth, back), divisor), true).text());
  const Model same = read_text(
      "ctmc const double kf = 2; const double kr = 3; module m A_ : [0..10] init 10; B : [0..10];\n"
      "[f] A_>0 -> kf*A_/(1+A_+B) : (A_'=A_-1) & (B'=B+1); [b] B>0 -> kr*B/(1+A_+B) : (A_'=A_+1) & (B'=B-1); "
      "endmodule");
  require_same_chain(model.chain, same.chain);
}

TEST_CASE("a difference that is no way back stays one rate") {
  // 2 A -> B at k A (A - 1) / 2, in either form; B -> 2 A.
  const std::string pairs = applied("times", ci("kf"), ci("A"), applied("minus", ci("A"), cn("1")));
  const std::string expanded =
      applied("minus", applied("times", ci("kf"), ci("A"), ci("A")), applied("times", ci("kf"), ci("A")));
  for (const std::string& law : {pairs, expanded}) {
    Sbml sbml;
    sbml.of("A", "initialAmount=\"6\"").of("B", "initialAmount=\"0\"").with("kf", "2").with("kr", "3");
    sbml.react({"pair", "2*A", "B", law, true}).react({"part", "B", "2*A", back});
    const Model model = read_sbml_text(sbml.text());
    REQUIRE(model.chain.size() == 4);
    REQUIRE(model.notes.size() == 1);
    CHECK_THAT(model.notes[0], StartsWith("1 reaction is called reversible"));
    CHECK(model.chain.exit_rate == std::vector<double>{9, 4 + 6, 24 + 3, 60});  // A = 0, 2, 4, 6
  }
}

TEST_CASE("production and decay of one species, bounded by its law, is a truncated Poisson distribution") {
  Sbml sbml;
  sbml.of("A", "initialAmount=\"2\"").with("k", "3");
  sbml.react({"make", "", "A",
              "<piecewise><piece>" + ci("k") + applied("lt", ci("A"), cn("8")) + "</piece><otherwise>" + cn("0") +
                  "</otherwise></piecewise>"});
  sbml.react({"lose", "A", "", applied("times", ci("mu"), ci("A")), false,
              "<listOfLocalParameters><localParameter id=\"mu\" value=\"1.5\"/></listOfLocalParameters>"});
  const Chain chain = read_sbml_text(sbml.text()).chain;
  REQUIRE(chain.size() == 9);
  const std::vector<double> pi = dense_stationary(chain);
  double weight = 1, total = 0;
  std::vector<double> exact;
  for (int a = 0; a <= 8; weight *= 2.0 / ++a) exact.push_back(weight), total += weight;
  for (std::size_t a = 0; a <= 8; ++a) CHECK(std::abs(pi[a] - exact[a] / total) < 1e-14);
  ReadOptions options;
  options.constants = "lose_mu=3";  // a law's own parameter
  CHECK(read_sbml_text(sbml.text(), options).chain.exit_rate[1] == 3 + 3);
}

TEST_CASE("births and deaths without a bound are truncated to a Poisson distribution, with a proof") {
  Sbml sbml;
  sbml.of("A", "initialAmount=\"0\"").react({"make", "", "A", cn("30")}).react({"lose", "A", "", ci("A")});
  const Scratch scratch;
  const TruncatedModel truncated = truncate(scratch.put("births.sbml", sbml.text()));
  REQUIRE(truncated.truncation.reached);
  double error = 0, outside = 1;
  for (std::size_t s = 0; s < truncated.model.chain.size(); ++s) {
    const auto n = static_cast<double>(truncated.model.chain.states.value(s, 0));
    const double exact = std::exp(n * std::log(30.0) - 30 - std::lgamma(n + 1));
    error += std::abs(truncated.solution.distribution[s] - exact) / 2;
    outside -= exact;
  }
  error += std::abs(outside) / 2;
  CHECK(error < 1e-9);
  CHECK(truncated.truncation.total_variation < 1e-9);
  CHECK(truncated.truncation.total_variation >= error - 1e-13);
}

TEST_CASE("concentrations are amounts over the size of their compartment") {
  Sbml sbml;
  sbml.counts = false;
  sbml.compartments = "<compartment id=\"cell\" size=\"4\" spatialDimensions=\"3\" constant=\"true\"/>\n";
  sbml.of("A", "initialConcentration=\"0.5\"").of("B", "initialAmount=\"1\"").with("k", "8");
  sbml.react({"join", "A B", "", applied("times", ci("k"), ci("A"), ci("B"), ci("cell"))});
  sbml.react({"come", "", "A B", applied("times", ci("cell"), cn("0"))});
  const Chain chain = read_sbml_text(sbml.text()).chain;
  REQUIRE(chain.size() == 2);  // (2,1), (1,0)
  CHECK(chain.exit_rate[1] == 8 * (2 / 4.0) * (1 / 4.0) * 4);
}

TEST_CASE("functions, initial assignments, boundary species, rules") {
  Sbml sbml;
  sbml.functions = "<functionDefinition id=\"law\">" +
                   math("<lambda><bvar><ci>k</ci></bvar><bvar><ci>x</ci></bvar>" +
                        applied("times", ci("k"), applied("power", ci("x"), cn("2"))) + "</lambda>") +
                   "</functionDefinition>\n";
  sbml.of("F", "initialAmount=\"5\"", "boundaryCondition=\"true\"").of("A", "").of("Half", "");
  sbml.with("k", "0.5").with("start", "2");
  sbml.assignments =
      "<initialAssignment symbol=\"A\">" + math(applied("plus", ci("start"), cn("1"))) + "</initialAssignment>\n";
  sbml.rules = "<assignmentRule variable=\"Half\">" + math(applied("divide", ci("A"), cn("2"))) + "</assignmentRule>\n";
  sbml.react({"feed", "F", "F A",
              "<piecewise><piece>" + ci("F") + applied("lt", ci("Half"), cn("3")) + "</piece><otherwise>" + cn("0") +
                  "</otherwise></piecewise>"});
  sbml.react({"eat", "A", "", "<apply>" + ci("law") + ci("k") + ci("A") + "</apply>"});
  const Model model = read_sbml_text(sbml.text());
  const Model same = read_text(
      "ctmc const double F_ = 5; module m A_ : [0..6] init 3; [feed] A_/2 < 3 -> F_ : (A_'=A_+1);\n"
      "[eat] A_>0 -> 0.5*A_*A_ : (A_'=A_-1); endmodule rewards \"Half\" true : A_/2; endrewards");
  require_same_chain(model.chain, same.chain);
  CHECK(model.chain.rewards[0].rate == same.chain.rewards[0].rate);
  ReadOptions options;
  options.constants = "F_=7,start=4";
  const Model other = read_sbml_text(sbml.text(), options);
  CHECK(other.chain.initial[0].state == 5);
  CHECK(other.chain.exit_rate[0] == 7);
  sbml.assignments = "<initialAssignment symbol=\"A\">" + math(cn("1.5")) + "</initialAssignment>\n";
  CHECK_THAT(refused(sbml.text()), tests::mentions("the initial amount is 1.5, which is no number of molecules"));
}

TEST_CASE("Level 2, and Level 3 Version 2") {
  const std::string text =
      "<sbml xmlns=\"http://www.sbml.org/sbml/level2/version4\" level=\"2\" version=\"4\"><model id=\"m\">"
      "<listOfCompartments><compartment id=\"c\" size=\"1\"/></listOfCompartments><listOfSpecies>"
      "<species id=\"A\" compartment=\"c\" initialAmount=\"10\"/><species id=\"B\" compartment=\"c\" "
      "initialAmount=\"0\"/>"
      "</listOfSpecies><listOfReactions><reaction id=\"flip\">"
      "<listOfReactants><speciesReference species=\"A\"/></listOfReactants>"
      "<listOfProducts><speciesReference species=\"B\"/></listOfProducts><kineticLaw>" +
      math(applied("times", ci("c"), applied("minus", forth, back))) +
      "<listOfParameters><parameter id=\"kf\" value=\"2\"/><parameter id=\"kr\" value=\"3\"/></listOfParameters>"
      "</kineticLaw></reaction></listOfReactions></model></sbml>";
  std::string version_1 = isomerisation(applied("minus", forth, back), true).text();
  const Chain chain = read_sbml_text(version_1).chain;
  require_same_chain(read_sbml_text(text).chain, chain);
  for (const auto& [old, instead] : {std::pair<std::string, std::string>{"version1", "version2"},
                                     {"version=\"1\">", "version=\"2\">"},
                                     {" fast=\"false\"", ""}})
    version_1.replace(version_1.find(old), old.size(), instead);
  require_same_chain(read_sbml_text(version_1).chain, chain);
}

TEST_CASE("what is no chain of molecule counts is refused by name, with the line") {
  const auto damaged_by = [](auto change) {
    Sbml sbml = isomerisation(applied("minus", forth, back), true);
    change(sbml);
    return refused(sbml.text());
  };
  using tests::mentions;
  CHECK_THAT(damaged_by([](Sbml& s) { s.of("C", ""); }),
             StartsWith("m.sbml:10:") && mentions("'C' has no initial amount"));
  CHECK_THAT(damaged_by([](Sbml& s) {
               s.of("C", "initialAmount=\"2.5\"").react({"r", "C", "", ci("kf")});
             }),
             mentions("'C' begins with 2.5, which is no number of molecules"));
  CHECK_THAT(damaged_by([](Sbml& s) {
               s.compartments = "<compartment id=\"cell\" spatialDimensions=\"3\" constant=\"true\"/>\n";
               s.counts = false;
               s.of("C", "initialAmount=\"2\"");
             }),
             mentions("'C' is a concentration in a compartment without a size"));
  CHECK_THAT(damaged_by([](Sbml& s) { s.attributes = "substanceUnits=\"mole\""; }), mentions("substance in moles"));
  CHECK_THAT(damaged_by([](Sbml& s) {
               s.rules = "<rateRule variable=\"x\">" + math(cn("1")) + "</rateRule>\n";
               s.with("x", "");
             }),
             mentions("rate rules are not read"));
  CHECK_THAT(
      damaged_by([](Sbml& s) { s.rules = "<algebraicRule>" + math(ci("x")) + "</algebraicRule>\n", s.with("x", ""); }),
      mentions("algebraic rules are not read"));
  CHECK_THAT(damaged_by([](Sbml& s) {
               s.react({"r", "A", "", applied("sin", ci("A"))});
             }),
             mentions("'sin' with 1 operand"));
  CHECK_THAT(
      damaged_by([](Sbml& s) {
        s.react({"r", "A", "",
                 "<csymbol encoding=\"text\" definitionURL=\"http://www.sbml.org/sbml/symbols/time\">t</csymbol>"});
      }),
      mentions("the time stands in it"));
  CHECK_THAT(damaged_by([](Sbml& s) { s.react({"r", "0.5*A", "", ci("kf")}); }), mentions("the stoichiometry 0.5"));
  CHECK_THAT(damaged_by([](Sbml& s) { s.react({"r", "A", "", ci("unknown")}); }), mentions("unknown"));
  CHECK_THAT(damaged_by([](Sbml& s) {
               s.react({"r", "A", "", applied("minus", cn("1"))});
             }),
             mentions("the rate is -1 in state (10,0)"));
  CHECK_THAT(damaged_by([](Sbml& s) {
               s.reactions += "<reaction id=\"r\" fast=\"false\" reversible=\"false\">" +
                              Sbml::references("A", "Reactants") + "</reaction>\n";
             }),
             mentions("the reaction 'r' has no kinetic law"));
  CHECK_THAT(refused("not xml"), mentions("m.sbml:1:"));
  CHECK_THAT(refused(isomerisation(forth, true).text().substr(0, 900)), mentions("m.sbml:"));
  const Scratch scratch;
  const Run run = steady_run("solve " + scratch.put("x.sbml", "<sbml/>"));
  CHECK(run.exit_code == 2);
}

TEST_CASE("cut and changed SBML is read or refused") {
  const std::string good = isomerisation(applied("minus", forth, back), true).text();
  const auto attempt = [](const std::string& text) {
    ReadOptions options;
    options.memory_limit = 1 << 24;
    try {
      read_sbml_text(text, options);
    } catch (const Error& error) {
      REQUIRE(std::string(error.what()).substr(0, 7) == "m.sbml:");
    }
  };
  std::mt19937 random(5);
  for (std::size_t size = 0; size < good.size(); size += 41) attempt(good.substr(0, size));
  for (int k = 0; k < 100; ++k) attempt(damaged(good, "<>\"/=019AB ", random));
}
