#include "solver/states.hpp"

#include <fmt/format.h>

#include <bit>

namespace steady {

Packing::Packing(std::vector<Variable> variables) : variables_(std::move(variables)) {
  std::uint32_t free_bits = 0;
  for (const Variable& v : variables_) {
    const auto range = static_cast<std::uint64_t>(v.high) - static_cast<std::uint64_t>(v.low);
    const auto bits = static_cast<std::uint32_t>(std::bit_width(range));
    if (words_ == 0 || bits > free_bits) {
      ++words_;
      free_bits = 64;
    }
    free_bits -= bits;
    const std::uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
    // A variable with one value takes no bits; its shift must still be below 64.
    fields_.push_back({static_cast<std::uint32_t>(words_ - 1), bits == 0 ? 0 : free_bits, mask, v.low});
  }
}

std::string States::describe(std::size_t state) const {
  if (!named()) return fmt::format("({})", state);
  std::string text = "(";
  for (std::size_t v = 0; v < packing.variables().size(); ++v) {
    if (v > 0) text += ',';
    const std::int64_t value = this->value(state, v);
    text += packing.variables()[v].boolean ? (value != 0 ? "true" : "false") : std::to_string(value);
  }
  text += ')';
  return text;
}

}  // namespace steady
