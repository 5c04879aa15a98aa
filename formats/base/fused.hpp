// Fused multiply-adds of the processor in code that is compiled for any processor of its kind: what std::fma() says, in
// one instruction instead of a call.
#pragma once

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define STEADY_HAS_TARGETS
#endif

namespace steady::detail {

#ifdef STEADY_HAS_TARGETS
// f() with all that it calls, compiled for processors that have them.
template <class Function>
__attribute__((target("fma"), flatten)) auto call_fused(const Function& f) {
  return f();
}
#endif

// f(), which adds up error-free products: the same bits either way.
template <class Function>
auto fused(const Function& f) {
#ifdef STEADY_HAS_TARGETS
  static const bool has_them = __builtin_cpu_supports("fma") != 0;
  if (has_them) return call_fused(f);
#endif
  return f();
}

}  // namespace steady::detail
