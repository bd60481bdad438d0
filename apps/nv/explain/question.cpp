#include "explain/question.h"

#include <algorithm>
#include <map>

#include "explain/top_patches.h"
#include "nv/analysis/gradient.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/text.h"
#include "nv/data/labels.h"
#include "nv/model/select.h"
#include "shared/for_option.h"

namespace nv {

namespace {

constexpr std::size_t most_background = 1000;

std::vector<std::pair<std::string, std::string>> parse_set(const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> set;
  for (const std::string& text : texts) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos)
      throw Error(ErrorKind::usage, fmt::format("--set: expected NAME=VALUE, got '{}'", one_line(text)),
                  "nv explain --list shows the parameters");
    set.emplace_back(trim(text.substr(0, at)), trim(text.substr(at + 1)));
  }
  return set;
}

/// Inputs that baselines are drawn from.
std::vector<std::vector<Tensor>> background(const InputList& inputs) {
  std::vector<std::vector<Tensor>> tensors;
  for (std::size_t i = 0; i < std::min(inputs.size(), most_background); ++i)
    if (Input input = inputs.try_load(i); input.error.empty()) tensors.push_back(std::move(input.tensors));
  return tensors;
}

template <typename Flag>
bool any(const std::vector<const explain::Method*>& methods, Flag flag) {
  return std::ranges::any_of(methods, [&](const explain::Method* m) { return m->*flag; });
}

}  // namespace

void Question::declare(const OptionGroup& group) {
  std::vector<std::string> methods{"all"};
  for (const explain::Method& m : explain::methods()) methods.emplace_back(m.name);
  methods.emplace_back(TopPatches::method);
  group.add("--method", methods_, "METHODS", "Methods, or all; --list describes them").suggests_list(methods);
  class_option_ =
      group.add("--class", class_, "CLASSES", "Classes: predicted, second, truth, or by name or number")
          .suggests_list({"predicted", "second", "truth"});
  of_option_ =
      group.add("--of", of_, "WHAT", "logit, score, loss; OUTPUT[i,j,k] or sum:OUTPUT; FILE.npz: weights")
          .suggests({"logit", "score", "loss"});
  group.add("--layer", layer_, "LAYER", "Layer of class activation maps and filters")
      .default_value("the last convolution");
  group.add("--baseline", baseline_, "WHAT", "What to compare with: zero, black, white, mean, blur, FILE")
      .suggests(explain::baseline_names());
  group.add_repeated("--set", set_, "NAME=VALUE", "Parameter of a method, see --list; can be repeated");
  seed_option_ = group.add("--seed", seed_, "S", "Seed of methods that draw random numbers");
  group.add("--take", take_, "N", "filters: the N most relevant channels; top-patches: N patches")
      .range(1, 100000);
  group.add_flag(
      "--freeze", freeze_,
      "filters: freeze the channels of each input one by one until its label changes, or --take of them");
}

bool Question::top_patches() const {
  return methods_ == TopPatches::method;
}

bool Question::filters_alone() const {
  return named_.size() == 1 && named_[0]->name == "filters";
}

void Question::check(const InputFlags& inputs) {
  named_.clear();
  if (top_patches()) {
    if (freeze_ || seed_option_.is_given() || class_option_.is_given() || of_option_.is_given() ||
        !set_.empty() || baseline_ != "zero")
      throw Error(ErrorKind::usage, "explain: top-patches is not about an output",
                  "it takes --layer, --channel, --unit and --take");
    return;
  }
  if (methods_ != "all")
    for (const std::string& name : split(methods_, ',')) {
      if (trim(name) == TopPatches::method)
        throw Error(ErrorKind::usage, "--method: top-patches is about a filter, and stands alone",
                    "--method top-patches --layer L --channel K");
      if (trim(name) == "all") throw_usage("--method: all stands alone");
      const explain::Method& method = explain::find_method(trim(name));
      if (std::ranges::find(named_, &method) != named_.end())
        throw_usage("--method: {} is given twice", method.name);
      named_.push_back(&method);
    }
  const std::vector<std::string> words = split(class_, ',');
  if (inputs.truth.empty() &&
      std::ranges::any_of(words, [](const std::string& w) { return trim(w) == "truth"; }))
    throw Error(ErrorKind::usage, "explain: --class truth needs true classes", "add --truth");
  const bool weighted = of_.ends_with(".npz");
  if ((weighted || explain::is_element_scalar(of_)) && class_option_.is_given())
    throw Error(ErrorKind::usage, fmt::format("explain: --class has no meaning with --of {}", of_),
                weighted ? "remove --class: the weights choose the outputs"
                         : "remove --class: --of names the output");
  if (weighted)
    weights_file_.emplace(read_file(of_), of_);
  else if (!explain::is_element_scalar(of_))
    parse_objective(of_);
  check_filters();
}

