// The lines on top of a figure.
#pragma once

#include <string>

namespace nv::render {

/// UTF-8; empty parts are left out.
struct Heading {
  std::string title;       ///< "conv1"
  std::string kind;        ///< "Conv2D"
  std::string shape_text;  ///< "28 x 28 x 6"
  std::string source;      ///< right of the title: "lenet5.h5"
  std::string caption;     ///< further lines below: "input 7.png"
};

}  // namespace nv::render
