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
#include "shared/output_names.h"
#include "shared/picture_options.h"
#include "shared/report_page.h"

namespace nv {

class InspectPictures {
 public:
  void declare(OptionSet& options);

  /// Checks the options before a model is read. `read`: input files of the run; `models`: number of models;
  /// `document` as in check_outputs; `more`: further files of the run. Throws Error(usage) for invalid
  /// options, Error(output) for files that must not be replaced.
  void check(Console& console, const std::vector<std::string>& read, std::size_t models, bool document,
             std::vector<OutputName> more);

  /// Writes the files and returns their names. `command`: for their metadata. Throws Error(usage, input,
  /// output).
  std::vector<std::string> draw(const Inspection& inspection, const std::string& command);

  /// Whether files are written.
  bool wanted() const { return !names().empty(); }
  /// Whether existing files of others are replaced.
  bool force() const { return force_; }
  /// Whether draw() reads weights.
  bool needs_weights() const { return !filters_.empty(); }

  bool page_wanted() const { return page_.wanted(); }
  /// Writes the page: `facts` about the model, its structure, the table of its layers.
  void write_page(const Inspection& inspection, const std::string& command, const ReportPage::Facts& facts,
                  const Table& layers);

 private:
  struct File {
    render::PictureFormat format;
    std::string name;
  };

  std::vector<OutputName> outputs() const;
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
