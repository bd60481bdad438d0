#include "run/files.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "nv/figures/pass/layer_sheet.h"
#include "nv/figures/pass/overview.h"
#include "nv/figures/pass/reliability_diagram.h"
#include "nv/keras/hdf5/writer.h"
#include "nv/report/run.h"

namespace nv {

namespace {

constexpr std::string_view reliability_name = "reliability";

constexpr std::pair<std::string_view, RunFormat> format_names[] = {
    {"png", RunFormat::png}, {"svg", RunFormat::svg}, {"pdf", RunFormat::pdf},  {"npz", RunFormat::npz},
    {"npy", RunFormat::npy}, {"h5", RunFormat::h5},   {"json", RunFormat::json}};

/// Renames arrays for HDF5: a path that is a prefix of another is a group there, so its array becomes
/// PATH/output; empty and "." components, which HDF5 ignores, get a '_'.
std::vector<std::pair<std::string, Tensor>> named_for_hdf5(
    std::vector<std::pair<std::string, Tensor>> arrays) {
  std::set<std::string> taken, groups;
  for (auto& [name, tensor] : arrays) {
    std::string usable;
    for (const std::string& part : split(name, '/'))
      usable += (usable.empty() ? "" : "/") + (part.empty() || part == "." ? "_" + part : part);
    name = usable;
    taken.insert(name);
    for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1))
      groups.insert(name.substr(0, at));
  }
  std::set<std::string> used;
  for (auto& [name, tensor] : arrays) {
    if (groups.contains(name)) {
      name += "/output";
      while (taken.contains(name) || groups.contains(name)) name += '_';
      taken.insert(name);
    }
    while (!used.insert(name).second) name += '_';
  }
  return arrays;
}

std::string activations_json(const std::vector<std::pair<std::string, Tensor>>& arrays) {
  ListDocument doc({{"schema", schema_id("activations")}}, "layers");
  for (const auto& [path, tensor] : arrays) {
    Json values = Json::array();
    for (float x : tensor.values()) values.push_back(number(x));
    doc.add({{"path", path}, {"shape", shape_json(tensor.shape())}, {"values", std::move(values)}});
  }
  return doc.finish(Json::object());
}

}  // namespace

std::string file_stem(const Model& model, std::size_t node) {
  return fmt::format("{:03}-{}", node, file_safe(model.nodes[node].path));
}

RunFormat parse_run_format(const std::string& name) {
  for (const auto& [known, format] : format_names)
    if (name == known) return format;
  throw Error(ErrorKind::usage, fmt::format("--format: no format '{}'", one_line(name)),
              "png, svg, pdf, npz, npy, h5, json");
}

std::vector<NamedSheet> truth_sheets(const Model& model, const TruthSummary& truth) {
  if (truth.calibration.inputs() < 2) return {};
  return {{std::string(reliability_name), picture_title(model, "reliability diagram"),
           [&](const figures::Style& style, const render::Page& page) {
             return figures::reliability_diagram(truth.calibration, model_title(model), style, page);
           }}};
}

RunWriter::RunWriter(ResultOutput& out, std::vector<RunFormat> formats, std::vector<bool> layers)
    : out_(out), formats_(std::move(formats)), layers_(std::move(layers)) {
  if (out.is_sheet() && std::ranges::count(layers_, true) == 0)
    throw Error(ErrorKind::usage, fmt::format("-o {}: no layer is chosen to draw", out.path),
                "remove --predict or --layers none");
}

bool RunWriter::wants(RunFormat f) const {
  return std::ranges::find(formats_, f) != formats_.end();
}

void RunWriter::write(const SheetSource& source, RunResult& result, const SheetStyle& style,
                      ThreadPool& pool) {
  if (out_.path.empty()) return;
  const std::vector<NamedSheet> all = sheets(source, result);
  if (out_.is_sheet())
    write_sheet(out_.path, result.layers.size() == 1 ? all[1] : all[0], source.sources, style,
                out_.rules.force);
  if (out_.folder() == nullptr) return;
  OutputFolder& files = *out_.folder();
  const std::string place = files.name_of(result.id), folder = place + "/";
  files.replaces(place);
  if (const auto formats = picture_formats(); !formats.empty() && !all.empty()) {
    const std::vector<std::string> drawn =
        write_sheets(files, place, all, formats, source.sources, style, pool);
    for (std::size_t i = 0; i < result.layers.size(); ++i) result.layers[i].file = drawn[i + 1];
    result.files.emplace_back("overview", drawn[0]);
  }
  write_arrays(files, source, result, folder);
  result.files.emplace_back("prediction", folder + "prediction.json");
  Json json{{"schema", schema_id("prediction")}};
  Json item = run_item_json(result);
  item.erase("layers");
  json.update(item);
  files.write(folder + "prediction.json", document(json));
  if (first_.empty())
    first_ = !picture_formats().empty() && !result.layers.empty()
                 ? fmt::format("{}overview.{}", folder, render::extension(picture_formats().front()))
                 : folder;
}

