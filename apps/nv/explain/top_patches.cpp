#include "explain/top_patches.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/core/parse.h"
#include "nv/core/text.h"
#include "nv/figures/explanation/patch_sheet.h"
#include "nv/figures/input_picture.h"
#include "nv/render/scene/scale.h"
#include "nv/report/json.h"
#include "shared/stage.h"

namespace nv {

namespace {

/// "ROW,COLUMN". Throws Error(usage).
std::optional<std::array<std::int64_t, 2>> parse_unit(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() == 2) {
    const auto row = parse_whole(trim(parts[0])), column = parse_whole(trim(parts[1]));
    if (row && column) return std::array{*row, *column};
  }
  throw Error(ErrorKind::usage, fmt::format("--unit: expected ROW,COLUMN, got '{}'", one_line(text)),
              "both count from 0, at the top left");
}

/// Adds an input; errors name the layer.
void add(TopUnits& top, const TopPatches::Run& r, std::size_t input, const Tensor& item) {
  try {
    top.add(input, item, r.engine.structure().nodes[r.node].channels_first);
  } catch (const Error& e) {
    const Model& model = r.engine.model();
    throw Error(e.kind(), fmt::format("{}: layer {}: {}", model.file, model.nodes[r.node].path, e.what()),
                e.hint());
  }
}

}  // namespace

void TopPatches::declare(const OptionGroup& group) {
  channel_option_ = group.add("--channel", channel_, "K", "With top-patches: the channel of --layer")
                        .at_least(0)
                        .default_value("");
  unit_option_ =
      group.add("--unit", unit_, "ROW,COLUMN", "With top-patches: this unit, not the largest of the map");
}

void TopPatches::check(bool chosen, const std::string& layer) const {
  if (!chosen && (channel_option_.is_given() || unit_option_.is_given()))
    throw Error(ErrorKind::usage, "explain: --channel and --unit belong to --method top-patches",
                "add --method top-patches, or remove them");
  if (chosen && (layer.empty() || !channel_option_.is_given()))
    throw Error(ErrorKind::usage, "explain: top-patches needs --layer and --channel",
                "nv inspect shows the layers and their channels");
  (void)parse_unit(unit_);
}

std::string TopPatches::title(const Run& r) const {
  return fmt::format("{} channel {}", r.engine.model().nodes[r.node].path, channel_);
}

TopUnits TopPatches::largest(Run& r, InputLoop& loop) {
  TopUnits top(r.take, channel_, parse_unit(unit_));
  std::vector<bool> keep(r.engine.model().nodes.size(), false);
  keep[r.node] = true;
  const BatchReader reader(r.console, r.set.inputs, r.engine, {std::int64_t{1} << 25, 256, keep});
  loop.run(reader, [&](const Batch& batch, std::size_t first) {
    Trace trace;
    if (!batch.tensors.empty()) {
      const Stage stage("passes");
      trace = r.engine.forward(batch.tensors, keep);
    }
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      if (batch.item[i]) {
        add(top, r, first + i, trace.outputs[r.node].item(*batch.item[i]));
        continue;
      }
      loop.add_error(batch.inputs[i].error, batch.inputs[i].hint);
      failed_.emplace_back(r.set.inputs[first + i].id, batch.inputs[i].error);
    }
  });
  return top;
}

std::vector<TopPatches::Patch> TopPatches::patches(const Run& r, const TopUnits& top) const {
  const Model& model = r.engine.model();
  const Structure& structure = r.engine.structure();
  std::vector<Patch> all;
  for (const TopUnit& unit : top.best()) {
    Patch patch{unit, r.set.inputs.try_load(unit.input), 0, {}};
    std::vector<Shape> shapes;
    for (const Tensor& t : patch.input.tensors) shapes.push_back(t.shape());
    const auto field = receptive_field(model, structure, output_shapes(model, structure, shapes), r.node,
                                       unit.row, unit.column);
    while (patch.picture + 1 < shapes.size() && shapes[patch.picture].rank() != 3) ++patch.picture;
    patch.box = field[patch.picture].box();
    all.push_back(std::move(patch));
  }
  return all;
}

