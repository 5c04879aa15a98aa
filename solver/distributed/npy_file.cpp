#include "solver/distributed/npy_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <steady/error.hpp>

#include "formats/io/npy.hpp"

namespace steady::detail {

namespace {

class SharedFile {
 public:
  SharedFile(const Ranks& ranks, std::string path) : ranks_(ranks), path_(std::move(path)) {
    auto process = static_cast<std::uint64_t>(getpid());
    process = ranks.most(ranks.first() ? process : std::uint64_t{0});
    temporary_ = fmt::format("{}.steady-{}", path_, process);
    open();
  }
  ~SharedFile() {
    if (file_ != MPI_FILE_NULL) MPI_File_close(&file_);
    if (!in_place_ && ranks_.first()) std::remove(temporary_.c_str());
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  // Called by all ranks; MPI counts in ints, so that long pieces go in parts.
  void write(std::uint64_t place, const char* bytes, std::uint64_t count) {
    constexpr std::uint64_t most = std::uint64_t{1} << 30;
    const std::uint64_t parts = ranks_.most((count + most - 1) / most);
    for (std::uint64_t part = 0; part < parts; ++part) {
      const std::uint64_t begin = std::min(part * most, count), size = std::min(most, count - begin);
      MPI_Status status;
      const int code = MPI_File_write_at_all(file_, static_cast<MPI_Offset>(place + begin), bytes + begin,
                                             static_cast<int>(size), MPI_BYTE, &status);
      int written = 0;
      if (code == MPI_SUCCESS) MPI_Get_count(&status, MPI_BYTE, &written);
      agree(code != MPI_SUCCESS || static_cast<std::uint64_t>(written) == size ? code : MPI_ERR_NO_SPACE);
    }
  }

  void put_in_place() {
    agree(MPI_File_sync(file_));
    agree(MPI_File_close(&file_));
    ranks_.together([&] {
      if (ranks_.first() && std::rename(temporary_.c_str(), path_.c_str()) != 0)
        throw Error(fmt::format("{}: {}", path_, std::strerror(errno)), Error::Cause::machine);
    });
    in_place_ = true;
  }

 private:
  // Where some rank cannot open it, nobody closes it: all would have to.
  void open() try {
    agree(MPI_File_open(ranks_.communicator(), temporary_.c_str(), MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL,
                        &file_));
  } catch (const AgreedError&) {
    if (ranks_.first()) std::remove(temporary_.c_str());
    throw;
  }

  void agree(int code) const {
    ranks_.together([&] {
      if (code == MPI_SUCCESS) return;
      char text[MPI_MAX_ERROR_STRING] = {};
      int length = 0;
      MPI_Error_string(code, text, &length);
      throw Error(fmt::format("{}: {}", path_, text), Error::Cause::machine);
    });
  }

  const Ranks& ranks_;
  std::string path_, temporary_;
  MPI_File file_ = MPI_FILE_NULL;
  bool in_place_ = false;
};

}  // namespace

void write_npy(const std::string& path, const Generator& q, const std::vector<double>& own) {
  SharedFile file(q.ranks(), path);
  const std::string header = npy_header(q.states());
  file.write(0, header.data(), q.ranks().first() ? header.size() : 0);
  file.write(header.size() + q.first() * sizeof(double), reinterpret_cast<const char*>(own.data()),
             own.size() * sizeof(double));
  file.put_in_place();
}

std::vector<double> read_npy(const std::string& path, const Generator& q) {
  const std::string header = npy_header(q.states());
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
  std::string begin(header.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (!file || begin != header)
    throw Error(fmt::format("{}: not a .npy file of {} numbers of 64 bits, one a state", path, q.states()));
  std::vector<double> own(q.size());
  file.seekg(static_cast<std::streamoff>(header.size() + q.first() * sizeof(double)));
  file.read(reinterpret_cast<char*>(own.data()), static_cast<std::streamsize>(own.size() * sizeof(double)));
  if (!file) throw Error(fmt::format("{}: it ends before its last number", path));
  for (std::size_t i = 0; i < own.size(); ++i)
    if (!(own[i] >= 0) || !std::isfinite(own[i]))
      throw Error(fmt::format("{}: state {}: {} is no probability", path, q.first() + i, own[i]));
  return own;
}

}  // namespace steady::detail
