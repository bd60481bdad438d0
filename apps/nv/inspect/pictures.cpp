#include "inspect/pictures.h"

#include <algorithm>

#include "nv/analysis/kernel_maps.h"
#include "nv/core/error.h"
#include "nv/figures/model/layer_kernels.h"
#include "nv/model/select.h"
#include "run/files.h"
#include "shared/for_option.h"
#include "shared/named_file.h"
#include "shared/origin.h"
#include "shared/sheets.h"

namespace nv {

void InspectPictures::declare(OptionSet& options) {
  const OptionGroup group = options.group("Result");
  for (File& f : structure_)
    group
        .add(fmt::format("--{}", render::extension(f.format)), f.name, "FILE",
             fmt::format("Drawing of the structure, NAME.{}", render::extension(f.format)))
        .check([format = f.format](const std::string& name) { check_extension(name, format); });
  group.add_flag("--all", all_, "Draw activation, normalisation and dropout as separate layers");
  group.add_flag("--compact", compact_,
                 "Draw what repeats once, without names (default: if the page is too small)");
  group
      .add("--layout", layout_, "LAYOUT",
           "volumes for chains and residual networks, u for U-Nets, graph is boxes")
      .one_of({"auto", "volumes", "u", "graph"});
  group.add("--scale", scale_, "SCALE", "Edges of volumes").one_of({"log", "linear"});
  group.add("--columns", columns_, "N", "Columns of a graph, or volumes per row")
      .range(1, 1000)
      .default_value("what fits best");
  group.add("--filters", filters_, "LAYER", "Kernels of a layer as a picture; needs -o");
  group.add("-o,--output", output_, "FILE", "Picture of --filters: NAME.png, .svg or .pdf");
  page_.declare(group);
  declare_force(group, force_);
  options_.declare(options);
}

bool InspectPictures::draws_structure() const {
  return std::any_of(structure_.begin(), structure_.end(), [](const File& f) { return !f.name.empty(); });
}

std::vector<OutputName> InspectPictures::outputs() const {
  std::vector<OutputName> all;
  for (const File& f : structure_) all.push_back({fmt::format("--{}", render::extension(f.format)), f.name});
  all.push_back({"-o", output_});
  all.push_back(page_name(page_.file()));
  return all;
}

std::vector<std::string> InspectPictures::names() const {
  std::vector<std::string> names;
  for (const OutputName& output : outputs())
    if (!output.name.empty()) names.push_back(output.name);
  return names;
}

void InspectPictures::check(Console& console, const std::vector<std::string>& read, std::size_t models,
                            bool document, std::vector<OutputName> more) {
  const char* const drawing = all_                ? "--all"
                              : compact_          ? "--compact"
                              : layout_ != "auto" ? "--layout"
                              : scale_ != "log"   ? "--scale"
                              : columns_ > 0      ? "--columns"
                                                  : nullptr;
  if (drawing != nullptr && !draws_structure() && !page_.wanted())
    throw Error(ErrorKind::usage, fmt::format("inspect: {} needs a drawing", drawing),
                "add --svg FILE, --png FILE or --pdf FILE");
  if (all_ && compact_) throw_usage("inspect: --all and --compact exclude each other");
  if (filters_.empty() != output_.empty())
    throw Error(ErrorKind::usage, "inspect: --filters LAYER and -o FILE need each other",
                "--filters conv1 -o conv1.png");
  if (!output_.empty() && !render::picture_format(output_))
    throw Error(ErrorKind::usage, fmt::format("-o {}: is not the name of a picture", output_),
                "NAME.png, .svg or .pdf");
  const std::vector<std::string> files = names();
  if (files.empty()) return;
  options_.print();
  options_.theme();
  if (models > 1) {
    const std::vector<OutputName> all = outputs();
    const auto first = std::ranges::find_if(all, [](const OutputName& o) { return !o.name.empty(); });
    throw Error(ErrorKind::usage,
                fmt::format("inspect: {} shows one model, and {} are given", first->option, models),
                "one model at a time; --summary is a table of many");
  }
  for (OutputName& output : outputs()) more.push_back(std::move(output));
  check_outputs(console, more, "", document);
  for (const std::string& output : files) {
    for (const std::string& file : read)
      if (same_file(output, file)) throw_usage("{}: is an input of this run", output);
    check_named_file(output, force_);
  }
  page_.set_force(force_);
}

std::vector<std::string> InspectPictures::draw(const Inspection& in, const std::string& command) {
  const std::vector<std::string> files = names();
  if (!output_.empty()) draw_filters(in, command);
  if (!draws_structure()) return files;
  const figures::StructureOptions structure = structure_options();
  const SheetStyle style = options_.style(command);
  const render::Compose compose = [&](const render::Page& page) {
    return figures::structure_sheet(in, structure, style, page);
  };
  for (const File& file : structure_)
    if (!file.name.empty()) write(in, compose, "structure", command, file);
  return files;
}

figures::StructureOptions InspectPictures::structure_options() const {
  figures::StructureOptions options;
  options.detail = all_       ? figures::StructureDetail::all
                   : compact_ ? figures::StructureDetail::compact
                              : figures::StructureDetail::folded;
  options.layout = layout_ == "volumes" ? figures::GraphLayout::volumes
                   : layout_ == "u"     ? figures::GraphLayout::u
                   : layout_ == "graph" ? figures::GraphLayout::boxes
                                        : figures::GraphLayout::automatic;
  options.linear = scale_ == "linear";
  options.columns = columns_;
  return options;
}

void InspectPictures::write_page(const Inspection& in, const std::string& command,
                                 const ReportPage::Facts& facts, const Table& layers) {
  if (!page_.wanted()) return;
  page_.begin(model_title(in.model), options_.style(command), {Fingerprints().of(in.model.file)});
  page_.section("Summary");
  page_.facts(facts);
  page_.section("Structure");
  const figures::StructureOptions how = structure_options();
  const NamedSheet sheet{"structure", picture_title(in.model, "structure"),
                         [&](const figures::Style& style, const render::Page& page) {
                           return figures::structure_sheet(in, how, style, page);
                         }};
  ThreadPool alone(1);
  page_.figures({&sheet, 1}, "drawings of the structure", {page_.room(), true}, alone);
  page_.section("Layers");
  page_.table(layers);
  page_.finish();
}

void InspectPictures::draw_filters(const Inspection& in, const std::string& command) const {
  const std::size_t node = for_option("--filters", [&] { return select_layer(in.model, filters_); });
  const KernelMaps kernels =
      for_option("--filters", [&] { return kernel_maps(in.model, in.structure, node); });
  const SheetStyle style = options_.style(command);
  const render::Compose compose = [&](const render::Page& page) {
    return figures::layer_kernels(in.model, node, kernels, style, page);
  };
  const std::string& layer = in.model.layer_of(in.model.nodes[node]).path;
  write(in, compose, layer + " kernels", command, {*render::picture_format(output_), output_});
}

void InspectPictures::write(const Inspection& in, const render::Compose& compose, const std::string& what,
                            const std::string& command, const File& file) const {
  write_named_file(file.name,
                   picture(compose, file.format, picture_title(in.model, what),
                           {Fingerprints().of(in.model.file)}, options_.style(command)),
                   force_);
}

}  // namespace nv
