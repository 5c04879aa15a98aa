#include "solver/cli/man_page.hpp"

#include <fmt/format.h>

#include <steady/version.hpp>

#include "solver/cli/option_text.hpp"

namespace steady::cli {
namespace {

// As roff reads it: a dash is a minus, and no text begins a request.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

std::string section_of(const OptionText& option) {
  std::string head = "\\fB" + roff(option.name) + "\\fR";
  if (!option.letter.empty()) head = "\\fB" + roff(option.letter) + "\\fR, " + head;
  if (!option.value.empty()) head += " \\fI" + roff(option.value) + "\\fR";
  if (!option.usual.empty()) head += " (default " + roff(option.usual) + ")";
  return fmt::format(".TP\n{}\n{}\n", head, option.help.empty() ? "\\&" : roff(option.help));
}

constexpr std::string_view exit_status = R"(.SH EXIT STATUS
.TP
0
solved, and proven where a proof was asked for; of verify: proven
.TP
1
not converged, not known, not proven, or out of time; the best iterate is written
.TP
2
bad usage or bad input
.TP
3
the machine cannot: memory, disk, threads, device; or a signal came before there was anything to keep
)";

}  // namespace

std::string man_page(std::span<const Command* const> commands) {
  std::string synopsis, sections;
  for (const Command* command : commands) {
    synopsis += fmt::format("\\fBsteady {}\\fR {}\n.br\n", command->name, roff(command->synopsis));
    sections += fmt::format(".SS steady {} {}\n{}.\n", command->name, roff(command->synopsis), roff(command->summary));
    for (const OptionText& option : option_texts(*command)) sections += section_of(option);
  }
  return fmt::format(R"(.TH STEADY 1 "" "steady {}" "User Commands"
.SH NAME
steady \- the long\-run distribution of large Markov chains
.SH SYNOPSIS
.nh
{}\fBsteady \-\-version\fR
.SH COMMANDS
{}{})",
                     roff(build.version), synopsis, sections, exit_status);
}

}  // namespace steady::cli
