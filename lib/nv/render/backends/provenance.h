// Where a picture comes from: what its file says beside the picture.
#pragma once

#include <string>
#include <vector>

namespace nv::render {

/// All UTF-8, all without paths; empty parts are left out of the file.
struct Provenance {
  std::string title;                 ///< what is shown
  std::string program;               ///< "nv 0.1.0"
  std::string command;               ///< the command line
  std::vector<std::string> sources;  ///< "7.png sha256:1f2e...", an entry an input
};

}  // namespace nv::render
