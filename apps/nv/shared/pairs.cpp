#include "shared/pairs.h"

#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/comparison/difference_growth.h"
#include "nv/figures/comparison/layer_change.h"
#include "nv/figures/comparison/pair_overview.h"
#include "nv/model/select.h"
#include "run/files.h"
#include "shared/for_option.h"
#include "shared/picture_options.h"

namespace nv {

namespace {

/// An id or a file for a caption: cut in the middle, where names differ least.
std::string caption_name(const std::string& name) {
  return shortened_middle(one_line(name), 48);
}

}  // namespace

void PairOptions::declare(const OptionGroup& group) {
  group.add("--format", list_, "LIST", "With -o DIR, files to write")
      .list_of({"png", "svg", "pdf"})
      .default_value("png");
  group.add("--layers", layers_, "LAYERS",
            "Names, globs, @Kind, numbers 3 or 2-5, all, none; comma-separated");
  group.add("--top", top_, "K", "Number of channels to show").range(1, 100000);
}

void PairOptions::check(const ResultOutput& out) {
  out.check_formats(list_);
  formats_ = parse_picture_formats(list_.empty() ? "png" : list_);
}

std::vector<bool> PairOptions::selected(const Model& model) const {
  return for_option("--layers", [&] { return select_layers(model, layers_); });
}

void describe_mutant(Pair& pair, const std::string& id, const std::string& before, const std::string& after,
                     std::span<const Mutation> mutations) {
  const auto predicted = [](const std::string& text) { return text == "-" ? "" : ": " + text; };
  pair.name_a = "intact";
  pair.name_b = only_frozen(mutations) ? "frozen" : "mutated";
  pair.name_difference = "difference";
  pair.caption = fmt::format("input {}  ·  intact{}  ·  {} ({}){}", caption_name(id), predicted(before),
                             pair.name_b, mutations_text(mutations), predicted(after));
}

void describe_models(Pair& pair, const std::string& id, const std::string& before, const std::string& after) {
  const std::filesystem::path a = pair.a.engine.model().file, b = pair.b.engine.model().file;
  const bool same = a.filename() == b.filename();
  const auto name = [same](const std::filesystem::path& file) {
    return same ? (file.parent_path().filename() / file.filename()).string() : file.filename().string();
  };
  describe_inputs(pair, {name(a), before}, {name(b), after}, false);
  pair.caption = fmt::format("input {}  ·  {}", caption_name(id), pair.caption);
}

void describe_inputs(Pair& pair, const InputCaption& a, const InputCaption& b, bool sample) {
  if (sample) {
    pair.name_a = "original";
    pair.name_b = "adversarial";
    pair.name_difference = "difference";
  }
  const auto side = [](const InputCaption& c) {
    const std::string name = caption_name(c.id);
    return c.prediction == "-" ? name : fmt::format("{}, {}", name, c.prediction);
  };
  pair.caption = fmt::format("{}: {}  ·  {}: {}", pair.name_a, side(a), pair.name_b, side(b));
}

void write_pair(ResultOutput& out, PairPage& page, const PairOptions& options, const Pair& pair,
                std::vector<LayerDifference>& layers, const PairText& text, const std::string& key,
                const SheetStyle& style) {
  if (!out.wanted()) return;
  const Model& model = pair.a.engine.model();
  std::vector<NamedSheet> sheets{
      {"overview", picture_title(model, "overview"), [&](const figures::Style& in, const render::Page& size) {
         return figures::pair_overview(pair, layers, in, size);
       }}};
  if (!layers.empty())
    sheets.push_back({"growth", picture_title(model, "difference by layer"),
                      [&](const figures::Style& in, const render::Page& size) {
                        return figures::difference_growth(pair, layers, in, size);
                      }});
  const std::size_t first = sheets.size();  // of the sheets of layers
  for (const LayerDifference& layer : layers)
    sheets.push_back({file_stem(model, layer.index), picture_title(model, layer.path),
                      [&](const figures::Style& in, const render::Page& size) {
                        return figures::layer_change(pair, layer, options.top(), in, size);
                      }});
  ThreadPool& pool = pair.a.engine.pool();
  if (out.is_sheet())
    write_sheet(out.path, layers.size() == 1 ? sheets[first] : sheets[0], pair.sources, style,
                out.rules.force);
  if (OutputFolder* const folder = out.folder()) {
    const std::string place = folder->name_of(key);
    folder->replaces(place);
    const std::vector<std::string> files =
        write_sheets(*folder, place, sheets, options.formats(), pair.sources, style, pool);
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i].file = files[first + i];
  }
  const std::span<const NamedSheet> all(sheets);
  page.add(text, pair.caption, layers, all.first(first), all.subspan(first), pool);
}

}  // namespace nv
