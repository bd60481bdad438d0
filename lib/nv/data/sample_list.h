// The sample list of a folder: samples.jsonl, one adversarial sample per line.
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

/// One line of the list.
struct SampleLine {
  std::string id;
  std::string file;                ///< the sample itself, relative to the folder
  std::vector<std::string> files;  ///< all its files: "file", "picture", "sheet"
  std::string text;                ///< the JSON, without the line feed

  // Optional; empty if the line does not have them.
  std::optional<std::int64_t> label;  ///< the true class
  std::string origin;                 ///< the original input, as typed
  std::string method;                 ///< the attack
  std::optional<double> l2, linf;     ///< distances from the original
  std::string preprocess;             ///< of the numbers in `file`, as described by describe (preprocess.h)
};

/// Whether the directory has a sample list.
bool has_sample_list(const std::string& directory);
/// Reads the list of a directory. Throws Error(input).
std::vector<SampleLine> read_sample_list(const std::string& directory);

/// An argument that stands for samples: a folder with a list, or one sample of it.
struct SampleArgument {
  std::string folder;
  std::string id;  ///< "" for all
};
/// Parses DIR or DIR#ID; nullopt if DIR has no sample list.
std::optional<SampleArgument> sample_argument(const std::string& argument);
/// Reads the samples of an argument; none for an empty list. Throws Error(input); for an unknown id, with
/// similar ids as the hint.
std::vector<SampleLine> samples_of(const SampleArgument& argument);

/// Of a folder of nv attack without samples: "no samples: 0 of 40 attacks succeeded"; "" for any other
/// folder.
std::string no_samples_text(const std::string& directory);

/// Parses the text of a list. Throws Error(input), beginning with `file` and the line's number: no JSON, no
/// id or file, or a name that leads out of the folder.
std::vector<SampleLine> parse_sample_list(const std::string& text, const std::string& file);

/// `old` followed by `added`. A sample with the same id as an earlier one replaces it.
std::vector<SampleLine> merge_samples(std::vector<SampleLine> old, std::span<const SampleLine> added);

/// The text of a list.
std::string sample_list_text(std::span<const SampleLine> samples);

}  // namespace nv
