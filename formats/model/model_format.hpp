// The formats of model files, and what each can do.
//
// To add a format: a file with its read and write functions here, and a line in the list in model.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail {

namespace prism {
struct UnexploredModel;
}

// Which of ReadOptions mean something to a format.
struct SupportedOptions {
  bool constants = false;
  bool derivatives = false;  // by constants
  bool throughputs = false;  // of actions
  bool kind = false;
  bool transposed = false;
  bool layout = false;
  bool siblings = false;  // states, labels, rewards
  bool rescale = true;
};

// A format of model files.
struct ModelFormat {
  std::string_view name;                     // the value of --from and --to
  std::vector<std::string_view> extensions;  // with the dot
  SupportedOptions supports;
  Model (*read)(const std::string& path, std::string&& text, const ReadOptions& options);  // or read_in_place
  // Adds what it writes to `files`; returns the notes. Null where the format is only read.
  std::vector<std::string> (*write)(const std::string& path, const Model& model, const WriteOptions& options,
                                    ReplacedFiles& files);
  // Of large binary files, read where they lie: as FileContent says, the content may change while it is read.
  Model (*read_in_place)(const std::string& path, std::string_view content, const ReadOptions& options) = nullptr;
  bool names = false;  // of states are written
  // Of languages whose models can be explored in parts. Null where a file lists all states.
  prism::UnexploredModel (*compile)(const std::string& path, std::string&& text, const ReadOptions& options) = nullptr;
};

// Throws Error for an option that a format of this name does not take, and for a wrong one.
void require_taken(const std::string& path, std::string_view format, const SupportedOptions& supports,
                   const ReadOptions& options);

// The model in the content of a file of this format.
Model read_content(const ModelFormat& format, const std::string& path, std::string&& content,
                   const ReadOptions& options);

// The model in a file, not explored yet. Throws Error as read_model() does, and for a format whose files list all
// states.
prism::UnexploredModel compile_file(const std::string& path, const ReadOptions& options);

// Every format that can be read.
std::span<const ModelFormat> model_formats();

}  // namespace steady::detail
