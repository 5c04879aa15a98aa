// CSV and TSV files: what is a list of transitions and what a matrix, names of states, and that bad ones are refused
// with the line.
#include "formats/model/table/table.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <steady/error.hpp>
#include <steady/properties.hpp>

#include "catch.hpp"
#include "damage.hpp"
#include "formats/model/prism/language/vocabulary.hpp"
#include "tests/program.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

Model read(std::string text, const ReadOptions& options = {}) {
  Model model = table::read_csv("m.csv", std::move(text), options);
  validate(model.chain);
  return model;
}

std::string refused(const std::string& text, const ReadOptions& options = {}) {
  try {
    read(text, options);
  } catch (const Error& error) {
    CHECK(error.cause == Error::Cause::input);
    return error.what();
  }
  FAIL_CHECK("read: " << text.substr(0, 200));
  return "";
}

ReadOptions laid_out(TableLayout layout) {
  ReadOptions options;
  options.layout = layout;
  return options;
}

double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

bool has_note(const Model& model, const std::string& part) {
  return std::any_of(model.notes.begin(), model.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

using Names = std::vector<std::string>;

// 0 -> 1 at 2, 1 -> 0 at 3, 1 -> 2 at 1, 2 -> 1 at 5.
void require_path(const Model& model, const Names& names = {}) {
  const Chain& chain = model.chain;
  CHECK(chain.kind == Kind::ctmc);
  REQUIRE(chain.size() == 3);
  CHECK(rate(chain, 0, 1) == 2);
  CHECK(rate(chain, 1, 0) == 3);
  CHECK(rate(chain, 1, 2) == 1);
  CHECK(rate(chain, 2, 1) == 5);
  CHECK(chain.inflow.entries() == 4);
  CHECK(chain.initial[0].state == 0);
  CHECK(chain.states.names == names);
}

}  // namespace

TEST_CASE("a list of transitions, with a header and without") {
  require_path(read("0,1,2.0\n1,0,3\n1,2,1\n2,1,5\n"));
  require_path(read("from,to,rate\n0,1,2\n1,0,3\n1,2,1\n2,1,5\n"));
  require_path(read("Rate,Source,Target\n2,0,1\n3,1,0\n1,1,2\n5,2,1\n"));
  require_path(read(",from,to,rate\n0,0,1,2\n1,1,0,3\n2,1,2,1\n3,2,1,5\n"));  // pandas' index
  require_path(read("here,there,per hour\n0,1,2\n1,0,3\n1,2,1\n2,1,5\n"));
  require_path(read("0;1;2.0\n1;0;3\n1;2;1\n2;1;5"));
  require_path(read("0\t1\t2.0\n1\t0\t3\n1\t2\t1\n2\t1\t5"));
  require_path(read("# of a machine\n\n 0 , 1 , +2.0\r\n1,0,3e0\r\n# more\r\n\"1\",\"2\",\"1\"\r\n2,1,5\r\n"));
  require_path(table::read_tsv("m.tsv", "from\tto\trate\n0\t1\t2\n1\t0\t3\n1\t2\t1\n2\t1\t5\n", {}));
}

TEST_CASE("states in a list are ordered by their numbers, else as the sources come") {
  require_path(read("1,2,2\n2,1,3\n3,2,5\n2,3,1\n"), {"1", "2", "3"});
  require_path(read("100,17,3\n100,2000,1\n17,100,2\n2000,100,5\n"), {"17", "100", "2000"});
  require_path(read("up,slow,2\nslow,up,3\nslow,down,1\ndown,slow,5\n"), {"up", "slow", "down"});
  require_path(
      read("from,to,rate\na,\"b, or \"\"b\"\"\",2\n\"b, or \"\"b\"\"\",a,3\n\"b, or \"\"b\"\"\",c,1\nc,\"b, or "
           "\"\"b\"\"\",5\n"),
      {"a", "b, or \"b\"", "c"});
  // b is met before a as a target, and after it as a source
  CHECK(read("from,to,rate\na,c,1\nb,a,1\nc,b,1\n").chain.states.names == Names{"a", "b", "c"});
  CHECK(read("from,to,rate\n07,7,1\n7,07,1\n").chain.states.names == Names{"07", "7"});
}

TEST_CASE("the header says what the numbers are") {
  CHECK(read("from,to,rate\n0,1,1\n1,0,1\n").chain.kind == Kind::ctmc);
  CHECK(read("from,to,value\n0,1,1\n1,0,1\n").chain.kind == Kind::dtmc);
  CHECK(read("from,to,probability\n0,1,1\n1,0,1\n").chain.kind == Kind::dtmc);
  CHECK_THAT(refused("from,to,probability\na,b,0.5\nb,a,1\n"), ContainsSubstring("m.csv: row 'a' sums to 0.5"));
  CHECK(read("from,to,rate\na,b,0.995\nb,a,1\n").chain.exit_rate == std::vector<double>{0.995, 1});
  CHECK_THAT(refused("a,b,0.995\nb,a,1\n"), ContainsSubstring("--rescale"));
  ReadOptions options;
  options.rescale = true;
  CHECK(read("from,to,rate\na,b,0.995\nb,a,1\n", options).chain.kind == Kind::dtmc);
  options.rescale = false;
  options.kind = Kind::dtmc;
  CHECK(read("from,to,rate\na,b,1\nb,a,1\n", options).chain.kind == Kind::dtmc);
}

TEST_CASE("a generator as a list") {
  require_path(read("from,to,rate\n0,0,-2\n0,1,2\n1,1,-4\n1,0,3\n1,2,1\n2,1,5\n2,2,-5\n"));
  CHECK_THAT(refused("from,to,rate\n0,0,-2\n0,1,1\n1,0,3\n"), ContainsSubstring("m.csv:2: a negative diagonal entry"));
}

TEST_CASE("a matrix, with names and without") {
  require_path(read("-2,2,0\n3,-4,1\n0,5,-5\n"));
  require_path(read("0,1,2\n-2,2,0\n3,-4,1\n0,5,-5\n"));
  require_path(read(",0,1,2\n0,-2,2,0\n1,3,-4,1\n2,0,5,-5\n"));  // pandas
  require_path(read("from\\to,0,1,2\n0,-2,2,0\n1,3,-4,1\n2,0,5,-5\n"));
  require_path(read("a,b,c\n-2,2,0\n3,-4,1\n0,5,-5\n"), {"a", "b", "c"});
  require_path(read(",a,b,c\na,-2,2,0\nb,3,-4,1\nc,0,5,-5\n"), {"a", "b", "c"});
  require_path(read(",a,b,c\nc,0,5,-5\nb,3,-4,1\na,-2,2,0\n"), {"a", "b", "c"});
  require_path(read("a,-2,2,0\nb,3,-4,1\nc,0,5,-5\n"), {"a", "b", "c"});
  require_path(read("\"\",\"V1\",\"V2\",\"V3\"\n\"1\",-2,2,0\n\"2\",3,-4,1\n\"3\",0,5,-5\n"), {"V1", "V2", "V3"});  // R
  const Model blanks = read(",a,b,c\na,,2,\nb,3,,1\nc,,5,\n");
  require_path(blanks, {"a", "b", "c"});
  CHECK(has_note(blanks, "5 cells are empty"));
  CHECK(read("0.5,0.5\n0.25,0.75\n").chain.kind == Kind::dtmc);
  ReadOptions options;
  options.transposed = true;
  require_path(read("a,b,c\n-2,3,0\n2,-4,5\n0,1,-5\n", options), {"a", "b", "c"});
}

TEST_CASE("one state") {
  CHECK(read("0\n").chain.size() == 1);
  CHECK(read("1\n").chain.kind == Kind::dtmc);
  CHECK(read("a\n0\n").chain.states.names == Names{"a"});
  CHECK(read(",a\na,0\n").chain.states.names == Names{"a"});
  CHECK(read("a,0\n").chain.states.names == Names{"a"});
  CHECK(read("a,a,1\n").chain.states.names == Names{"a"});
}

TEST_CASE("three columns that can be both are refused until --layout or a header says which") {
  const std::string both = "0,1,2\n1,0,3\n2,1,0\n";
  CHECK_THAT(refused(both), ContainsSubstring("a matrix of 3 states or a list of 3 transitions"));
  CHECK(rate(read(both, laid_out(TableLayout::matrix)).chain, 0, 2) == 2);
  CHECK(rate(read(both, laid_out(TableLayout::edges)).chain, 0, 1) == 2);
  CHECK(rate(read("from,to,rate\n" + both).chain, 0, 1) == 2);
  CHECK_THAT(refused("a,b,c\n" + both), ContainsSubstring("--layout"));
  CHECK_THAT(refused("x,a,b\na,0,1\nb,1,0\n"), ContainsSubstring("--layout"));
  CHECK_THAT(refused("0,1,2\n1,0,3\n2,1,0\n0,2,1\n"), ContainsSubstring("3 states or a list of 4 transitions"));
  // and those that cannot
  CHECK(read("0,1,2\n1,0,3\n").chain.size() == 2);
  CHECK(read("0,1,2.5\n1,0,3\n2,0,1\n0,2,1\n").chain.size() == 3);
  CHECK(rate(read("0,0.5,0.5\n1,0,0\n0,1,0\n").chain, 0, 1) == 0.5);
}

TEST_CASE("tables that are no chain") {
  CHECK_THAT(refused(""), ContainsSubstring("m.csv:1: an empty table"));
  CHECK_THAT(refused("0,1,2\n1,0\n"), ContainsSubstring("m.csv:2: 2 cells, but the first line has 3"));
  CHECK_THAT(refused("0,1,2,3\n1,0,1,1\n"), ContainsSubstring("neither a square matrix"));
  CHECK_THAT(refused("from,to,rate,colour\na,b,1,red\n"), ContainsSubstring("neither a square matrix"));
  CHECK_THAT(refused("from,to,rate\n"), ContainsSubstring("no transitions"));
  CHECK_THAT(refused("from,to,rate\n0,1,x\n"), ContainsSubstring("m.csv:2: a rate or probability expected, found 'x'"));
  CHECK_THAT(refused("from,to,rate\n0,1,\n"),
             ContainsSubstring("m.csv:2: a rate or probability expected, found an em"));
  CHECK_THAT(refused("from,to,rate\n0,,1\n"), ContainsSubstring("m.csv:2: a state's name expected"));
  CHECK_THAT(refused("from;to;rate\n0;1;0,5\n"),
             ContainsSubstring("m.csv:2: a rate or probability is followed by ',5'"));
  CHECK_THAT(refused("from,to,rate\n0,1,inf\n"), ContainsSubstring("not finite"));
  CHECK_THAT(refused("from,to,rate\n0,1,1e999\n"), ContainsSubstring("range of a double"));
  CHECK_THAT(refused("from,to,rate\n0,1,-1\n"), ContainsSubstring("m.csv:2: '-1' is negative"));
  CHECK_THAT(refused("from,to,rate\n0,\"1,2\n"), ContainsSubstring("m.csv:2: a quote is not closed"));
  CHECK_THAT(refused("from,to,rate\n0,\"1\"x,2\n"), ContainsSubstring("m.csv:2: 'x,2' behind a closed quote"));
  CHECK_THAT(refused(",a,b\na,0,1\nc,1,0\n"), ContainsSubstring("m.csv:3: the row 'c' has the name of no column"));
  CHECK_THAT(refused(",a,b\na,0,1\na,1,0\n"), ContainsSubstring("m.csv:3: the row 'a' for the second time"));
  CHECK_THAT(refused(",a,a\na,0,1\nb,1,0\n"), ContainsSubstring("m.csv:1: two columns are called 'a'"));
  CHECK_THAT(refused("0,1,2,3\n", laid_out(TableLayout::edges)), ContainsSubstring("has three columns"));
  CHECK_THAT(refused("0,1,2\n1,0,1\n", laid_out(TableLayout::matrix)), ContainsSubstring("neither a square matrix"));
  CHECK_THAT(refused(std::string("0,1,2\n1,0\0,1\n", 13)), ContainsSubstring("m.csv:2"));
  ReadOptions options;
  options.transposed = true;
  CHECK_THAT(refused("from,to,rate\n0,1,1\n", options), ContainsSubstring("--transposed"));
}

TEST_CASE("the first two columns of a list without a header are turned by --transposed") {
  ReadOptions options;
  options.transposed = true;
  require_path(read("1,0,2\n0,1,3\n2,1,1\n1,2,5\n", options));
}

TEST_CASE("decimals of a table are known to be rounded") {
  ReadOptions options;
  options.rate_errors = true;
  const Chain chain = read("from,to,rate\na,b,0.5\nb,a,0.1\n", options).chain;
  CHECK(chain.rate_error[0] == 0);
  CHECK(chain.rate_error[1] > 0);
  CHECK(chain.rate_error[1] < 1.2e-16);
}

TEST_CASE("a name of a state is a label of properties") {
  Model model =
      read("from,to,rate\nup,\"slow, hot\",2\n\"slow, hot\",up,3\n\"slow, hot\",down,1\ndown,\"slow, hot\",5\n");
  model.vocabulary = prism::make_vocabulary(model.chain);
  std::vector<std::string> notes;
  const std::vector<Query> queries =
      read_properties("S=? [ \"slow, hot\" | \"down\" ]; S=? [ \"init\" ]; S=? [ \"up\" ]", "p", *model.vocabulary,
                      model.chain, {}, notes);
  REQUIRE(queries.size() == 3);
  for (const State state : {0, 1, 2}) {
    CHECK(queries[0].value(state) == (state == 0 ? 0 : 1));
    CHECK(queries[2].value(state) == (state == 0 ? 1 : 0));
  }
  CHECK(queries[2].name == "up");
  CHECK_THROWS_WITH(read_properties("S=? [ \"off\" ]", "p", *model.vocabulary, model.chain, {}, notes),
                    ContainsSubstring("unknown label \"off\""));
}

TEST_CASE("cut and changed tables are read or refused in one line") {
  const std::vector<std::string> files = {",a,\"b c\"\na,-0.5,5e-1\n\"b c\",2,-2\n", "from,to,rate\na,b,0.5\nb,a,2\n",
                                          "0,1,2\n1,2,.5\n2,0,4\n0,2,1\n"};
  const auto attempt = [](const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      const std::string message = error.what();
      INFO(text);
      REQUIRE(message.substr(0, 6) == "m.csv:");
      REQUIRE(message.find('\n') == std::string::npos);
      REQUIRE(message.size() < 300);
    }
  };
  std::mt19937 random(5);
  for (const std::string& file : files) {
    for (std::size_t size = 0; size < file.size(); ++size) attempt(file.substr(0, size));
    for (int k = 0; k < 2000; ++k) attempt(damaged(file, "0123,;\"\n-.ab#", random));
  }
}

TEST_CASE("the machine example: names in the report, in JSON, in properties and for --initial") {
  using namespace steady::tests;
  const std::string machine = examples + "/machine.csv";
  const Json json = solve_json(machine + " --top 2 --prop 'S=? [ \"in repair\" ]'");
  CHECK(std::abs(measure(json, "in repair") - 0.1) < 1e-12);
  CHECK(json["top"][0]["name"] == "new");
  CHECK(std::abs(json["top"][0]["probability"].get<double>() - 0.625) < 1e-12);
  CHECK_THAT(steady_run("solve " + machine + " --quiet").output, ContainsSubstring("0:(new)  0.625"));
  const std::string start = " --prop 'T=? [ F \"new\" ]' --initial 'in repair'";  // repaired at 0.5 a day
  CHECK(std::abs(solve_json(machine + start)["measures"][0]["value"].get<double>() - 2) < 1e-12);
  const Scratch scratch;
  const Run ambiguous = steady_run("solve - --from csv", scratch.put("t", "0,1,2\n1,0,3\n2,1,0\n"));
  CHECK(ambiguous.exit_code == 2);
}
