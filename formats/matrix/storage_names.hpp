// What each storage is called.
#pragma once

#include <string_view>

#include <steady/csr.hpp>

#include "formats/base/names.hpp"

namespace steady::detail {

template <>
struct NamesOf<Storage> {
  static constexpr std::string_view option = "storage";
  static constexpr Named<Storage> list[] = {
      {Storage::automatic, "auto"}, {Storage::csr, "csr"},       {Storage::ell, "ell"},   {Storage::sell, "sell"},
      {Storage::hyb, "hyb"},        {Storage::packed, "packed"}, {Storage::mask, "mask"},
  };
};

}  // namespace steady::detail
