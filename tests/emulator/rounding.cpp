// Arithmetic with a rounding mode of its own. The operands and the result are volatile, so that the compiler moves
// nothing across the change of the mode.
#include <cfenv>
#include <utility>

#include "tests/emulator/device_operations.hpp"

namespace {

template <typename Operation, typename... Operands>
double rounded(int mode, Operation operation, Operands... operands) {
  volatile double held[] = {operands...};
  const int before = std::fegetround();
  std::fesetround(mode);
  volatile double result = [&]<std::size_t... k>(std::index_sequence<k...>) {
    return operation(static_cast<double>(held[k])...);
  }
  (std::index_sequence_for<Operands...>());
  std::fesetround(before);
  return result;
}

constexpr auto add = [](double a, double b) { return a + b; };
constexpr auto subtract = [](double a, double b) { return a - b; };
constexpr auto multiply = [](double a, double b) { return a * b; };
constexpr auto divide = [](double a, double b) { return a / b; };
constexpr auto multiply_add = [](double a, double b, double c) { return std::fma(a, b, c); };
constexpr auto root = [](double a) { return std::sqrt(a); };

}  // namespace

double __dadd_rn(double a, double b) { return rounded(FE_TONEAREST, add, a, b); }
double __dadd_ru(double a, double b) { return rounded(FE_UPWARD, add, a, b); }
double __dadd_rd(double a, double b) { return rounded(FE_DOWNWARD, add, a, b); }
double __dadd_rz(double a, double b) { return rounded(FE_TOWARDZERO, add, a, b); }
double __dsub_rn(double a, double b) { return rounded(FE_TONEAREST, subtract, a, b); }
double __dsub_ru(double a, double b) { return rounded(FE_UPWARD, subtract, a, b); }
double __dsub_rd(double a, double b) { return rounded(FE_DOWNWARD, subtract, a, b); }
double __dsub_rz(double a, double b) { return rounded(FE_TOWARDZERO, subtract, a, b); }
double __dmul_rn(double a, double b) { return rounded(FE_TONEAREST, multiply, a, b); }
double __dmul_ru(double a, double b) { return rounded(FE_UPWARD, multiply, a, b); }
double __dmul_rd(double a, double b) { return rounded(FE_DOWNWARD, multiply, a, b); }
double __dmul_rz(double a, double b) { return rounded(FE_TOWARDZERO, multiply, a, b); }
double __ddiv_rn(double a, double b) { return rounded(FE_TONEAREST, divide, a, b); }
double __ddiv_ru(double a, double b) { return rounded(FE_UPWARD, divide, a, b); }
double __ddiv_rd(double a, double b) { return rounded(FE_DOWNWARD, divide, a, b); }
double __ddiv_rz(double a, double b) { return rounded(FE_TOWARDZERO, divide, a, b); }
double __fma_rn(double a, double b, double c) { return rounded(FE_TONEAREST, multiply_add, a, b, c); }
double __dsqrt_rn(double a) { return rounded(FE_TONEAREST, root, a); }
double __fma_ru(double a, double b, double c) { return rounded(FE_UPWARD, multiply_add, a, b, c); }
double __dsqrt_ru(double a) { return rounded(FE_UPWARD, root, a); }
double __fma_rd(double a, double b, double c) { return rounded(FE_DOWNWARD, multiply_add, a, b, c); }
double __dsqrt_rd(double a) { return rounded(FE_DOWNWARD, root, a); }
double __fma_rz(double a, double b, double c) { return rounded(FE_TOWARDZERO, multiply_add, a, b, c); }
double __dsqrt_rz(double a) { return rounded(FE_TOWARDZERO, root, a); }
