// Families of models that no single file holds: the text is written for given numbers.
//
// To add a family: a file with its function here, and a line in the list in families.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace steady::detail {

struct FamilyConstant {
  std::string_view name;
  int low;   // the smallest and
  int high;  // the largest value that it takes
};

struct Family {
  std::string_view name;
  std::string_view description;
  std::span<const FamilyConstant> constants;
  std::string (*text)(std::span<const int> values);  // one a constant, in their order; PRISM language
};

// Every family.
std::span<const Family> families();

// The model of a family as PRISM text. `constants` as in --const: "N=13". Throws Error, naming what there is, on an
// unknown family and on a constant that is unknown, missing, given twice, not a whole number or out of its range.
std::string generate(std::string_view family, std::string_view constants);

}  // namespace steady::detail
