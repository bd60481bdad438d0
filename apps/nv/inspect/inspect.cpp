// nv inspect: the structure of models.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "inspect/audit.h"
#include "inspect/diff.h"
#include "inspect/explorer.h"
#include "inspect/pictures.h"
#include "nv/analysis/families.h"
#include "nv/analysis/inspect.h"
#include "nv/core/error.h"
#include "nv/core/sizes.h"
#include "nv/core/text.h"
#include "nv/model/select.h"
#include "nv/report/inspect.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/exit_code.h"
#include "shared/for_option.h"
#include "shared/open.h"
#include "shared/result_form.h"
#include "shared/stage.h"

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

Table layer_table(const Inspection& in) {
  Table table;
  for (const auto& [header, align] :
       std::initializer_list<std::pair<const char*, Table::Align>>{{"#", Table::Align::right},
                                                                   {"layer", Table::Align::left},
                                                                   {"kind", Table::Align::left},
                                                                   {"output", Table::Align::left},
                                                                   {"parameters", Table::Align::right},
                                                                   {"MACs", Table::Align::right},
                                                                   {"field", Table::Align::right},
                                                                   {"input from", Table::Align::left}})
    table.column(header, align);
  for (std::size_t i = 0; i < in.model.nodes.size(); ++i) {
    check_interrupt();
    const Node& node = in.model.nodes[i];
    const NodeStructure& s = in.structure.nodes[i];
    const std::int64_t parameters = in.model.layer_of(node).parameters();
    table.row({fmt::format("{}", i), shortened_middle(one_line(node.path), longest_cell), kind_text(in, i),
               shape_text(s.output), parameters == 0 ? "" : thousands(parameters),
               !s.macs        ? "?"
               : *s.macs == 0 ? ""
                              : short_count(*s.macs),
               field_text(s.field), source_text(in, node)});
  }
  return table;
}

/// For a page.
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

class Inspect final : public Command {
 public:
  void declare(OptionSet& options) override {
    const OptionGroup general = options.group("Options");
    general.add("MODEL", files_, "MODEL", "Model files: .h5, .hdf5, .keras").required();
    declare_weights(general, weights_file_);
    const OptionGroup group = options.group("Result");
    group.add("--layer", layer_, "LAYER", "Details of one layer, with statistics of its weights");
    group.add_flag("--stats", stats_, "Statistics of weights in the JSON: min, max, mean, std, zeros");
    group.add_flag("--summary", summary_, "One row per model; with --json a list of models, also of one");
    form_.declare_json(group);
    form_.declare_json_lines(group, "model");
    form_.declare_rows(group, "layer; with --summary per model");
    group.add_flag("--diff", diff_, "Differences between two models, weights included");
    group.add_flag("--dot", dot_, "Graph for Graphviz");
    explorer_.declare(group);
    group.add_flag("--audit", audit_, "Risks of opening it in Keras: code, other files, malformed archives");
    group.add_flag("--sarif", sarif_, "With --audit: findings as SARIF 2.1.0");
    pictures_.declare(options);
  }

  int run(Console& console) override {
    check_options(console);
    if (audit_) return audit(console);
    if (diff_) return show_difference(console, open(files_[0]), open(files_[1]), form_.json());
    set_columns();
    for (const std::string& file : files_) {
      check_interrupt();
      try {
        show(console, examine(file));
      } catch (const Error& e) {
        // Continues with the other models.
        if (!goes_on() || e.kind() == ErrorKind::usage || e.kind() == ErrorKind::output) throw;
        console.error(e.what(), e.hint());
        add(console, {{"model", {{"file", file}}}, {"error", e.what()}});
        ++errors_;
      }
    }
    finish(console);
    return errors_ > 0 ? exit_code(ErrorKind::input) : 0;
  }

 private:
  void check_options(Console& console) {
    form_.check("inspect");
    if (dot_ && (summary_ || !form_.text()))
      throw_usage("inspect: --dot excludes --summary, --json, --jsonl, --csv and --tsv");
    if (!weights_file_.empty() && files_.size() > 1)
      throw_usage("inspect: --weights needs one model, got {}", files_.size());
    std::vector<std::string> read = files_;
    if (!weights_file_.empty()) read.push_back(weights_file_);
    std::vector<OutputName> more;
    for (const std::string& name : explorer_.names()) more.push_back({"--model-explorer", name});
    pictures_.check(console, read, files_.size(), !form_.text() || dot_, more);
    explorer_.check(read, files_.size(), pictures_.force());
    if (sarif_ && !audit_)
      throw Error(ErrorKind::usage, "inspect: --sarif needs --audit", "nv inspect MODEL --audit --sarif");
    const bool other_form = form_.json_lines() || form_.rows();
    if (audit_ && (dot_ || summary_ || diff_ || stats_ || !layer_.empty() || pictures_.wanted() ||
                   explorer_.wanted() || other_form || (form_.json() && sarif_)))
      throw Error(ErrorKind::usage, "inspect: --audit can be combined only with --json or --sarif",
                  "nv inspect MODEL --audit");
    if (diff_ &&
        (files_.size() != 2 || summary_ || dot_ || !layer_.empty() || explorer_.wanted() || other_form))
      throw Error(ErrorKind::usage, "inspect: --diff needs two models, and can be combined only with --json",
                  "nv inspect A B --diff");
  }

  /// Whether the JSON is a list of models.
  bool listed() const { return files_.size() > 1 || summary_ || form_.json_lines(); }

  /// Whether a file that cannot be used is reported and the others are shown.
  bool goes_on() const { return files_.size() > 1 || form_.rows() || (!form_.text() && listed()); }

