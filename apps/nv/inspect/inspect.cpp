// nv inspect: the structure of models.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "inspect/audit.h"
#include "inspect/diff.h"
#include "inspect/explorer.h"
#include "inspect/model_files.h"
#include "inspect/pictures.h"
#include "inspect/text.h"
#include "nv/analysis/families.h"
#include "nv/analysis/inspect.h"
#include "nv/core/error.h"
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

class Inspect final : public Command {
 public:
  void declare(OptionSet& options) override {
    const OptionGroup general = options.group("Options");
    general.add("MODEL", files_, "MODEL", "Model files: .h5, .hdf5, .keras; directories of them").required();
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
    std::vector<std::string> files = model_files(files_);
    directories_ = files != files_;
    files_ = std::move(files);
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
  bool listed() const { return files_.size() > 1 || directories_ || summary_ || form_.json_lines(); }

  /// Whether a file that cannot be used is reported and the others are shown.
  bool goes_on() const { return files_.size() > 1 || form_.rows() || (!form_.text() && listed()); }

  /// Draws and prints one model.
  void show(Console& console, const Inspection& in) {
    for (const std::string& note : in.notes) console.note(fmt::format("{}: {}", in.model.file, note));
    const std::vector<std::string> drawn = draw(console, in);
    if (pictures_.page_wanted())
      pictures_.write_page(in, console.command_line(), facts_of(in), layer_table(in));
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
    std::vector<std::string> drawn = pictures_.draw(in, console.command_line());
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

  std::vector<std::string> files_;
  std::string layer_, weights_file_;
  bool stats_ = false, summary_ = false, dot_ = false, diff_ = false, audit_ = false, sarif_ = false;
  bool directories_ = false;  ///< files_ are the contents of directories
  ResultForm form_;
  InspectPictures pictures_;
  ExplorerFiles explorer_;

  Json models_ = Json::array();  ///< for --json
  Table summary_table_ = nv::summary_table();
  std::size_t errors_ = 0;
  bool first_ = true;  ///< no text was printed yet
};

}  // namespace

std::unique_ptr<Command> make_inspect() {
  return std::make_unique<Inspect>();
}

}  // namespace nv
