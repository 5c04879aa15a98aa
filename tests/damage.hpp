// A text cut or changed at random: what no reader may be hurt by.
#pragma once

#include <random>
#include <string>

namespace steady {

// One to three characters changed, inserted or erased, most of them of `likely`.
inline std::string damaged(std::string text, const std::string& likely, std::mt19937& random) {
  for (unsigned changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
    const std::size_t place = random() % text.size();
    const char c = static_cast<char>(random() % 8 == 0 ? random() % 256 : likely[random() % likely.size()]);
    switch (random() % 3) {
      case 0:
        text[place] = c;
        break;
      case 1:
        text.insert(place, 1, c);
        break;
      default:
        text.erase(place, 1 + random() % 3);
    }
  }
  return text;
}

}  // namespace steady
