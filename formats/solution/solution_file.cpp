#include <fmt/format.h>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

#include "formats/io/compression.hpp"
#include "formats/solution/csv.hpp"
#include "formats/solution/json.hpp"
#include "formats/solution/npy.hpp"
#include "formats/solution/text.hpp"

namespace steady {

using namespace detail;

namespace {

constexpr SolutionFormat by_extension[] = {
    {"text", ".txt", write_text_solution, read_text_solution},
    {"csv", ".csv", write_csv_solution, read_csv_solution},
    {"npy", ".npy", write_npy_solution, read_npy_solution},
    {"json", ".json", write_json_solution, read_json_solution},
    {"ss", ".ss", write_ss_solution, read_text_solution},
    {"matlab", ".m", write_matlab_solution, read_text_solution},
};

const SolutionFormat& format_of(const std::string& path) {
  if (path == "-") return by_extension[0];
  std::string known;
  for (const SolutionFormat& format : by_extension) {
    if (without_compression(path).ends_with(format.extension)) return format;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", format.extension);
  }
  throw Error(fmt::format("{}: no format of solutions has this extension: {}, each also with .gz or .xz", path, known));
}

}  // namespace

std::span<const SolutionFormat> detail::solution_formats() { return by_extension; }

void require_solution_path(const std::string& path) {
  format_of(path);
  require_writable(path);
}

void write_solution(const std::string& path, const Chain& chain, const std::vector<double>& distribution,
                    const SolutionMark& mark) {
  const SolutionFormat& format = format_of(path);
  if (distribution.size() != chain.size())
    throw Error(fmt::format("{}: {} probabilities for {} states", path, distribution.size(), chain.size()));
  ReplacedFile file(path);
  format.write(file, chain, distribution, mark);
  file.commit();
}

std::vector<double> read_solution(const std::string& path, const Chain& chain) {
  const SolutionFormat& format = format_of(path);
  return format.read(path, read_file(path), chain);
}

}  // namespace steady