NamedSheet TopPatches::sheet(const Run& r, const std::vector<Patch>& patches) const {
  return {
      fmt::format("{}-{}-{}", method, r.engine.model().nodes[r.node].path, channel_),
      picture_title(r.engine.model(), title(r)),
      [this, &r, &patches](const figures::Style& style, const render::Page& page) {
        figures::PatchSheet sheet;
        sheet.title = title(r);
        sheet.kind = fmt::format("top {} of {} input{}", patches.size(),
                                 thousands(static_cast<std::int64_t>(r.set.inputs.size())),
                                 r.set.inputs.size() == 1 ? "" : "s");
        sheet.source = model_title(r.engine.model());
        for (const Patch& p : patches) {
          const figures::InputPicture drawn =
              figures::input_picture(r.engine, p.input, p.picture, r.preprocess);
          if (!drawn.picture.whole())
            throw_usage("{}: it is no picture, so no patch can be drawn", p.input.file);
          sheet.patches.push_back({drawn.picture, p.box, render::compact_number(p.unit.value), p.input.id});
        }
        sheet.remarks.push_back(
            fmt::format("frame: what the unit sees of the input; number: its value{}",
                        unit_.empty() ? ", the largest of the channel's map" : ", at " + unit_));
        sheet.theme = style.theme;
        sheet.page = page;
        return draw(sheet);
      }};
}

void TopPatches::write(Run& r, const std::vector<Patch>& patches,
                       std::vector<std::pair<std::string, std::string>>& files) {
  if (patches.empty() || !r.out.wanted()) return;
  NamedSheet drawn = sheet(r, patches);
  if (OutputFolder* const folder = r.out.folder()) {
    drawn.name = folder->name_of(drawn.name);
    folder->replaces(drawn.name);
    for (const render::PictureFormat& format : r.formats)
      files.emplace_back(
          std::string(render::extension(format)),
          write_sheets(*folder, "", {&drawn, 1}, {&format, 1}, r.sources, r.style, r.engine.pool())[0]);
  } else if (r.out.is_sheet()) {
    write_sheet(r.out.path, drawn, r.sources, r.style, r.out.rules.force);
  }
  if (!r.out.page.wanted()) return;
  r.out.page.begin(fmt::format("{}: {}", model_title(r.engine.model()), title(r)), r.style, r.sources);
  r.out.page.section("Top patches");
  r.out.page.figures({&drawn, 1}, "figures", {r.out.page.room(), false}, r.engine.pool());
  r.out.page.finish();
}

void TopPatches::print(Run& r, const std::vector<Patch>& patches, const InputLoop& loop,
                       const std::vector<std::pair<std::string, std::string>>& files) {
  const Model& model = r.engine.model();
  Json head{{"schema", schema_id("explain")},
            {"model", {{"file", model.file}, {"name", model.name}}},
            {"method", method},
            {"params",
             {{"layer", model.nodes[r.node].path},
              {"channel", channel_},
              {"take", static_cast<std::int64_t>(r.take)}}},
            {"of", fmt::format("{}:{}", model.nodes[r.node].path, channel_)}};
  if (!unit_.empty()) head["params"]["unit"] = unit_;
  ListDocument document(head, "inputs");
  r.form.set_columns({"id", "file", "patch.value", "patch.row", "patch.column", "patch.top", "patch.left",
                      "patch.height", "patch.width"});
  Table table;
  for (const char* name : {"value", "unit", "patch"}) table.column(name, Table::Align::right);
  table.column("input", Table::Align::left);
  for (const Patch& p : patches) {
    const Json item{{"id", p.input.id},
                    {"file", p.input.file},
                    {"status", "ok"},
                    {"preprocess", p.input.preprocess},
                    {"class", nullptr},
                    {"label", nullptr},
                    {"method", method},
                    {"files", Json::object()},
                    {"patch",
                     {{"value", number(p.unit.value)},
                      {"row", p.unit.row},
                      {"column", p.unit.column},
                      {"top", p.box.top},
                      {"left", p.box.left},
                      {"height", p.box.height},
                      {"width", p.box.width}}}};
    document.add(item);
    r.form.print_row(r.console, item);
    table.row({render::compact_number(p.unit.value), fmt::format("{},{}", p.unit.row, p.unit.column),
               fmt::format("{} x {} at {},{}", p.box.height, p.box.width, p.box.top, p.box.left),
               p.input.id});
  }
  for (const auto& [id, error] : failed_) document.add({{"id", id}, {"status", "error"}, {"error", error}});
  Json summary{{"inputs", r.set.inputs.size()}, {"errors", loop.errors()}};
  for (const auto& [kind, file] : files) summary["files"][kind] = file;
  const std::string text = document.finish({{"summary", summary}});
  if (r.form.json()) r.console.result(text);
  r.form.end_rows(r.console);
  if (r.form.text()) r.console.result(table.text(r.console));
  r.out.finish(text);
}

int TopPatches::run(Run r) {
  InputLoop loop(r.console, r.set.inputs, "explain", r.strict);
  const TopUnits top = largest(r, loop);
  const std::vector<Patch> found = patches(r, top);
  std::vector<std::pair<std::string, std::string>> files;
  write(r, found, files);
  print(r, found, loop, files);
  if (r.form.text()) r.console.note_written({r.out.path, r.out.page.file()});
  return loop.exit_code(0);
}

}  // namespace nv
