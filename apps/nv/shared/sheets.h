// Encodes figures as files: size, metadata, format.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/captions.h"
#include "nv/core/file.h"
#include "nv/figures/comparison/pass_pair.h"
#include "nv/figures/pass/pass.h"
#include "nv/figures/style.h"
#include "nv/render/backends/encode.h"
#include "nv/render/scene/print.h"

namespace nv {

struct SheetStyle : figures::Style {
  render::Print print;
  std::string command;        ///< the command line, for the files' metadata
  bool theme_chosen = false;  ///< --theme is given: a web page has that one only
};

/// Data for the sheets of one input.
struct SheetSource : figures::Pass {
  std::vector<std::string> sources;  ///< names and hashes of files, for the files' metadata
};

/// Two passes to compare.
struct Pair : figures::PassPair {
  std::vector<std::string> sources;  ///< names and hashes of files, for the files' metadata
};

/// Title in the metadata of a picture: "lenet5.h5: conv1".
std::string picture_title(const Model& model, const std::string& what);

/// Encodes the figure that `compose` draws, at the style's size; `sources` are names and hashes of files.
Bytes picture(const render::Compose& compose, render::PictureFormat format, const std::string& title,
              const std::vector<std::string>& sources, const SheetStyle& style);

}  // namespace nv
