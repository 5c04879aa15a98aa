// gzip (RFC 1952) and xz: a stream of bytes, compressed. read_file() undoes both by their first bytes, whatever the
// extension says; ReplacedFile makes them where the path ends in .gz or .xz.
//
// gzip by zlib, which checks the sums (libarchive 3.6 does not); xz by libarchive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace steady::detail {

enum class Compression { none, gzip, xz };

// By the first bytes of a file.
Compression compression_of(std::string_view content);

// By the path's extension, .gz or .xz.
Compression compression_named(std::string_view path);

// "model.tra" of "model.tra.gz" and of "model.tra".
std::string_view without_compression(std::string_view path);

// What `content` was before it was compressed; gzip's members are joined. Throws Error naming `path` where the stream
// is truncated or damaged, and, cause machine, where it inflates to more than `limit` bytes.
std::string decompress(const std::string& path, std::string_view content, std::uint64_t limit);

}  // namespace steady::detail
