// Expressions over whole boxes of states, against their values in single ones.
#include "formats/model/prism/language/box_polynomial.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/lexer.hpp"
#include "formats/model/prism/language/parser.hpp"
#include "tests/catch.hpp"

namespace steady::detail::prism {
namespace {

// An expression in the ints x, y and z.
class Compiled {
 public:
  explicit Compiled(const std::string& text) : source_{"test", text} {
    Vocabulary vocabulary;
    vocabulary.variables["x"] = {0, Type::integer};
    vocabulary.variables["y"] = {1, Type::integer};
    vocabulary.variables["z"] = {2, Type::integer};
    TokenReader reader(source_);
    entry_ = compile(*parse_expression(reader), {vocabulary}, Expected::any, "a test", program_);
  }
  double at(double x, double y, double z = 0) const {
    const double values[] = {x, y, z};
    return program_.evaluate(entry_, values);
  }
  Interval over(const Box& box) const {
    std::vector<BoxPolynomial> variables;
    for (std::size_t v = 0; v < box.size(); ++v) variables.push_back(BoxPolynomial::variable(box, v));
    return evaluate(program_, entry_, variables, box).range(box);
  }

 private:
  Source source_;
  Program program_;
  Entry entry_;
};

}  // namespace

TEST_CASE("an expression's range over a box has its value in every state of the box", "[truncate]") {
  const std::string text =
      GENERATE("x*y/(x+0.5)", "min(x,3)*y", "x>2 & y<5 ? x*x : y", "x=3 | y!=4 ? 1 : 2", "pow(x,3)-4*x*y",
               "floor(x/2)+ceil(y/3)*round(x/3)", "30/(1+pow(y,5)) - x", "max(x,y)-min(x,2*y)", "x*x+y*y-1.9*x*y",
               "(x*x-3*y)/(2+x+y*y)", "pow(x+1,1.5)/(x+1)", "mod(x,3)*y", "(!(x<=y) | y>7) ? x : -y", "7-3*x+x*x");
  const Compiled expression(text);
  std::mt19937 random(2);
  const auto draw = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int k = 0; k < 300; ++k) {
    Box box;
    for (int v = 0; v < 2; ++v) {
      const double low = draw(0, 9);
      box.push_back({low, draw(0, 2) == 0 ? INFINITY : low + draw(0, 1) * draw(0, 20)});
    }
    const Interval range = expression.over(box);
    for (int point = 0; point < 20; ++point) {
      double at[2];
      for (std::size_t v = 0; v < 2; ++v) at[v] = std::min(box[v].high, box[v].low + draw(0, point % 2 == 0 ? 5 : 500));
      const double value = expression.at(at[0], at[1]), rounding = 1e-12 * (1 + std::abs(value));
      INFO(text << " at " << at[0] << ", " << at[1]);
      CHECK(!(value < range.low - rounding));
      CHECK(!(value > range.high + rounding));
    }
  }
}

TEST_CASE("forms of three distances whose products need squares more than once", "[truncate]") {
  const Box endless(3, {0, INFINITY});
  const std::string form = GENERATE("(x-y-z)*(x-y-z)+0.1*(x*x+y*y+z*z)", "(x-2*y+z)*(x-2*y+z)+0.1*(x*x+y*y+z*z)",
                                    "x*x+y*y+z*z+3*x*y-1.9*y*z+x*z-1.8*x*z");
  const Compiled expression(form);
  CHECK(expression.over(endless).low == Approx(0).margin(1e-12));
  const Compiled less(form + "-0.2*(x*x+y*y+z*z)");
  CHECK(std::min({less.at(2, 1, 1), less.at(1, 1, 1), less.at(0, 1, 1)}) < 0);
  CHECK(less.over(endless).low == -INFINITY);
}

TEST_CASE("what is seen of expressions in boxes without end", "[truncate]") {
  const auto lower = [](const std::string& text) { return Compiled(text).over({{0, INFINITY}, {0, INFINITY}}).low; };
  CHECK(lower("x*x+y*y-1.9*x*y") == 0);
  CHECK(lower("x*x+y*y-2.1*x*y") == -INFINITY);
  CHECK(lower("x*x-6*x+y") == Approx(-9).epsilon(0.01));
  CHECK(lower("x/(x+1)+y") == Approx(0).margin(1e-12));
  const Interval fraction = Compiled("x*y/(x+0.01)-y").over({{5, INFINITY}, {0, INFINITY}});
  CHECK(fraction.high == 0);  // y times a number from -0.01/5.01 to 0
}

}  // namespace steady::detail::prism
