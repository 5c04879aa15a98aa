#!/bin/bash
# libarchive 3.6.2 (libarchive-dev of Debian 12, a prerequisite, with g++ and python3): the checksum of a gzip file.
# Guess: a gzip file whose content does not match its CRC-32 is refused, as by gzip, zlib and Python.
# What happens: libarchive's gzip filter passes over the CRC and the length at the end without comparing them. The changed
# content is returned, every call reports success. (Its xz filter does notice.)
# Why it matters: model and result files travel compressed. One damaged digit, 0.5 become 0.7, is a valid model of another
# chain, and a tool that reads through libarchive, tar archives of models among them, solves that without a word.
if [ ! -e /usr/include/archive.h ] || ! command -v g++ >/dev/null; then
  echo "needs g++ and libarchive-dev" >&2
  exit 2
fi
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >program.cpp <<'END'
#include <archive.h>
#include <archive_entry.h>

#include <cstdio>
#include <string>

int main(int, char** arguments) {
  archive* file = archive_read_new();
  archive_read_support_filter_all(file);
  archive_read_support_format_raw(file);
  archive_entry* entry = nullptr;
  std::string content(1000, ' ');
  long size = -1;
  if (archive_read_open_filename(file, arguments[1], 10240) == ARCHIVE_OK &&
      archive_read_next_header(file, &entry) == ARCHIVE_OK)
    size = archive_read_data(file, content.data(), content.size());
  const char* error = archive_error_string(file);
  std::printf("%s: %s\n", archive_version_string(), size < 0 ? (error ? error : "refused") : content.substr(0, size).c_str());
  archive_read_free(file);
  return size < 0 ? 1 : 0;
}
END
g++ -O1 -std=c++17 program.cpp -larchive -o program || exit 2
python3 - <<'END'
import gzip
import lzma

content = b"2 2\n0 1 0.5\n1 0 1.0\n"
for name, packed in (("model.gz", gzip.compress(content, compresslevel=0)),
                     ("model.xz", lzma.compress(content, check=lzma.CHECK_CRC32))):
    assert b"0.5" in packed  # so short a text is stored as it is, also by xz
    with open(name, "wb") as file:
        file.write(packed.replace(b"0.5", b"0.7"))
END
gzip -t model.gz && by_gzip=0 || by_gzip=1
./program model.gz && by_libarchive=0 || by_libarchive=1
./program model.xz && xz_by_libarchive=0 || xz_by_libarchive=1
[ "$by_gzip$by_libarchive$xz_by_libarchive" = 101 ]