void Question::check_filters() const {
  if ((take_ || freeze_) && !filters_alone())
    throw Error(ErrorKind::usage,
                fmt::format("explain: {} is for {}", take_ ? "--take" : "--freeze",
                            take_ ? "the method filters, or top-patches, alone" : "the method filters alone"),
                take_ ? "--method filters, or --method top-patches" : "--method filters");
}

std::vector<std::string> Question::files() const {
  std::vector<std::string> files;
  if (weights_file_) files.push_back(of_);
  if (!explain::find_baseline(baseline_)) files.push_back(baseline_);
  return files;
}

std::vector<const explain::Method*> Question::chosen(const Engine& engine, std::size_t inputs,
                                                     Console& console) const {
  std::vector<const explain::Method*> chosen;
  const auto reason = [&](const explain::Method& m) {
    return explain::not_applicable(m, engine.model(), engine.structure(), node_, inputs);
  };
  for (const explain::Method* m : named_) {
    if (m->needs_background && inputs < 2)
      throw Error(ErrorKind::usage, fmt::format("explain: {}: {}", m->name, reason(*m)),
                  "give more inputs, or take integrated-gradients");
    chosen.push_back(m);
  }
  if (!named_.empty()) return chosen;
  std::map<std::string, std::string> left_out;  // by reason
  for (const explain::Method& m : explain::methods()) {
    const std::string why = reason(m);
    if (why.empty()) {
      chosen.push_back(&m);
      continue;
    }
    std::string& names = left_out[why];
    names += (names.empty() ? "" : ", ") + std::string(m.name);
  }
  for (const auto& [why, names] : left_out)
    console.note(fmt::format("--method all leaves out {}: {}", names, why));
  return chosen;
}

std::vector<explain::ClassChoice> Question::classes(const Engine& engine,
                                                    const std::vector<OutputKind>& outputs,
                                                    const InputSet& set) const {
  using Kind = explain::ClassChoice::Kind;
  std::vector<explain::ClassChoice> classes;
  for (const std::string& part : split(class_, ',')) {
    const std::string word(trim(part));
    if (word == "predicted")
      classes.push_back({Kind::predicted, 0});
    else if (word == "second")
      classes.push_back({Kind::second, 0});
    else if (word == "truth")
      classes.push_back({Kind::truth, 0});
    else
      classes.push_back({Kind::number, class_number(word, set.labels,
                                                    class_count(engine.structure(), outputs), "--class")});
    for (std::size_t k = 0; k + 1 < classes.size(); ++k)
      if (classes[k] == classes.back()) throw_usage("--class: {} is given twice", one_line(word));
  }
  return classes;
}

explain::Baseline Question::baseline(const Engine& engine, const InputFlags& flags) const {
  if (const auto kind = explain::find_baseline(baseline_)) return {*kind, {}};
  return for_option("--baseline", [&]() -> explain::Baseline {
    return {explain::BaselineKind::zero,
            flags.load_one(baseline_, engine.model(), engine.structure()).tensors};
  });
}

explain::Request Question::request(const Engine& engine, const std::vector<OutputKind>& outputs,
                                   const InputSet& set, const InputFlags& flags, bool judged,
                                   Console& console) {
  if (!layer_.empty()) node_ = for_option("--layer", [&] { return select_layer(engine.model(), layer_); });
  const std::vector<const explain::Method*> methods = chosen(engine, set.inputs.size(), console);
  if (node_ && !any(methods, &explain::Method::needs_layer))
    throw Error(ErrorKind::usage, fmt::format("--layer: {} does not look at a layer", methods_),
                "it is for class activation maps and filters");
  if (baseline_ != "zero" && !any(methods, &explain::Method::needs_baseline))
    throw Error(ErrorKind::usage, fmt::format("--baseline: {} compares with none", methods_),
                "it is for integrated-gradients, occlusion and rise");
  if (seed_option_.is_given() && !judged && !any(methods, &explain::Method::random))
    console.note(fmt::format("--seed has no effect: {} draws no random numbers", methods_));
  explain::Request request;
  request.runs = explain::settle_runs(methods, parse_set(set_));
  for (explain::Run& run : request.runs) {
    run.settings.seed = seed_;
    run.settings.node = node_;
  }
  request.of = of_;
  if (weights_file_)
    request.weights = &weights_.emplace(*weights_file_, engine.model(), set.inputs.size());
  else if (!explain::is_element_scalar(of_))
    request.classes = classes(engine, outputs, set);
  request.baseline = baseline(engine, flags);
  request.preprocess = flags.preprocess(engine.model());
  if (any(methods, &explain::Method::needs_background)) request.background = background(set.inputs);
  return request;
}

}  // namespace nv
