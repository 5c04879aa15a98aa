// What a matrix file may be asked to hold, and what the lines of a table are called.
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

template <>
struct NamesOf<TableLayout> {
  static constexpr std::string_view option = "layout";
  static constexpr Named<TableLayout> list[] = {{TableLayout::edges, "edges"}, {TableLayout::matrix, "matrix"}};
};

}  // namespace steady::detail