  /// Draws and prints one model.
  void show(Console& console, const Inspection& in) {
    for (const std::string& note : in.notes) console.note(fmt::format("{}: {}", in.model.file, note));
    const std::vector<std::string> drawn = draw(console, in);
    if (pictures_.page_wanted())
      pictures_.write_page(in, console.command_line, facts_of(in), layer_table(in));
    if (!form_.text())
      add(console, inspection_json(in, chosen(in.model)));
    else if (summary_)
      add_summary(summary_table_, in);
    else if (drawn.empty() || dot_ || !layer_.empty())
      console.result((std::exchange(first_, false) ? "" : "\n") + text(console, in));
    if (form_.text() && !dot_)
      for (const std::string& name : drawn) console.note_written({name});
  }

  std::vector<std::string> draw(const Console& console, const Inspection& in) {
    const Stage stage("drawing");
    std::vector<std::string> drawn = pictures_.draw(in, console.command_line);
    for (std::string& name : explorer_.write(in, pictures_.force())) drawn.push_back(std::move(name));
    return drawn;
  }

  /// Prints a model, or one that could not be read, in another form than text.
  void add(Console& console, Json json) {
    if (summary_) json.erase("layers");
    if (form_.json_lines()) console.result(line(json));
    if (form_.rows()) print_rows(console, json);
    if (form_.json()) models_.push_back(std::move(json));
  }

  void print_rows(Console& console, const Json& json) {
    Json row = json["model"];
    if (json.contains("error")) row["error"] = json["error"];
    if (summary_ || json.contains("error")) {
      for (const auto& [ports, shapes] : {std::pair("inputs", "input_shapes"), {"outputs", "output_shapes"}})
        for (const Json& port : row.value(ports, Json::array())) row[shapes].push_back(port["shape"]);
      return form_.print_row(console, row);
    }
    for (const Json& layer : json["layers"]) {
      Json one{{"file", row["file"]}};
      one.update(layer);
      form_.print_row(console, one);
    }
  }

  void set_columns() {
    if (summary_)
      form_.set_columns({"file", "format", "keras_version", "name", "kind", "layer_count", "parameters",
                         "trainable_parameters", "macs", "input_shapes", "output_shapes", "error"});
    else
      form_.set_columns({"file", "index", "path", "kind", "activation", "inputs", "input_shapes",
                         "output_shape", "parameters", "trainable", "macs", "receptive_field.size",
                         "receptive_field.stride", "receptive_field.start", "supported", "problem", "error"});
  }

  void finish(Console& console) {
    form_.end_rows(console);
    if (form_.json()) console.result(document(document_json()));
    if (form_.json_lines())
      console.result(line(
          {{"schema", schema_id("inspect")}, {"summary", {{"models", files_.size()}, {"errors", errors_}}}}));
    if (summary_ && form_.text()) console.result(summary_table_.text(console));
  }

  Json document_json() {
    Json json{{"schema", schema_id("inspect")}};
    if (listed())
      json["models"] = std::move(models_);
    else
      json.update(models_[0]);
    return json;
  }

  Inspection examine(const std::string& file) const {
    Model model = open(file);
    std::vector<bool> read(model.nodes.size(), stats_);
    if (!layer_.empty()) read[chosen_layer(model)] = true;
    const Stage stage("statistics");
    return inspect(std::move(model), read);
  }

  int audit(Console& console) const {
    std::vector<std::string> files = files_;
    if (!weights_file_.empty()) files.push_back(weights_file_);
    return show_audit(console, files,
                      form_.json() ? AuditForm::json
                      : sarif_     ? AuditForm::sarif
                                   : AuditForm::text);
  }

  /// Opens a model. Error(unsupported) becomes Error(input): inspect runs nothing, so a model of unknown
  /// structure is an unusable file.
  Model open(const std::string& file) const {
    try {
      const bool numbers = stats_ || diff_ || !layer_.empty() || pictures_.needs_weights();
      return open_untrusted(file, weights_file_, numbers ? WeightUse::read : WeightUse::described);
    } catch (const Error& e) {
      throw Error(e.kind() == ErrorKind::unsupported ? ErrorKind::input : e.kind(), e.what(), e.hint());
    }
  }

  std::size_t chosen_layer(const Model& model) const {
    return for_option("--layer", [&] { return select_layer(model, layer_); });
  }

  std::vector<bool> chosen(const Model& model) const {
    std::vector<bool> nodes(model.nodes.size(), layer_.empty());
    if (!layer_.empty()) nodes[chosen_layer(model)] = true;
    return nodes;
  }

  std::string text(const Console& console, const Inspection& in) const {
    if (dot_) return graphviz(in);
    if (!layer_.empty()) return layer_text(console, in, chosen_layer(in.model));
    return table_text(console, in);
  }

  static Table summary_table() {
    Table t;
    t.column("model", Table::Align::left);
    t.column("kind", Table::Align::left);
    t.column("keras", Table::Align::left);
    t.column("layers", Table::Align::right);
    t.column("parameters", Table::Align::right);
    t.column("MACs", Table::Align::right);
    t.column("input", Table::Align::left);
    t.column("output", Table::Align::left);
    return t;
  }

  static void add_summary(Table& t, const Inspection& in) {
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

  std::vector<std::string> files_;
  std::string layer_, weights_file_;
  bool stats_ = false, summary_ = false, dot_ = false, diff_ = false, audit_ = false, sarif_ = false;
  ResultForm form_;
  InspectPictures pictures_;
  ExplorerFiles explorer_;

  Json models_ = Json::array();  ///< for --json
  Table summary_table_ = summary_table();
  std::size_t errors_ = 0;
  bool first_ = true;  ///< no text was printed yet
};

}  // namespace

std::unique_ptr<Command> make_inspect() {
  return std::make_unique<Inspect>();
}

}  // namespace nv
