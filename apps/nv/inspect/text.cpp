// Text of nv inspect.
#include "inspect/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/sizes.h"
#include "nv/core/text.h"
#include "nv/report/json.h"

namespace nv {
namespace {

std::string shape_text(const std::optional<Shape>& shape) {
  return shape ? shape->str() : "?";
}

std::string field_text(const std::optional<ReceptiveField>& f) {
  return f ? sizes_text(f->size) : "";
}

/// "Conv2D relu": kind of the layer and its activation function.
std::string kind_text(const Inspection& in, std::size_t i) {
  const LayerSpec& spec = in.model.layer_of(in.model.nodes[i]);
  const NodeStructure& s = in.structure.nodes[i];
  const std::string text = shortened(one_line(spec.kind), 40);
  if (!s.layer) return text + (s.unsupported ? " (not supported)" : " (cannot run)");
  const std::string note = activation_note(spec, s);
  return note.empty() ? text : fmt::format("{} {}", text, note);
}

std::string source_text(const Inspection& in, const Node& node) {
  std::vector<std::string> names;
  for (const Value& v : node.inputs) names.push_back(one_line(in.model.node(v).path));
  return shortened(fmt::format("{}", fmt::join(names, ", ")), longest_cell);
}

std::string heading(const Console& console, const Inspection& in) {
  const Model& m = in.model;
  const std::string keras = m.keras_version.empty() ? "Keras of unknown version" : "Keras " + m.keras_version;
  return fmt::format("{}  {} '{}', {}, {}\n", console.bold(m.file), one_line(m.kind),
                     shortened(one_line(m.name), 60), one_line(keras),
                     m.format == "h5"      ? "HDF5"
                     : m.format == "keras" ? ".keras archive"
                                           : "JSON and weights");
}

std::string ports_text(const Inspection& in, const std::vector<Port>& ports) {
  std::vector<std::string> list;
  for (const Port& p : ports)
    list.push_back(
        fmt::format("{} ({})", one_line(p.name),
                    shape_text(in.structure.nodes[static_cast<std::size_t>(p.value.node)].output)));
  return fmt::format("{}", fmt::join(list, ", "));
}

/// A histogram as one line of blocks.
std::string sparkline(const Histogram& h) {
  constexpr std::string_view blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::int64_t most = *std::ranges::max_element(h.counts);
  std::string text;
  for (std::int64_t n : h.counts) text += blocks[most == 0 || n == 0 ? 0 : 1 + n * 7 / most];
  return text;
}

/// "min -0.1  max 0.2 ...", then the histogram.
std::string weight_text(const Weight& w, const WeightStatistics& s) {
  return fmt::format(
      "  {}  {}  {}\n    min {:.4g}  max {:.4g}  mean {:.4g}  std {:.4g}  zeros {:.1f} %\n    {:.3g} |{}| "
      "{:.3g}\n",
      one_line(w.name), w.shape.str(), w.dtype, s.values.min, s.values.max, s.values.mean, s.values.std,
      s.values.zeros * 100, s.bins.lo, sparkline(s.bins), s.bins.hi);
}

}  // namespace

Table layer_table(const Inspection& in) {
  Table table;
  table.layer_columns();
  for (const auto& [header, align] :
       std::initializer_list<std::pair<const char*, Table::Align>>{{"output", Table::Align::left},
                                                                   {"parameters", Table::Align::right},
                                                                   {"MACs", Table::Align::right},
                                                                   {"field", Table::Align::right},
                                                                   {"input from", Table::Align::left}})
    table.column(header, align);
  table.expendable({6});
  std::set<int> counted;  // a shared layer's parameters are those of its first call
  for (std::size_t i = 0; i < in.model.nodes.size(); ++i) {
    check_interrupt();
    const Node& node = in.model.nodes[i];
    const NodeStructure& s = in.structure.nodes[i];
    const std::int64_t parameters = in.model.layer_of(node).parameters();
    table.layer_row(i, node.path, kind_text(in, i),
                    {shape_text(s.output),
                     parameters == 0                     ? ""
                     : counted.insert(node.layer).second ? thousands(parameters)
                                                         : "shared",
                     !s.macs        ? "?"
                     : *s.macs == 0 ? ""
                                    : short_count(*s.macs),
                     field_text(s.field), source_text(in, node)});
  }
  return table;
}

ReportPage::Facts facts_of(const Inspection& in) {
  const Model& m = in.model;
  return {{"model", fmt::format("{} '{}'", one_line(m.kind), shortened(one_line(m.name), 60))},
          {"saved by",
           m.keras_version.empty() ? "Keras of unknown version" : "Keras " + one_line(m.keras_version)},
          {"layers", fmt::format("{}", m.nodes.size())},
          {"parameters", thousands(m.parameters())},
          {"trainable", thousands(in.trainable_parameters())},
          {"multiply-adds per input", macs_text(in.structure)},
          {"inputs", ports_text(in, m.inputs)},
          {"outputs", ports_text(in, m.outputs)}};
}

std::string table_text(const Console& console, const Inspection& in) {
  std::string text = heading(console, in) + '\n' + layer_table(in).text(console);
  const std::int64_t trainable = in.trainable_parameters(), all = in.model.parameters();
  text += fmt::format("\n{} parameters ({} trainable), {} multiply-adds per input\n", thousands(all),
                      thousands(trainable), macs_text(in.structure));
  text += fmt::format("inputs   {}\noutputs  {}\n", ports_text(in, in.model.inputs),
                      ports_text(in, in.model.outputs));
  return text;
}

std::string layer_text(const Console& console, const Inspection& in, std::size_t i) {
  const Node& node = in.model.nodes[i];
  const LayerSpec& spec = in.model.layer_of(node);
  const NodeStructure& s = in.structure.nodes[i];
  std::string text = fmt::format("{}  {}  (layer {} of {})\n", console.bold(one_line(node.path)),
                                 kind_text(in, i), i, one_line(in.model.file));
  std::vector<std::string> shapes;
  for (const Shape& shape : s.inputs) shapes.push_back(shape.str());
  if (!node.inputs.empty())
    text += fmt::format("input       {}  from {}\n", fmt::join(shapes, ", "), source_text(in, node));
  text += fmt::format("output      {}\n", shape_text(s.output));
  if (s.field)
    text +=
        fmt::format("sees        {} input pixels, from ({}, {}), in steps of {}\n", sizes_text(s.field->size),
                    s.field->start[0], s.field->start[1], sizes_text(s.field->stride));
  text += fmt::format("parameters  {}{}\n", thousands(spec.parameters()),
                      spec.trainable ? "" : " (not trainable)");
  if (!s.macs)
    text += "MACs        ?\n";
  else if (*s.macs > 0)
    text += fmt::format("MACs        {}\n", thousands(*s.macs));
  if (!s.problem.empty()) text += fmt::format("problem     {}\n", one_line(s.problem));
  text += "\n" + console.bold("configuration") + "\n";
  for (const auto& [key, value] : spec.config.json().items())
    text += fmt::format("  {:<22} {}\n", one_line(key),
                        shortened(one_line(value.dump(-1, ' ', false, Json::error_handler_t::replace)), 90));
  if (!spec.weights.empty()) text += "\n" + console.bold("weights") + "\n";
  const auto at = in.weights.find(node.layer);
  for (std::size_t w = 0; w < spec.weights.size(); ++w)
    text += at != in.weights.end()
                ? weight_text(spec.weights[w], at->second[w])
                : fmt::format("  {}  {}\n", one_line(spec.weights[w].name), spec.weights[w].shape.str());
  return text;
}

Table summary_table() {
  Table t;
  t.column("model", Table::Align::left);
  t.column("kind", Table::Align::left);
  t.column("keras", Table::Align::left);
  t.column("layers", Table::Align::right);
  t.column("parameters", Table::Align::right);
  t.column("MACs", Table::Align::right);
  t.column("input", Table::Align::left);
  t.column("output", Table::Align::left);
  t.expendable({2, 5});
  return t;
}

void add_summary(Table& t, const Inspection& in) {
  const auto shapes = [&](const std::vector<Port>& ports) {
    std::vector<std::string> list;
    for (const Port& p : ports)
      list.push_back(shape_text(in.structure.nodes[static_cast<std::size_t>(p.value.node)].output));
    return fmt::format("{}", fmt::join(list, ", "));
  };
  t.row({in.model.file, in.model.kind, in.model.keras_version,
         thousands(static_cast<long long>(in.model.nodes.size())), thousands(in.model.parameters()),
         macs_text(in.structure), shapes(in.model.inputs), shapes(in.model.outputs)});
}

}  // namespace nv
