#include "formats/matrix/storage_names.hpp"

namespace steady {

std::string_view name(Storage storage) { return name_of(storage); }

}  // namespace steady
