// The sample list of a folder: samples.jsonl, one sample a line.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace nv {

/// The file's name in its folder.
inline constexpr const char* sample_list_name = "samples.jsonl";

/// One line.
struct SampleLine {
  std::string id;
  std::vector<std::string> files;  ///< that belong to it, relative to the folder: "file", "picture", "sheet"
  std::string text;                ///< the JSON, without the line feed
};

/// Throws Error(input), beginning with `file` and the line's number: no JSON, no id or file, or a name that
/// leaves the folder.
std::vector<SampleLine> parse_sample_list(const std::string& text, const std::string& file);

/// `old` with `added` behind it; of two with one id the later stays, in the place of the earlier.
std::vector<SampleLine> merge_samples(std::vector<SampleLine> old, std::span<const SampleLine> added);

std::string sample_list_text(std::span<const SampleLine> samples);

}  // namespace nv
