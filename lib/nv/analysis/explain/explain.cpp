#include "nv/analysis/explain/explain.h"

#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/layer_maps.h"
#include "nv/analysis/explain/summary.h"
#include "nv/analysis/gradient.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"

namespace nv::explain {

namespace {

std::optional<std::int64_t> second_class(std::span<const float> values, std::int64_t first) {
  if (values.size() == 1) return 1 - first;
  std::optional<std::int64_t> second;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const auto index = static_cast<std::int64_t>(k);
    if (index != first && (!second || values[k] > values[static_cast<std::size_t>(*second)])) second = index;
  }
  return second;
}

/// The number to explain for one choice of classes, and the class of each item.
struct ExplainedClasses {
  std::unique_ptr<Scalar> scalar;
  std::vector<std::optional<std::int64_t>> classes;  ///< empty if it is not about a class
};

ExplainedClasses explained_classes(Engine& engine, std::span<const OutputKind> outputs,
                                   const Request& request, const ClassChoice& choice, const Trace& trace,
                                   std::span<const Item> items) {
  const Model& model = engine.model();
  if (request.weights != nullptr) return {weighted_scalar(*request.weights), {}};
  if (is_element_scalar(request.of)) return {element_scalar(request.of, model, engine.structure()), {}};
  const OutputKind* const output = classifier_of(outputs);
  if (output == nullptr)
    throw Error(ErrorKind::usage, fmt::format("{}: no output is a vector of classes", model.file),
                "--of OUTPUT[i,j,k], --of sum:OUTPUT or --of FILE.npz say what to explain");
  std::vector<std::optional<std::int64_t>> truths;
  for (const Item& item : items) truths.push_back(item.truth);
  ExplainedClasses explained;
  explained.classes = chosen_classes(trace.outputs[static_cast<std::size_t>(output->value.node)],
                                     output->activation, choice, truths);
  std::vector<std::int64_t> numbers;
  for (const auto& c : explained.classes) numbers.push_back(c.value_or(0));
  explained.scalar = class_scalar(*output, parse_objective(request.of), std::move(numbers));
  return explained;
}

/// The inputs of a batch as a Task for one run.
Task task_of(Engine& engine, const Request& request, const Run& run, const Scalar& scalar,
             const std::vector<Tensor>& inputs, std::span<const Item> items) {
  Task task{engine, scalar, inputs, {}, {}, {}, request.background, run.settings};
  for (std::size_t i = 0; i < items.size(); ++i) {
    task.rows.push_back(request.weights != nullptr ? items[i].number : static_cast<std::int64_t>(i));
    task.ids.push_back(items[i].id);
  }
  if (!run.method->needs_baseline) return task;
  const std::vector<InputSpec> specs = input_specs(engine.model(), engine.structure());
  for (std::size_t i = 0; i < items.size(); ++i)
    task.baselines.push_back(baseline_of(request.baseline, task.item(i), specs, request.preprocess));
  return task;
}

bool has_image(const Model& model, const Structure& structure) {
  return std::ranges::any_of(model.inputs, [&](const Port& port) {
    const auto& shape = structure.nodes[static_cast<std::size_t>(port.value.node)].output;
    return shape && shape->rank() == 3;
  });
}

/// What is of item i of an explanation joined: maps, and where they are from.
void append(Explanation& all, Explanation part, std::size_t port) {
  for (Tensor& map : part.maps) {
    all.maps.push_back(std::move(map));
    all.ports.push_back(port);
  }
  all.nodes.insert(all.nodes.end(), part.nodes.begin(), part.nodes.end());
  all.relative = part.relative;
}

}  // namespace

