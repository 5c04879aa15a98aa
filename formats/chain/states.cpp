#include <bit>
#include <charconv>

#include <steady/states.hpp>

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
  std::string text = "(";
  append(text, state);
  text += ')';
  return text;
}

void States::append(std::string& text, std::size_t state) const {
  const auto number = [&text](auto value) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  };
  if (!names.empty()) return void(text += names[state]);
  if (!has_variables()) return number(state);
  for (std::size_t v = 0; v < packing.variables().size(); ++v) {
    if (v > 0) text += ',';
    const std::int64_t value = this->value(state, v);
    if (packing.variables()[v].boolean)
      text += value != 0 ? "true" : "false";
    else
      number(value);
  }
}

}  // namespace steady
