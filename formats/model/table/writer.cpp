#include "formats/io/delimited.hpp"
#include "formats/io/text_writer.hpp"
#include "formats/model/matrix_content.hpp"
#include "formats/model/table/table.hpp"

namespace steady::detail::table {

namespace {

std::vector<std::string> write_table(const std::string& path, const Model& model, const WriteOptions& options,
                                     ReplacedFiles& files, char separator) {
  const bool rates = options.matrix == MatrixContent::automatic && model.chain.kind == Kind::ctmc;
  const MatrixOfChain matrix(path, model, rates ? MatrixContent::rates : options.matrix);
  const std::vector<std::string>& names = model.chain.states.names;
  TextWriter text(files.add(path));
  std::string cell;
  const auto state = [&](State i) {
    cell.clear();
    append_cell(cell, names.empty() ? std::to_string(i) : names[i], separator);
    text << cell << separator;
  };
  const auto line = [&](State i, State j, double value) {
    state(i);
    state(j);
    text << value << '\n';
  };
  text << "from" << separator << "to" << separator
       << (matrix.content() == MatrixContent::probabilities ? "probability\n" : "rate\n");
  for (State i = 0; i < matrix.rows(); ++i) {
    bool alone = true;
    matrix.for_each_in_row(i, [&](State j, double value) {
      line(i, j, value);
      alone = false;
    });
    if (alone) line(i, i, 0);  // so that the state is there
  }
  text.finish();
  return matrix.notes();
}

}  // namespace

std::vector<std::string> write_csv(const std::string& path, const Model& model, const WriteOptions& options,
                                   ReplacedFiles& files) {
  return write_table(path, model, options, files, ',');
}

std::vector<std::string> write_tsv(const std::string& path, const Model& model, const WriteOptions& options,
                                   ReplacedFiles& files) {
  return write_table(path, model, options, files, '\t');
}

}  // namespace steady::detail::table
