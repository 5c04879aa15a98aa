#include "formats/matrix/storage_names.hpp"

namespace steady {

using namespace detail;

std::string_view name(Storage storage) { return name_of(storage); }

}  // namespace steady
