// nv compare: the pairs and their passes.
#include <nlohmann/json.hpp>

#include "compare/compare.h"
#include "compare/origins.h"
#include "nv/core/error.h"
#include "shared/stage.h"

namespace nv {

void Compare::add_error(Console& console, InputLoop& loop, const std::string& id, const std::string& error,
                        const std::string& hint) {
  loop.add_error(error, hint);
  ++errors_;
  const Json json{{"id", id}, {"status", "error"}, {"error", error}};
  if (form_.json_lines()) console.result(line(json));
  form_.print_row(console, {{"b", {{"id", id}}}, {"error", error}});
  pairs_.push_back(json);
  page_.add_error(id, error);
}

void Compare::compare_inputs(Console& console, const InputList& inputs) {
  const BatchReader reader(console, inputs, *a_, {std::int64_t{1} << 25, 32, {}});
  InputLoop loop(console, inputs, "compare", input_flags_.strict);
  Trace first;  // without a second model: trace of the first input, A of all pairs
  std::optional<PairInput> first_input;
  const auto body = [&](const Batch& batch, std::size_t at) {
    const bool is_a = at == 0 && !two_engines();
    if (is_a && !batch.item[0]) throw Error(ErrorKind::input, batch.inputs[0].error, batch.inputs[0].hint);
    Trace trace, other;
    if (!batch.tensors.empty()) {
      const Stage stage("passes");
      trace = a_->forward(batch.tensors);
      if (b_) other = b_->forward(batch.tensors);
    }
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      const Input& input = batch.inputs[i];
      if (!batch.item[i]) {
        add_error(console, loop, input.id, input.error, input.hint);
        continue;
      }
      const Side a{*a_, trace, *batch.item[i]};
      const PairInput current = pair_input(inputs[at + i], input, a, outputs_a_);
      if (is_a) {
        first_input = current;
        first = trace;
      } else if (b_) {
        const Side b{*b_, other, *batch.item[i]};
        add(console, current.id, current.id, a, b, current, pair_input(inputs[at + i], input, b, outputs_b_));
      } else {
        add(console, fmt::format("{}-{}", first_input->id, current.id),
            fmt::format("{}/{}", first_input->id, current.id), {*a_, first, 0}, a, *first_input, current);
      }
      loop.done(at + i);
    }
  };
  loop.run(reader, body, two_engines() ? SIZE_MAX : 1);
}

std::pair<Trace, Trace> Compare::passes(const Batch& a, const Batch& b) {
  const Stage stage("passes");
  return {a_->forward(a.tensors), a_->forward(b.tensors)};
}

void Compare::compare_with_origins(Console& console, const InputList& samples) {
  const Origins origins = origins_of(samples, input_flags_, *a_);
  const BatchReader reader_a(console, origins.inputs, *a_, {std::int64_t{1} << 25, 1, {}});
  const BatchReader reader_b(console, samples, *a_, {std::int64_t{1} << 25, 1, {}});
  InputLoop loop(console, samples, "compare", input_flags_.strict);
  loop.run(reader_b, [&](const Batch& sample, std::size_t i) {
    const InputList::Entry& entry = samples[i];
    if (!sample.item[0])
      return add_error(console, loop, entry.id, sample.inputs[0].error, sample.inputs[0].hint);
    const auto at = origins.indices.find(entry.origin);
    if (at == origins.indices.end()) {
      const Error error = no_origin(entry);
      return add_error(console, loop, entry.id, error.what(), error.hint());
    }
    const Batch original = reader_a.read(at->second);
    if (!original.item[0])
      return add_error(console, loop, entry.id,
                       fmt::format("{}: its original: {}", entry.file, original.inputs[0].error),
                       original.inputs[0].hint);
    const auto [before, after] = passes(original, sample);
    const Side a{*a_, before, 0}, b{*a_, after, 0};
    add(console, entry.id, entry.id, a, b,
        pair_input(origins.inputs[at->second], original.inputs[0], a, outputs_a_),
        pair_input(entry, sample.inputs[0], b, outputs_a_));
  });
}

}  // namespace nv
