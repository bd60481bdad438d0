#include "shared/input_loop.h"

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "shared/exit_code.h"
#include "shared/stage.h"

namespace nv {

InputSet open_inputs(const InputFlags& flags, const Defaults& defaults,
                     const std::vector<std::string>& arguments, const Engine& engine,
                     const std::vector<OutputKind>& outputs, const Console& console) {
  const Stage stage("reading inputs");
  std::vector<std::string> labels = fitting_labels(flags.labels(defaults), engine, outputs, console);
  InputList inputs = flags.expand(arguments, engine.model(), engine.structure());
  if (inputs.empty()) throw_input("{}: no inputs there", arguments[0]);
  std::vector<std::int64_t> truth;
  if (!flags.truth.empty()) truth = read_truth_of(flags.truth, inputs, labels, engine, outputs);
  return {std::move(labels), std::move(inputs), std::move(truth)};
}

InputLoop::InputLoop(Console& console, const InputList& inputs, std::string_view what, bool strict,
                     std::int64_t steps_per_input)
    : console_(console),
      inputs_(inputs),
      strict_(strict),
      steps_per_input_(steps_per_input),
      progress_(console, what, static_cast<std::int64_t>(inputs.size()) * steps_per_input) {}

void InputLoop::run(const BatchReader& reader, const Body& body, std::size_t first_batch) {
  for (std::size_t at = 0; at < inputs_.size();) {
    check_interrupt();
    const Batch batch = reader.read(at, at == 0 ? first_batch : SIZE_MAX);
    body(batch, at);
    at += batch.inputs.size();
    console_.done.inputs = static_cast<std::int64_t>(at);
    if (steps_per_input_ == 1) progress_.advance(static_cast<std::int64_t>(batch.inputs.size()));
  }
}

void InputLoop::advance(std::int64_t steps) {
  check_interrupt();
  progress_.advance(steps);
}

void InputLoop::add_error(const std::string& error, const std::string& hint) {
  if (strict_) throw Error(ErrorKind::input, error, hint);
  ++errors_;
  console_.error(error, hint);
}

int InputLoop::exit_code(int otherwise) const {
  return errors_ > 0 ? nv::exit_code(ErrorKind::input) : otherwise;
}

}  // namespace nv
