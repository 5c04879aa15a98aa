#include "formats/matrix/storage_names.hpp"

namespace steady::detail {

std::string_view name(Storage storage) { return name_of(storage); }

}  // namespace steady::detail
