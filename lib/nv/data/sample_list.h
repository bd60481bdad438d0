// The sample list of a folder: samples.jsonl, one sample a line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/core/file.h"

namespace nv {

/// The file's name in its folder.
inline constexpr const char* sample_list_name = "samples.jsonl";

/// One line.
struct SampleLine {
  std::string id;
  std::string file;                ///< the sample itself, relative to the folder
  std::vector<std::string> files;  ///< all that belong to it: "file", "picture", "sheet"
  std::string text;                ///< the JSON, without the line feed

  // What else a line may say; empty where it does not.
  std::optional<std::int64_t> label;  ///< the class that it should be
  std::string origin;                 ///< the input that it was made of, as it was typed
  std::string method;                 ///< that made it
  std::string preprocess;  ///< what made the numbers of `file` out of pixels, as `describe` says it
};

/// Whether the directory has a sample list.
bool has_sample_list(const std::string& directory);
/// The list of a directory that has one. Throws Error(input).
std::vector<SampleLine> read_sample_list(const std::string& directory);

/// An argument that means samples: a folder with a list, or one sample of it.
struct SampleArgument {
  std::string folder;
  std::string id;  ///< "" for all
};
/// DIR or DIR#ID where DIR has a sample list; nullopt for anything else.
std::optional<SampleArgument> sample_argument(const std::string& argument);
/// The samples that it means; none of an empty list. Throws Error(input), for an unknown id with the nearest
/// as the hint.
std::vector<SampleLine> samples_of(const SampleArgument& argument);

/// Throws Error(input), beginning with `file` and the line's number: no JSON, no id or file, or a name that
/// leaves the folder.
std::vector<SampleLine> parse_sample_list(const std::string& text, const std::string& file);

/// `old` with `added` behind it; of two with one id the later stays, in the place of the earlier.
std::vector<SampleLine> merge_samples(std::vector<SampleLine> old, std::span<const SampleLine> added);

std::string sample_list_text(std::span<const SampleLine> samples);

}  // namespace nv