std::vector<Explanation> run_method(const Method& method, const Task& task) {
  const bool of_an_image = method.needs_image || (method.needs_layer && method.name != "filters");
  const std::vector<std::size_t> images =
      of_an_image ? explained_images(task, method.needs_layer) : std::vector<std::size_t>();
  if (images.size() < 2 && (images.empty() || images[0] == image_input(task))) return method.run(task);
  std::vector<Explanation> explanations(task.size());
  for (const std::size_t port : images) {
    Task of_image = task;
    of_image.image = port;
    std::vector<Explanation> parts = method.run(of_image);
    for (std::size_t i = 0; i < parts.size(); ++i) append(explanations[i], std::move(parts[i]), port);
  }
  return explanations;
}

std::vector<std::optional<std::int64_t>> chosen_classes(const Tensor& outputs, std::string_view activation,
                                                        const ClassChoice& choice,
                                                        std::span<const std::optional<std::int64_t>> truths) {
  std::vector<std::optional<std::int64_t>> classes = predicted_classes(outputs, activation);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (!classes[i]) continue;
    if (choice.kind == ClassChoice::Kind::number) classes[i] = choice.number;
    if (choice.kind == ClassChoice::Kind::truth) classes[i] = truths[i];
    if (choice.kind == ClassChoice::Kind::second)
      classes[i] = second_class(outputs.item(static_cast<std::int64_t>(i)).values(), *classes[i]);
  }
  return classes;
}

std::vector<std::vector<Answer>> explain_batch(Engine& engine, std::span<const OutputKind> outputs,
                                               const Request& request, const std::vector<Tensor>& inputs,
                                               const Trace& trace, std::span<const Item> items,
                                               const Observer& observe) {
  std::vector<std::vector<Answer>> answers(items.size());
  const std::vector<ClassChoice> once{{}};
  for (const ClassChoice& choice : request.has_classes() ? request.classes : once) {
    const ExplainedClasses explained = explained_classes(engine, outputs, request, choice, trace, items);
    for (std::size_t r = 0; r < request.runs.size(); ++r) {
      const Run& run = request.runs[r];
      const Task task = task_of(engine, request, run, *explained.scalar, inputs, items);
      std::vector<Explanation> explanations = run_method(*run.method, task);
      if (observe) observe(r, task, explanations, explained.classes);
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (!explained.classes.empty() && !explained.classes[i]) continue;
        explanations[i].never_negative = run.method->never_negative;
        Answer answer{r, explained.classes.empty() ? std::nullopt : explained.classes[i],
                      std::move(explanations[i]), ""};
        answer.words = words(answer.explanation, engine.model(), engine.structure());
        if (request.study && !answer.explanation.channels.empty())
          answer.study = study_filters(task, i, answer.explanation, classifier_of(outputs), *request.study);
        answers[i].push_back(std::move(answer));
      }
    }
  }
  return answers;
}

std::string not_applicable(const Method& method, const Model& model, const Structure& structure,
                           std::optional<std::size_t> node, std::size_t inputs) {
  if (method.needs_background && inputs < 2) return "one input has no others to draw baselines from";
  if ((method.needs_layer || method.needs_image) && !has_image(model, structure))
    return "no input is an image";
  if (!method.needs_layer || node) return "";
  try {
    (void)last_convolution(model, structure);
  } catch (const Error&) {
    return "no convolution of images";
  }
  return "";
}

std::vector<Run> settle_runs(std::span<const Method* const> methods,
                             std::span<const std::pair<std::string, std::string>> set) {
  std::vector<Run> runs;
  std::vector<bool> used(set.size(), false);
  for (const Method* const method : methods) {
    std::vector<std::pair<std::string, std::string>> own;
    for (std::size_t s = 0; s < set.size(); ++s)
      // A single method gets all, so that its error lists its parameters.
      if (methods.size() == 1 || method->has_parameter(set[s].first)) {
        own.push_back(set[s]);
        used[s] = true;
      }
    runs.push_back({method, settle(*method, own)});
  }
  for (std::size_t s = 0; s < set.size(); ++s)
    if (!used[s])
      throw Error(ErrorKind::usage, fmt::format("--set: no chosen method has a parameter '{}'", set[s].first),
                  "nv explain --list shows the parameters");
  return runs;
}

}  // namespace nv::explain
