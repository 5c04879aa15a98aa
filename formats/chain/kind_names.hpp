// What the kinds of chains are called.
#pragma once

#include <steady/chain.hpp>

#include "formats/base/names.hpp"

namespace steady::detail {

template <>
struct NamesOf<Kind> {
  static constexpr std::string_view option = "kind";
  static constexpr Named<Kind> list[] = {{Kind::ctmc, "ctmc"}, {Kind::dtmc, "dtmc"}};
};

}  // namespace steady::detail
