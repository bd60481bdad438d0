// Pictures of `nv inspect`: drawing of the structure, kernels of a layer.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "nv/analysis/inspect.h"
#include "nv/figures/model/structure.h"
#include "nv/render/backends/encode.h"
#include "nv/render/scene/print.h"
#include "shared/option_set.h"
#include "shared/picture_options.h"
#include "shared/report_page.h"

namespace nv {

class InspectPictures {
 public:
  void declare(OptionSet& options);

  /// Checks the options before a model is read. `read`: input files of the run; `models`: number of models.
  /// Throws Error(usage) for invalid options, Error(output) for files that must not be replaced.
  void check(const std::vector<std::string>& read, std::size_t models);

  /// Writes the files and returns their names. `command`: for their metadata. Throws Error(usage, input,
  /// output).
  std::vector<std::string> draw(const Inspection& inspection, const std::string& command);

  /// Whether files are written.
  bool wanted() const { return !names().empty(); }
  /// Whether existing files of others are replaced.
  bool force() const { return force_; }
  /// Whether draw() reads weights.
  bool needs_weights() const { return !filters_.empty(); }

  /// Whether a page is written: `draw` begins it with the structure, `finish_page` adds the table of layers.
  bool page_wanted() const { return page_.wanted(); }
  void finish_page(const Table& layers);

 private:
  struct File {
    render::PictureFormat format;
    std::string name;
  };

  std::vector<std::string> names() const;
  bool draws_structure() const;
  figures::StructureOptions structure_options() const;
  void write(const Inspection& inspection, const render::Compose& compose, const std::string& what,
             const std::string& command, const File& file) const;
  void draw_filters(const Inspection& inspection, const std::string& command) const;

  std::array<File, 3> structure_{
      {{render::PictureFormat::svg, {}}, {render::PictureFormat::png, {}}, {render::PictureFormat::pdf, {}}}};
  std::string filters_, output_;
  bool all_ = false, compact_ = false, force_ = false;
  std::string layout_ = "auto", scale_ = "log";
  int columns_ = 0;
  PictureOptions options_;
  ReportPage page_;
};

}  // namespace nv
