// Where pictures go: .svg as it is drawn, .png by rsvg-convert.
#pragma once

#include <string>

namespace steady::cli {

// Throws Error for a file that no picture is written as, and for .png where rsvg-convert is not found. `option` is
// named.
void require_picture_path(const std::string& option, const std::string& path);

// The picture as the path's end wants it, whole or not at all.
void replace_picture(const std::string& path, const std::string& svg);

}  // namespace steady::cli
