// Numbers are the same in every locale: a host of the library may have chosen one that writes 1,5.
#include <fmt/format.h>

#include <clocale>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <steady/answer.hpp>

#include "formats/base/decimal.hpp"
#include "formats/base/relative_error.hpp"
#include "solver/answer/figure.hpp"
#include "solver/answer/request.hpp"
#include "tests/catch.hpp"
#include "tests/program.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

// Until the end of its life the process writes numbers with a comma. The locale is made here: none may be installed.
class CommaLocale {
 public:
  CommaLocale() {
    scratch_.put("ascii", charmap());
    scratch_.put("comma",
                 "LC_NUMERIC\ndecimal_point \"<U002C>\"\nthousands_sep \"<U002E>\"\ngrouping 3;3\n"
                 "END LC_NUMERIC\n");
    const std::string make = "localedef -c -i " + scratch_.path("comma") + " -f " + scratch_.path("ascii") + " " +
                             scratch_.path("comma_locale") + " >/dev/null 2>&1";
    static_cast<void>(std::system(make.c_str()));  // warns that there are no letters
    setenv("LOCPATH", scratch_.path("").c_str(), 1);
    REQUIRE(std::setlocale(LC_NUMERIC, "comma_locale") != nullptr);
    REQUIRE(std::strtod("1.5", nullptr) == 1);
  }
  ~CommaLocale() {
    std::setlocale(LC_NUMERIC, "C");
    unsetenv("LOCPATH");
  }

 private:
  static std::string charmap() {
    return "<code_set_name> ASCII\n<comment_char> %\n<escape_char> /\nCHARMAP\n<U002C> /x2c COMMA\n"
           "<U002E> /x2e FULL STOP\nEND CHARMAP\n";
  }

  Scratch scratch_;
};

std::string put_models(const Scratch& scratch) {
  scratch.put("q.prism",
              "ctmc\nconst double mu;\nmodule q\n x : [0..3] init 0;\n [] x<3 -> 1.5 : (x'=x+1);\n"
              " [] x>0 -> mu : (x'=x-1);\nendmodule\nrewards \"level\"\n true : x/2.5;\nendrewards\n");
  scratch.put("q.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 2 1.5\n2 1 2.5e-1\n");
  scratch.put("q.drn",
              "@type: CTMC\n@parameters\n\n@reward_models\n\n@nr_states\n2\n@nr_choices\n2\n@model\n"
              "state 0 !1.5 init\n\taction 0\n\t\t1 : 1.5\nstate 1 !0.25\n\taction 0\n\t\t0 : 0.25\n");
  scratch.put("q.tra", "2 2\n0 1 1.5\n1 0 0.25\n");
  return scratch.path("");
}

// What is answered, but for seconds.
std::string answer_of(const std::string& path, const std::vector<std::pair<std::string, std::string>>& options) {
  Request request;
  for (const auto& [name, value] : options) request.set(name, value);
  const RequestedModel model = load(request, path, [&](const ReadOptions& read) { return read_model(path, read); });
  const Answer found = answer_request(model, request, {}, "");
  const Json json = Json::parse(found.json());
  REQUIRE(json["status"] == "solved");
  REQUIRE(json["error_bound"].is_object());
  std::string text = json["error_bound"].dump() + json["measures"].dump();
  for (const double p : found.solution().distribution) text += fmt::format(" {}", p);
  return text;
}

}  // namespace

TEST_CASE("a text is the double nearest to the number in it, or none", "[locale]") {
  CHECK(parse_double("1.5") == 1.5);
  CHECK(parse_double("+.5e1") == 5.0);
  CHECK(parse_double("-0.1") == -0.1);
  CHECK(parse_double("1e400") == INFINITY);
  CHECK(parse_double("-1e400") == -INFINITY);
  CHECK(parse_double("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(parse_double("1" + std::string(400, '0') + "e-400") == 1.0);
  CHECK(parse_double("inf") == INFINITY);
  for (const char* text : {"", "+", "-", "+-1", "1,5", "1.5 ", " 1.5", "0x1p3", "1e", "1.5.2", "1D3", "one"}) {
    INFO(text);
    CHECK_FALSE(parse_double(text).has_value());
  }
  CHECK(nearest_double(parse_decimal("1.5D3")) == 1500);
  CHECK(decimal_error("1.5", 1.0) == INFINITY);  // no double for what is nearest to another
}

TEST_CASE("a model means the same in every locale", "[locale]") {
  const Scratch scratch;
  const std::string folder = put_models(scratch);
  const std::vector<std::pair<std::string, std::string>> all = {{"rates", "interval"}, {"tolerance", "0.001e-9"}};
  std::vector<std::pair<std::string, std::string>> prism = all;
  prism.insert(
      prism.end(),
      {{"const", "mu=2.5"}, {"rates-within", "mu=0.001"}, {"prop", "R=? [ S ]"}, {"prop", "S<0.75 [ x>0.5 ]"}});
  std::vector<std::pair<std::string, std::string>> jani = all;
  jani.emplace_back("const", "fail=0.1");
  const auto answers = [&] {
    std::vector<std::string> texts{answer_of(folder + "q.prism", prism)};
    for (const char* name : {"q.mtx", "q.drn"}) texts.push_back(answer_of(folder + name, all));
    texts.push_back(Figure{0.0625, Interval(0.0624, 0.0626), false}.text());
    texts.push_back(answer_of(folder + "q.tra", {{"kind", "ctmc"}, {"rates", "interval"}}));
    texts.push_back(answer_of(examples + "/workshop.jani", jani));
    return texts;
  };
  const std::vector<std::string> usual = answers();
  const CommaLocale comma;
  CHECK(answers() == usual);
}
