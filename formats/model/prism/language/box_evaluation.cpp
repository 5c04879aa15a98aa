// Expressions over whole boxes of states.
#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/base/relative_error.hpp"
#include "formats/model/prism/language/box_polynomial.hpp"

namespace steady::detail::prism {

namespace {

Interval truth_of(const BoxPolynomial& difference, const Box& box, bool strict) {  // difference < 0, or <= 0
  const double least = difference.lower(box), most = difference.upper(box);
  if (strict ? most < 0 : most <= 0) return 1.0;
  if (strict ? least >= 0 : least > 0) return 0.0;
  return {0, 1};
}

Interval negated(const Interval& truth) { return {1 - truth.high, 1 - truth.low}; }

Interval equality(const BoxPolynomial& difference, const Box& box) {
  const Interval range = difference.range(box);
  if (range.low == 0 && range.high == 0) return 1.0;
  return range.low > 0 || range.high < 0 ? Interval(0.0) : Interval(0, 1);
}

BoxPolynomial smaller(const BoxPolynomial& a, const BoxPolynomial& b, const Box& box) {
  const Interval less = truth_of(a - b, box, false);
  return less.low == 1 ? a : less.high == 0 ? b : BoxPolynomial::hull(a, b);
}

BoxPolynomial power(const BoxPolynomial& base, const BoxPolynomial& exponent, const Box& box) {
  const Interval n = exponent.range(box);
  constexpr double most_exponent = 20;
  if (n.low == n.high && n.low == std::floor(n.low) && n.low >= 0 && n.low <= most_exponent) {
    BoxPolynomial result(1.0);
    for (double k = 0; k < n.low; ++k) result = result * base;
    return result;
  }
  return detail::prism::apply(Opcode::power, base.range(box), n);
}

BoxPolynomial rounded(Opcode op, const BoxPolynomial& a, const Box& box) {
  const Interval range = a.range(box);
  if (range.finite()) return detail::prism::apply(op, Interval(0), range);
  if (op == Opcode::floor) return a + BoxPolynomial(Interval(-1, 0));
  return a + BoxPolynomial(op == Opcode::ceil ? Interval(0, 1) : Interval(-0.5, 0.5));
}

}  // namespace

BoxPolynomial apply(Opcode op, const BoxPolynomial& second, const BoxPolynomial& top, const Box& box) {
  switch (op) {
    case Opcode::add:
      return second + top;
    case Opcode::subtract:
      return second - top;
    case Opcode::multiply:
      return second * top;
    case Opcode::divide:
      return top.upper(box) < 0 ? (-second).divided_by(-top, box) : second.divided_by(top, box);
    case Opcode::equal:
      return equality(second - top, box);
    case Opcode::not_equal:
      return negated(equality(second - top, box));
    case Opcode::less:
      return truth_of(second - top, box, true);
    case Opcode::at_most:
      return truth_of(second - top, box, false);
    case Opcode::greater:
      return truth_of(top - second, box, true);
    case Opcode::at_least:
      return truth_of(top - second, box, false);
    case Opcode::minimum:
      return smaller(second, top, box);
    case Opcode::maximum:
      return -smaller(-second, -top, box);
    case Opcode::power:
    case Opcode::integer_power:
      return power(second, top, box);
    case Opcode::negate:
      return -top;
    case Opcode::logical_not:
      return negated(top.range(box));
    case Opcode::floor:
    case Opcode::ceil:
    case Opcode::round:
      return rounded(op, top, box);
    default:
      return apply(op, second.range(box), top.range(box));
  }
}

namespace {

class Evaluation {
 public:
  Evaluation(const Program& program, const std::vector<BoxPolynomial>& variables, const Box& box)
      : program_(program), variables_(variables), box_(box) {}

  BoxPolynomial run(std::size_t i, std::vector<BoxPolynomial> stack) {
    for (;; ++i) {
      const Instruction& now = program_.code[i];
      switch (now.op) {
        case Opcode::end:
          return stack.back();
        case Opcode::push:
          stack.emplace_back(ball(now.a, now.b));
          break;
        case Opcode::load:
          stack.push_back(variables_[now.slot]);
          break;
        case Opcode::load_add:
          stack.push_back(variables_[now.slot] + BoxPolynomial(ball(now.a, now.b)));
          break;
        case Opcode::load_multiply:
          stack.push_back(variables_[now.slot] * BoxPolynomial(ball(now.a, now.b)));
          break;
        case Opcode::within:
          stack.emplace_back(within(now));
          break;
        case Opcode::within_and:
        case Opcode::within_or:
        case Opcode::and_jump:
        case Opcode::or_jump:
        case Opcode::jump_unless: {
          const bool compares = now.op == Opcode::within_and || now.op == Opcode::within_or;
          const Interval holds = compares ? within(now) : stack.back().range(box_);
          const bool on = now.op == Opcode::within_or || now.op == Opcode::or_jump;  // jumps where it holds
          if (!compares) stack.pop_back();
          std::vector<BoxPolynomial> jumped = stack;
          if (now.op != Opcode::jump_unless) jumped.emplace_back(on ? 1.0 : 0.0);
          if (holds.low == (on ? 1 : 0) && holds.high == holds.low) {
            stack = std::move(jumped);
            i = now.target - std::size_t{1};
          } else if (!(holds.low == (on ? 0 : 1) && holds.high == holds.low)) {
            if (++forks_ > most_forks) return Interval(NAN, NAN);
            return BoxPolynomial::hull(run(now.target, std::move(jumped)), run(i + 1, std::move(stack)));
          }
          break;
        }
        case Opcode::jump:
          i = now.target - std::size_t{1};
          break;
        default: {
          const BoxPolynomial top = std::move(stack.back());
          stack.pop_back();
          const bool unary = now.op >= Opcode::negate;
          const BoxPolynomial second = unary ? BoxPolynomial() : std::move(stack.back());
          if (!unary) stack.pop_back();
          stack.push_back(apply(now.op, second, top, box_));
        }
      }
    }
  }

 private:
  static constexpr int most_forks = 64;

  Interval within(const Instruction& now) const {
    const Interval range = variables_[now.slot].range(box_);
    const bool surely = range.low >= now.a && range.high <= now.b;
    const bool surely_not = range.high < now.a || range.low > now.b;
    const Interval holds = surely ? Interval(1.0) : surely_not ? Interval(0.0) : Interval(0, 1);
    return now.inverted ? negated(holds) : holds;
  }

  const Program& program_;
  const std::vector<BoxPolynomial>& variables_;
  const Box& box_;
  int forks_ = 0;
};

}  // namespace

BoxPolynomial evaluate(const Program& program, Entry entry, const std::vector<BoxPolynomial>& variables,
                       const Box& box) {
  return Evaluation(program, variables, box).run(entry.start, {});
}

}  // namespace steady::detail::prism
