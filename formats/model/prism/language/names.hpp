// Names of models in other languages, as the PRISM language can write them.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>

namespace steady::detail::prism {

// Other characters become _, and a name that is taken, or a word of the language, gets a _ behind it.
class Names {
 public:
  // The names are kept in `texts`.
  explicit Names(std::deque<std::string>& texts) : texts_(texts) {}
  // Where the name is taken, the prefix comes before it, if there is one.
  std::string_view unique(std::string_view wanted, std::string_view prefix = {});

 private:
  std::deque<std::string>& texts_;
  std::set<std::string_view> taken_;
};

}  // namespace steady::detail::prism
