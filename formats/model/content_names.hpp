// What a matrix file may be asked to hold.
#pragma once

#include <steady/model.hpp>

#include "formats/base/names.hpp"

namespace steady::detail {

template <>
struct NamesOf<MatrixContent> {
  static constexpr std::string_view option = "as";
  static constexpr Named<MatrixContent> list[] = {
      {MatrixContent::generator, "generator"},
      {MatrixContent::rates, "rates"},
      {MatrixContent::probabilities, "probabilities"},
  };
};

}  // namespace steady::detail
