#include "formats/io/compression.hpp"

#include <archive.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"

namespace steady::detail {

namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b\x08";
constexpr std::string_view xz_magic(
    "\xfd"
    "7zXZ\0",
    6);

// A text that grows as far as it may.
class Inflated {
 public:
  Inflated(const std::string& path, std::uint64_t limit) : path_(path), limit_(limit) {}

  void append(const char* bytes, std::size_t count) {
    require_memory(path_, "its content, decompressed,", static_cast<double>(text_.size() + count), limit_);
    text_.append(bytes, count);
  }
  std::string take() { return std::move(text_); }

 private:
  const std::string& path_;
  std::uint64_t limit_;
  std::string text_;
};

std::string from_gzip(const std::string& path, std::string_view content, std::uint64_t limit) {
  z_stream stream{};
  constexpr int gzip_only = 15 + 16;
  if (inflateInit2(&stream, gzip_only) != Z_OK) throw Error(path + ": zlib does not start", Error::Cause::machine);
  const std::unique_ptr<z_stream, int (*)(z_stream*)> at_end(&stream, inflateEnd);
  Inflated inflated(path, limit);
  std::vector<char> buffer(1 << 18);
  while (true) {
    if (stream.avail_in == 0) {  // a stream's counts are of 32 bits
      const std::size_t part = std::min<std::size_t>(content.size(), std::numeric_limits<uInt>::max());
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
      stream.avail_in = static_cast<uInt>(part);
      content.remove_prefix(part);
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    inflated.append(buffer.data(), buffer.size() - stream.avail_out);
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0 && content.empty()) return inflated.take();
      inflateReset(&stream);  // another member
    } else if (status == Z_BUF_ERROR ||
               (status == Z_OK && stream.avail_in == 0 && content.empty() && stream.avail_out > 0)) {
      throw Error(path + ": the gzip stream ends too early: the file is truncated");
    } else if (status != Z_OK) {
      throw Error(
          fmt::format("{}: the gzip stream is damaged: {}", path, stream.msg == nullptr ? "zlib fails" : stream.msg));
    }
  }
}

std::string from_xz(const std::string& path, std::string_view content, std::uint64_t limit) {
  const std::unique_ptr<archive, int (*)(archive*)> stream(archive_read_new(), archive_read_free);
  if (!stream) throw std::bad_alloc();
  const auto require = [&](int status) {
    if (status == ARCHIVE_OK) return;
    const char* why = archive_error_string(stream.get());
    throw Error(fmt::format("{}: the xz stream is truncated or damaged: {}", path, why == nullptr ? "no reason" : why));
  };
  require(archive_read_support_filter_xz(stream.get()));
  require(archive_read_support_format_raw(stream.get()));
  require(archive_read_open_memory(stream.get(), content.data(), content.size()));
  archive_entry* entry = nullptr;
  if (const int status = archive_read_next_header(stream.get(), &entry); status == ARCHIVE_EOF)
    return "";  // nothing, compressed
  else
    require(status);
  Inflated inflated(path, limit);
  std::vector<char> buffer(1 << 18);
  while (true) {
    const la_ssize_t count = archive_read_data(stream.get(), buffer.data(), buffer.size());
    if (count < 0) require(static_cast<int>(count));
    if (count <= 0) return inflated.take();
    inflated.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Compression compression_of(std::string_view content) {
  if (content.starts_with(gzip_magic)) return Compression::gzip;
  return content.starts_with(xz_magic) ? Compression::xz : Compression::none;
}

Compression compression_named(std::string_view path) {
  if (path.ends_with(".gz")) return Compression::gzip;
  return path.ends_with(".xz") ? Compression::xz : Compression::none;
}

std::string_view without_compression(std::string_view path) {
  if (compression_named(path) != Compression::none) path.remove_suffix(3);
  return path;
}

std::string decompress(const std::string& path, std::string_view content, std::uint64_t limit) {
  switch (compression_of(content)) {
    case Compression::gzip:
      return from_gzip(path, content, limit);
    case Compression::xz:
      return from_xz(path, content, limit);
    case Compression::none:
      break;
  }
  throw Error(path + ": neither gzip nor xz, by its first bytes");
}

}  // namespace steady::detail
