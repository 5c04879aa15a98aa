#include "formats/io/text_writer.hpp"
#include "formats/model/matrix_content.hpp"
#include "formats/model/matrix_market.hpp"

namespace steady::detail {

namespace {

std::string_view what_rows_hold(MatrixContent content) {
  switch (content) {
    case MatrixContent::generator:
      return "generator of a ctmc: row i holds the rates out of state i - 1, the diagonal makes it sum to 0";
    case MatrixContent::rates:
      return "rates of a ctmc: row i holds the rates out of state i - 1, the diagonal is its self-loop";
    default:
      return "probabilities of a dtmc: row i holds those of a step from state i - 1";
  }
}

}  // namespace

std::vector<std::string> write_matrix_market(const std::string& path, const Model& model, const WriteOptions& options,
                                             ReplacedFiles& files) {
  const MatrixOfChain matrix(path, model, options.matrix);
  TextWriter text(files.add(path));
  text << "%%MatrixMarket matrix coordinate real general\n% " << what_rows_hold(matrix.content()) << '\n';
  text << matrix.rows() << ' ' << matrix.rows() << ' ' << matrix.entries() << '\n';
  for (State i = 0; i < matrix.rows(); ++i)
    matrix.for_each_in_row(i, [&](State j, double value) {
      text << i + std::uint64_t{1} << ' ' << j + std::uint64_t{1} << ' ' << value << '\n';
    });
  text.finish();
  std::vector<std::string> notes = matrix.notes();
  if (matrix.ambiguous())
    notes.emplace_back("the row sums do not tell these rates from probabilities: read the file with --kind ctmc");
  return notes;
}

}  // namespace steady::detail
