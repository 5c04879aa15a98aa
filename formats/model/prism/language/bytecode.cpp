#include "formats/model/prism/language/bytecode.hpp"

#include <algorithm>
#include <cmath>

namespace steady::detail::prism {

bool can_fail(Opcode op) {
  return op == Opcode::integer_power || op == Opcode::modulo || op == Opcode::floor || op == Opcode::ceil ||
         op == Opcode::round;
}

double apply(Opcode op, double second, double top, const char*& problem) {
  const auto finite = [&](double result) {
    if (!std::isfinite(top)) problem = "floor, ceil or round of a number that is not finite";
    return result;
  };
  switch (op) {
    case Opcode::add:
      return second + top;
    case Opcode::subtract:
      return second - top;
    case Opcode::multiply:
      return second * top;
    case Opcode::divide:
      return second / top;
    case Opcode::equal:
      return second == top;
    case Opcode::not_equal:
      return second != top;
    case Opcode::less:
      return second < top;
    case Opcode::at_most:
      return second <= top;
    case Opcode::greater:
      return second > top;
    case Opcode::at_least:
      return second >= top;
    case Opcode::minimum:
      return std::min(second, top);
    case Opcode::maximum:
      return std::max(second, top);
    case Opcode::power:
      return std::pow(second, top);
    case Opcode::integer_power: {
      const double result = std::pow(second, top);
      if (top < 0) problem = "a negative exponent of ints; write one of them as a double";
      if (std::abs(result) > 9007199254740992.0) problem = "a power of ints beyond 2^53";
      return result;
    }
    case Opcode::modulo: {
      if (top == 0) problem = "mod by 0";
      const double rest = std::fmod(second, top);
      return rest < 0 ? rest + std::abs(top) : rest + 0.0;
    }
    case Opcode::logarithm:
      return top == 2 ? std::log2(second) : std::log(second) / std::log(top);
    case Opcode::negate:
      return -top + 0.0;
    case Opcode::logical_not:
      return top == 0;
    case Opcode::floor:
      return finite(std::floor(top));
    case Opcode::ceil:
      return finite(std::ceil(top));
    case Opcode::round:
      return finite(std::floor(top + 0.5));
    default:
      return top;
  }
}

double Program::evaluate(Entry entry, const double* variables) const {
  double stack[stack_limit + 1];
  double* top = stack;  // stack[0] holds no value
  const Instruction* first = code.data();
  for (const Instruction* i = first + entry.start;; ++i) {
    const auto within = [&] {
      const double v = variables[i->slot];
      return ((v >= i->a) & (v <= i->b)) != i->inverted;
    };
    switch (i->op) {
      case Opcode::end:
        return *top;
      case Opcode::push:
        *++top = i->a;
        break;
      case Opcode::load:
        *++top = variables[i->slot];
        break;
      case Opcode::load_add:
        *++top = variables[i->slot] + i->a;
        break;
      case Opcode::load_multiply:
        *++top = variables[i->slot] * i->a;
        break;
      case Opcode::within:
        *++top = within();
        break;
      case Opcode::within_and:
        if (!within()) {
          *++top = 0;
          i = first + i->target - 1;
        }
        break;
      case Opcode::within_or:
        if (within()) {
          *++top = 1;
          i = first + i->target - 1;
        }
        break;
      case Opcode::and_jump:
        if (*top == 0)
          i = first + i->target - 1;
        else
          --top;
        break;
      case Opcode::or_jump:
        if (*top != 0)
          i = first + i->target - 1;
        else
          --top;
        break;
      case Opcode::jump:
        i = first + i->target - 1;
        break;
      case Opcode::jump_unless:
        if (*top-- == 0) i = first + i->target - 1;
        break;
      case Opcode::add:
        --top, *top = top[0] + top[1];
        break;
      case Opcode::subtract:
        --top, *top = top[0] - top[1];
        break;
      case Opcode::multiply:
        --top, *top = top[0] * top[1];
        break;
      case Opcode::divide:
        --top, *top = top[0] / top[1];
        break;
      case Opcode::equal:
        --top, *top = top[0] == top[1];
        break;
      case Opcode::less:
        --top, *top = top[0] < top[1];
        break;
      case Opcode::at_most:
        --top, *top = top[0] <= top[1];
        break;
      case Opcode::minimum:
        --top, *top = std::min(top[0], top[1]);
        break;
      case Opcode::maximum:
        --top, *top = std::max(top[0], top[1]);
        break;
      case Opcode::logical_not:
        *top = *top == 0;
        break;
      default: {
        const char* problem = nullptr;
        const bool unary = i->op >= Opcode::negate;
        const double result = apply(i->op, unary ? 0.0 : top[-1], *top, problem);
        if (problem != nullptr) throw Undefined{places[i->slot], problem};
        if (!unary) --top;
        *top = result;
      }
    }
  }
}

std::vector<std::uint32_t> Program::reads(Entry entry) const {
  std::vector<std::uint32_t> slots;
  for (std::size_t k = entry.start; code[k].op != Opcode::end; ++k)
    if (code[k].op >= Opcode::load && code[k].op <= Opcode::within_or) slots.push_back(code[k].slot);
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

}  // namespace steady::detail::prism