std::string RunWriter::write_of_set(std::span<const NamedSheet> sheets,
                                    const std::vector<std::string>& sources, const SheetStyle& style,
                                    ThreadPool& pool) {
  if (out_.folder() == nullptr) return {};
  // That of an earlier run is of other inputs.
  for (const char* extension : {"png", "svg", "pdf"})
    out_.folder()->replaces(fmt::format("{}.{}", reliability_name, extension));
  const auto formats = picture_formats();
  if (sheets.empty() || formats.empty()) return {};
  return write_sheets(*out_.folder(), "", sheets, formats, sources, style, pool)[0];
}

void RunWriter::write_tables(const TruthSummary* truth, std::span<const std::string> labels) {
  if (out_.folder() == nullptr) return;
  for (const char* name : {"confusion.csv", "calibration.csv"}) out_.folder()->replaces(name);
  if (truth == nullptr) return;
  if (truth->confusion.total() > 0)
    out_.folder()->write("confusion.csv", confusion_csv(truth->confusion, labels));
  if (truth->calibration.inputs() > 0)
    out_.folder()->write("calibration.csv", calibration_csv(truth->calibration));
}

std::vector<NamedSheet> RunWriter::sheets(const SheetSource& source, const RunResult& result) const {
  const Model& model = source.engine.model();
  std::vector<NamedSheet> sheets;
  if (result.layers.empty()) return sheets;
  sheets.push_back({"overview", picture_title(model, "overview"),
                    [&](const figures::Style& style, const render::Page& page) {
                      return figures::overview_sheet(source, layers_, style, page);
                    }});
  for (const LayerResult& layer : result.layers)
    sheets.push_back({file_stem(model, layer.index), picture_title(model, layer.path),
                      [&, node = layer.index](const figures::Style& style, const render::Page& page) {
                        return figures::layer_sheet(source, node, style, page);
                      }});
  return sheets;
}

std::vector<render::PictureFormat> RunWriter::picture_formats() const {
  std::vector<render::PictureFormat> formats;
  for (const RunFormat f : formats_) {
    if (f == RunFormat::png) formats.push_back(render::PictureFormat::png);
    if (f == RunFormat::svg) formats.push_back(render::PictureFormat::svg);
    if (f == RunFormat::pdf) formats.push_back(render::PictureFormat::pdf);
  }
  return formats;
}

void RunWriter::write_arrays(OutputFolder& files, const SheetSource& source, RunResult& result,
                             const std::string& folder) const {
  std::vector<std::pair<std::string, Tensor>> arrays;
  for (const LayerResult& layer : result.layers)
    arrays.emplace_back(layer.path, source.trace.outputs[layer.index].item(source.item));
  if (wants(RunFormat::npz)) {
    files.write(folder + "activations.npz", encode_npz(arrays));
    result.files.emplace_back("npz", folder + "activations.npz");
  }
  if (wants(RunFormat::h5)) {
    files.write(folder + "activations.h5", encode_hdf5(named_for_hdf5(arrays)));
    result.files.emplace_back("h5", folder + "activations.h5");
  }
  if (wants(RunFormat::json)) {
    files.write(folder + "activations.json", activations_json(arrays));
    result.files.emplace_back("json", folder + "activations.json");
  }
  if (wants(RunFormat::npy)) {
    for (LayerResult& layer : result.layers) {
      const std::string name = folder + file_stem(source.engine.model(), layer.index) + ".npy";
      files.write(name, encode_npy(source.trace.outputs[layer.index].item(source.item)));
      if (layer.file.empty()) layer.file = name;
    }
  }
}

std::string RunWriter::written() const {
  if (out_.path.empty()) return {};
  const OutputFolder* const folder = out_.folder();
  if (folder == nullptr) return fmt::format("wrote {}", out_.path);
  if (first_.empty()) return {};
  return fmt::format("wrote {}; open {}", folder->path().string(), (folder->path() / first_).string());
}

}  // namespace nv
