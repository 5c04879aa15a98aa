// Expressions in outward-rounded intervals: what they mean if nothing is rounded. Rates are evaluated so once more
// where a proof is to take their own rounding in.
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>

#include "formats/base/relative_error.hpp"
#include "formats/model/prism/language/bytecode.hpp"

namespace steady::detail::prism {

namespace {

using Long = boost::multiprecision::cpp_bin_float_50;

const Interval unknown{NAN, NAN};
const Interval undecided{0, 1};  // a truth value that roundings decide

bool point(const Interval& a) { return a.low == a.high; }

// The double nearest to the number, or a neighbour of that, and what is around it.
Interval enclosed(const Long& number) {
  const auto nearest = static_cast<double>(number);
  return {next_down(nearest), next_up(nearest)};
}

Interval hull(const Interval& a, const Interval& b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Interval truth(bool surely, bool surely_not) { return surely ? 1.0 : surely_not ? Interval(0) : undecided; }

Interval natural_power(Interval base, double exponent) {
  Interval power = 1;
  for (auto left = static_cast<std::uint64_t>(exponent); left > 0; left /= 2) {
    if (left % 2 == 1) power = power * base;
    if (left > 1) base = base * base;
  }
  return power;
}

// Monotone in each of the two for a positive base.
Interval real_power(const Interval& base, const Interval& exponent) {
  constexpr double largest_natural = 1 << 20;
  if (point(exponent) && std::floor(exponent.low) == exponent.low && std::abs(exponent.low) <= largest_natural) {
    const Interval power = natural_power(base, std::abs(exponent.low));
    return exponent.low < 0 ? quotient(1, power) : power;
  }
  if (!(base.low > 0)) return unknown;
  const auto corner = [](double x, double y) { return enclosed(pow(Long(x), Long(y))); };
  return hull(hull(corner(base.low, exponent.low), corner(base.low, exponent.high)),
              hull(corner(base.high, exponent.low), corner(base.high, exponent.high)));
}

Interval logarithm(const Interval& a) {
  if (!(a.low > 0)) return unknown;
  return hull(enclosed(log(Long(a.low))), enclosed(log(Long(a.high))));
}

}  // namespace

Interval apply(Opcode op, const Interval& second, const Interval& top) {
  if (!second.finite() || !top.finite()) return unknown;
  switch (op) {
    case Opcode::add:
      return second + top;
    case Opcode::subtract:
      return second - top;
    case Opcode::multiply:
      return second * top;
    case Opcode::divide:
      return quotient(second, top);
    case Opcode::equal:
    case Opcode::not_equal: {
      const Interval same =
          truth(point(second) && point(top) && second.low == top.low, second.high < top.low || top.high < second.low);
      return op == Opcode::equal ? same : Interval(1 - same.high, 1 - same.low);
    }
    case Opcode::less:
      return truth(second.high < top.low, second.low >= top.high);
    case Opcode::at_most:
      return truth(second.high <= top.low, second.low > top.high);
    case Opcode::greater:
      return truth(second.low > top.high, second.high <= top.low);
    case Opcode::at_least:
      return truth(second.low >= top.high, second.high < top.low);
    case Opcode::minimum:
      return {std::min(second.low, top.low), std::min(second.high, top.high)};
    case Opcode::maximum:
      return {std::max(second.low, top.low), std::max(second.high, top.high)};
    case Opcode::power:
    case Opcode::integer_power:
      return real_power(second, top);
    case Opcode::logarithm:
      return quotient(logarithm(second), logarithm(top));
    case Opcode::negate:
      return -top;
    case Opcode::logical_not:
      return {1 - top.high, 1 - top.low};
    case Opcode::floor:
      return {std::floor(top.low), std::floor(top.high)};
    case Opcode::ceil:
      return {std::ceil(top.low), std::ceil(top.high)};
    case Opcode::round: {
      const Interval moved = top + 0.5;
      return {std::floor(moved.low), std::floor(moved.high)};
    }
    case Opcode::modulo: {
      const char* problem = nullptr;
      const double rest = point(second) && point(top) ? apply(op, second.low, top.low, problem) : NAN;
      return problem == nullptr ? Interval(rest) : unknown;
    }
    default:
      return unknown;
  }
}

Interval Program::enclose(Entry entry, const double* variables) const {
  std::vector<Interval> stack;
  for (std::size_t i = entry.start;; ++i) {
    const Instruction& now = code[i];
    const auto within = [&] {
      const double v = variables[now.slot];
      return ((v >= now.a) & (v <= now.b)) != now.inverted;
    };
    const auto jump = [&] { i = now.target - 1; };
    const bool chooses = now.op == Opcode::and_jump || now.op == Opcode::or_jump || now.op == Opcode::jump_unless;
    if (chooses && !point(stack.back())) return unknown;  // which way is not known
    switch (now.op) {
      case Opcode::end:
        return stack.back();
      case Opcode::push:
        stack.push_back(ball(now.a, now.b));
        break;
      case Opcode::load:
        stack.emplace_back(variables[now.slot]);
        break;
      case Opcode::load_add:
        stack.push_back(apply(Opcode::add, variables[now.slot], ball(now.a, now.b)));
        break;
      case Opcode::load_multiply:
        stack.push_back(apply(Opcode::multiply, variables[now.slot], ball(now.a, now.b)));
        break;
      case Opcode::within:
        stack.emplace_back(within() ? 1.0 : 0.0);
        break;
      case Opcode::within_and:
      case Opcode::within_or:
        if (const bool decided = now.op == Opcode::within_or; within() == decided) {
          stack.emplace_back(decided ? 1.0 : 0.0);
          jump();
        }
        break;
      case Opcode::and_jump:
      case Opcode::or_jump:
        if ((stack.back().low != 0) == (now.op == Opcode::or_jump))
          jump();
        else
          stack.pop_back();
        break;
      case Opcode::jump:
        jump();
        break;
      case Opcode::jump_unless:
        if (stack.back().low == 0) jump();
        stack.pop_back();
        break;
      default: {
        const bool unary = now.op >= Opcode::negate;
        const Interval top = stack.back();
        if (!unary) stack.pop_back();
        stack.back() = apply(now.op, unary ? Interval() : stack.back(), top);
      }
    }
  }
}

}  // namespace steady::detail::prism
