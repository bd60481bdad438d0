// nv sketch: pictures drawn by strokes.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "nv/analysis/captions.h"
#include "nv/analysis/input_specs.h"
#include "nv/analysis/prediction.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/parse.h"
#include "nv/core/text.h"
#include "nv/data/sketch.h"
#include "nv/render/backends/encode.h"
#include "nv/render/backends/png.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/inputs.h"
#include "shared/named_file.h"
#include "shared/open.h"
#include "shared/output_folder.h"
#include "shared/sample_folder.h"

namespace nv {
namespace {

struct DrawnSample {
  std::string id, file;
  Picture picture;
  std::vector<ClassScore> top = {}, likely = {};  ///< as in RunResult
};

/// How many variations of a drawing keep its predicted label.
struct LabelCounts {
  ClassScore drawing;       ///< what the model takes the drawing itself for
  std::int64_t inputs = 0;  ///< variations
  std::int64_t same = 0;    ///< that have its label
  std::int64_t right = 0;   ///< that have that of --label
};

Bytes png_of(const Picture& picture) {
  render::Image image{static_cast<int>(picture.width), static_cast<int>(picture.height), {}};
  for (const std::uint8_t v : picture.pixels) image.rgb.insert(image.rgb.end(), 3, v);
  // The mark by which nv knows files that it may replace.
  return render::encode_png(image, {0, {{"Software", "nv " NV_VERSION}}});
}

/// "28x28", "32": width and height.
std::pair<std::int64_t, std::int64_t> parse_size(const std::string& text) {
  const std::vector<std::string> parts = split(text, 'x');
  const auto width = parse_whole(trim(parts[0])), height = parse_whole(trim(parts.back()));
  if (parts.size() > 2 || !width || !height || *width < 1 || *height < 1 || *width > 4096 || *height > 4096)
    throw Error(ErrorKind::usage,
                fmt::format("--size: expected WIDTHxHEIGHT, 1 to 4096, got '{}'", one_line(text)),
                "--size 28x28");
  return {*width, *height};
}

class Sketch final : public Command {
 public:
  void declare(OptionSet& options) override {
    options_ = &options;
    const OptionGroup general = options.group("Options");
    general.add("STROKES", arguments_, "STROKES...",
                "Strokes: \"0.2,0.2 0.8,0.2 0.4,0.9\"; one point is a dot");
    general.add_flag("--stdin", from_stdin_, "Read strokes from standard input, one per line");
    const OptionGroup drawing = options.group("Drawing");
    drawing.add("--size", size_, "WxH", "Size in pixels");
    drawing.add("--brush", drawing_.brush, "PX", "Diameter of the brush in pixels")
        .positive()
        .default_value("a 12th of the smaller side");
    drawing.add_flag("--mnist", drawing_.mnist, "Scale and centre as MNIST's digits");
    drawing.add_flag("--dark", drawing_.dark_on_light, "Draw black on white (white on black)");
    drawing.add("--jitter", jitter_, "N", "Draw N variations, into a folder").range(1, 1000000);
    drawing.add("--seed", seed_, "S", "Seed of the variations");
    const OptionGroup result = options.group("Result");
    result.add("-o,--output", output_, "FILE", "FILE.png, or a folder with a sample list");
    result.add("--svg", svg_, "FILE", "Write the strokes as SVG too");
    result.add("--id", id_, "NAME", "Name of the sample in the folder");
    result.add("--label", label_, "CLASS", "True class in the sample list, a number").at_least(0);
    result.add("--model", model_, "MODEL", "Predict the class of each drawing");
    result.add_flag("--json", json_, "Print one JSON document");
    declare_force(result, rules_.force);
    input_flags_.declare(options);
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override;

 private:
  void check_options();
  /// Throws Error(usage) for options of inputs that have no effect.
  void check_unused() const;
  std::vector<Stroke> strokes() const;
  std::vector<DrawnSample> draw(const std::vector<Stroke>& lines) const;
  /// Predicts the drawings; with --jitter also that of `lines` as they are.
  void predict(std::vector<DrawnSample>& drawn, const std::vector<Stroke>& lines);
  void write(const Console& console, std::vector<DrawnSample>& drawn);
  void write_folder(const Console& console, std::vector<DrawnSample>& drawn);
  Json json(const std::vector<DrawnSample>& drawn) const;
  void print(Console& console, const std::vector<DrawnSample>& drawn) const;
  bool is_folder() const { return !output_.empty() && output_ != "-" && !render::picture_format(output_); }

  OptionSet* options_ = nullptr;
  std::vector<std::string> arguments_, labels_;
  std::string size_ = "28x28", output_, svg_, id_ = "sketch", model_;
  SketchOptions drawing_;
  std::optional<std::int64_t> jitter_, label_;
  std::optional<LabelCounts> label_counts_;  ///< with --jitter and --model
  std::uint64_t seed_ = 0;
  bool from_stdin_ = false, json_ = false;
  OutputRules rules_;
  InputFlags input_flags_;
  EngineOptions engine_options_;
};

void Sketch::check_unused() const {
  static constexpr std::string_view of_files[] = {"--items", "--recursive", "--truth", "--strict"};
  for (const auto& [option, value] : options_->given()) {
    if (option.group != "Inputs" || option.name() == "--no-defaults") continue;
    if (std::ranges::find(of_files, option.name()) != std::end(of_files))
      throw_usage("sketch: {} is for inputs from files", option.name());
    if (model_.empty())
      throw Error(ErrorKind::usage, fmt::format("sketch: {} is for predictions", option.name()),
                  "add --model MODEL");
  }
}

void Sketch::check_options() {
  check_unused();
  if (output_.empty() && svg_.empty() && model_.empty())
    throw Error(ErrorKind::usage, "sketch: nothing is asked for", "-o FILE.png, --svg FILE or --model MODEL");
  if (arguments_.empty() != from_stdin_)
    throw Error(ErrorKind::usage,
                from_stdin_ ? "sketch: --stdin excludes strokes as arguments" : "sketch: no strokes",
                "nv sketch -o 7.png \"0.2,0.2 0.8,0.2 0.4,0.9\"");
  if (is_folder()) check_picture_extension(output_);
  if (output_ == "-" && json_)
    throw Error(ErrorKind::usage, "sketch: -o - and --json both write to standard output", "-o FILE.png");
  if (!output_.empty() && !is_folder() && output_ != "-" &&
      render::picture_format(output_) != render::PictureFormat::png)
    throw Error(ErrorKind::usage, fmt::format("-o {}: a drawing is written as PNG", output_),
                "--svg FILE writes SVG");
  if (jitter_ && !output_.empty() && !is_folder())
    throw Error(ErrorKind::usage, fmt::format("-o {}: --jitter needs a folder", output_), "-o DIR");
  if (label_ && !is_folder()) throw Error(ErrorKind::usage, "sketch: --label needs a folder", "-o DIR");
  if (!svg_.empty() && svg_ == output_)
    throw Error(ErrorKind::usage, fmt::format("sketch: -o and --svg both write {}", svg_),
                "give one of them another name");
  std::tie(drawing_.width, drawing_.height) = parse_size(size_);
  const auto pictures = static_cast<std::uint64_t>(jitter_.value_or(1));
  check_memory(pictures * static_cast<std::uint64_t>(drawing_.width * drawing_.height), "sketch");
}

std::vector<Stroke> Sketch::strokes() const {
  std::vector<Stroke> strokes;
  for (const std::string& argument : arguments_) strokes.push_back(parse_stroke(argument));
  if (!from_stdin_) return strokes;
  for (std::string line; std::getline(std::cin, line);)
    if (!trim(line).empty()) strokes.push_back(parse_stroke(line));
  if (strokes.empty()) throw_input("standard input: no strokes");
  return strokes;
}

std::vector<DrawnSample> Sketch::draw(const std::vector<Stroke>& lines) const {
  std::vector<DrawnSample> drawn;
  for (std::int64_t i = 0; i < jitter_.value_or(1); ++i) {
    check_interrupt();
    Random random({seed_, static_cast<std::uint64_t>(i)});
    drawn.push_back({jitter_ ? fmt::format("{}-{}", id_, i) : id_, "",
                     sketch(jitter_ ? jittered(lines, random) : lines, drawing_)});
  }
  return drawn;
}

void Sketch::predict(std::vector<DrawnSample>& drawn, const std::vector<Stroke>& lines) {
  const Defaults defaults = input_flags_.apply_defaults(*options_, model_);
  Engine engine(open_untrusted(model_), engine_options_);
  const Model& model = engine.model();
  labels_ = input_flags_.labels(defaults);
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const OutputKind* const output = classifier_of(outputs);
  const std::vector<InputSpec> specs = input_specs(model, engine.structure());
  if (output == nullptr || specs.size() != 1) throw_usage("{}: expected a classifier of one picture", model_);
  const Preprocess preprocess = input_flags_.preprocess(model);
  const auto scores_of = [&](const Picture& picture) {
    check_interrupt();
    const Tensor input = to_input(picture, specs[0], preprocess);
    return run_output(engine, *output, std::vector{stack({&input, 1})}).item(0);
  };
  for (DrawnSample& d : drawn) {
    const Tensor scores = scores_of(d.picture);
    d.top = top_classes(scores.values(), output->activation, 3, labels_);
    d.likely = top_classes(class_scores(scores.values(), output->activation), output->activation, 3, labels_);
  }
  if (!jitter_) return;
  const auto drawing = nv::predict(scores_of(sketch(lines, drawing_)).values(), output->activation, labels_);
  if (!drawing) return;
  label_counts_ = LabelCounts{*drawing, std::ssize(drawn)};
  for (const DrawnSample& d : drawn) {
    label_counts_->same += !d.top.empty() && d.top[0].index == drawing->index ? 1 : 0;
    label_counts_->right += !d.top.empty() && d.top[0].index == label_ ? 1 : 0;
  }
}

void Sketch::write_folder(const Console& console, std::vector<DrawnSample>& drawn) {
  OutputFolder folder(output_, "sketch", rules_, console);
  SampleFolder samples(folder);
  std::string list;
  for (DrawnSample& d : drawn) {
    check_interrupt();
    d.file = folder.name_of(d.id, "", 4) + ".png";
    folder.write(d.file, png_of(d.picture));
    Json sample{{"id", d.id}, {"file", d.file}, {"method", "sketch"}};
    if (label_) sample["label"] = *label_;
    if (!d.top.empty())
      sample["prediction"] = {
          {"index", d.top[0].index}, {"label", d.top[0].label}, {"score", number(d.top[0].score)}};
    list += line(sample);
  }
  samples.write(parse_sample_list(list, sample_list_name));
  folder.finish();
}

void Sketch::write(const Console& console, std::vector<DrawnSample>& drawn) {
  if (output_.empty()) return;
  if (is_folder()) return write_folder(console, drawn);
  drawn[0].file = output_;
  write_named_file(output_, png_of(drawn[0].picture), rules_.force);
}

Json Sketch::json(const std::vector<DrawnSample>& drawn) const {
  Json sketches = Json::array();
  for (const DrawnSample& d : drawn) {
    Json one{{"id", d.id}, {"file", d.file.empty() ? Json(nullptr) : Json(d.file)}};
    if (!model_.empty()) {
      one["top"] = Json::array();
      for (const ClassScore& s : d.top)
        one["top"].push_back({{"index", s.index}, {"label", s.label}, {"score", number(s.score)}});
    }
    sketches.push_back(std::move(one));
  }
  Json document{{"schema", schema_id("sketch")},
                {"size", {drawing_.height, drawing_.width}},
                {"model", model_.empty() ? Json(nullptr) : Json(model_)},
                {"sketches", std::move(sketches)}};
  if (!label_counts_) return document;
  document["summary"] = {{"sketches", label_counts_->inputs},
                         {"drawing",
                          {{"index", label_counts_->drawing.index},
                           {"label", label_counts_->drawing.label},
                           {"score", number(label_counts_->drawing.score)}}},
                         {"same_label", label_counts_->same}};
  if (label_) document["summary"]["right"] = label_counts_->right;
  return document;
}

void Sketch::print(Console& console, const std::vector<DrawnSample>& drawn) const {
  if (model_.empty()) return;
  Table table;
  for (const char* name : {"sample", "label"}) table.column(name, Table::Align::left);
  table.column("score", Table::Align::right);
  table.column("next", Table::Align::left);
  table.column("score", Table::Align::right);
  if (!output_.empty()) table.column("file", Table::Align::left);
  for (const DrawnSample& d : drawn) {
    std::vector<std::string> row{one_line(d.id)};
    for (std::size_t k = 0; k < 2; ++k) {
      row.push_back(k < d.likely.size() ? one_line(d.likely[k].label) : k == 0 ? "NaN" : "");
      row.push_back(k < d.likely.size() ? score_text(static_cast<double>(d.likely[k].score)) : "");
    }
    if (!output_.empty()) row.push_back(d.file);
    table.row(std::move(row));
  }
  console.result(table.text(console));
  if (!label_counts_) return;
  console.result(fmt::format("{} of {} variations keep the label {} of the drawing itself\n",
                             label_counts_->same, label_counts_->inputs,
                             one_line(label_counts_->drawing.label)));
  if (label_)
    console.result(fmt::format("{} of {} have the label {} of --label\n", label_counts_->right,
                               label_counts_->inputs, one_line(class_label(*label_, labels_))));
}

int Sketch::run(Console& console) {
  check_options();
  if (!output_.empty() && !is_folder()) check_named_file(output_, rules_.force);
  const std::vector<Stroke> lines = strokes();
  std::vector<DrawnSample> drawn = draw(lines);
  if (!model_.empty()) predict(drawn, lines);
  if (!svg_.empty()) write_named_file(svg_, sketch_svg(lines, drawing_, "nv " NV_VERSION), rules_.force);
  write(console, drawn);
  if (json_) {
    console.result(document(json(drawn)));
    return 0;
  }
  print(console, drawn);
  console.note_written({output_ == "-" ? "" : output_, svg_ == "-" ? "" : svg_});
  return 0;
}

}  // namespace

std::unique_ptr<Command> make_sketch() {
  return std::make_unique<Sketch>();
}

}  // namespace nv
