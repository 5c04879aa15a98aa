// The conditions of graphs that loop, which kernels set.
#pragma once

#include <cstdint>

namespace ptx {

using Condition = std::uint64_t;

Condition make_condition();
bool is_condition(Condition condition);
// Both throw Violation where there is no such condition.
void set_condition(Condition condition, unsigned value);
unsigned value_of(Condition condition);

}  // namespace ptx
