// Metadata of a figure's file: where it comes from.
#pragma once

#include <string>
#include <vector>

namespace nv::render {

/// UTF-8, without paths; empty parts are left out of the file.
struct Provenance {
  std::string title;                 ///< what the figure shows
  std::string program;               ///< "nv 0.1.0"
  std::string command;               ///< the command line
  std::vector<std::string> sources;  ///< "7.png sha256:1f2e...", one per input
};

}  // namespace nv::render
