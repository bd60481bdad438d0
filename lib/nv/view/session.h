// The engine behind the page of `nv view`: one model, the samples that the page holds, and answers about
// them. Compiled for the page as WebAssembly, and natively for its tests.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/kernel_maps.h"
#include "nv/analysis/prediction.h"
#include "nv/core/bytes.h"
#include "nv/data/preprocess.h"
#include "nv/engine/engine.h"
#include "nv/model/packed.h"
#include "nv/view/about.h"
#include "nv/view/reply.h"

namespace nv::view {

/// Called with the share of a long work that is done, 0..1.
using Progress = std::function<void(double)>;

/// An input that the page holds.
struct Sample {
  std::string name;
  std::optional<std::int64_t> origin;  ///< id of the sample that it was made from
  std::optional<std::int64_t> truth;
  std::vector<Tensor> inputs;  ///< one per model input, batch first, of one item
  Tensor output;               ///< of the model's first output
  double milliseconds = 0;     ///< of its last pass
  std::optional<Trace> trace;  ///< of that pass; dropped where all traces together are too large
  std::uint64_t used = 0;      ///< when the trace was last asked for
};

/// Requests are JSON objects as viewer/src/protocol.ts and engine_client.ts describe them; all of them are
/// untrusted. Every function throws Error, and JSON exceptions for a request of another form. Not for several
/// threads.
class Session {
 public:
  /// Answers the question `request["ask"]` about the other keys and `data`.
  Reply ask(const Json& request, std::span<const std::byte> data, const Progress& progress);

  /// Takes another model, in the form of pack_model or of open_memory_file; the samples are gone. A model
  /// that nv cannot compute is opened as well: the answer says what is in the way.
  Reply open(Bytes bytes, const std::string& file);
  /// The bytes of the open model, for a second session.
  Reply model() const;
  Reply add(const Json& request, std::span<const std::byte> data);
  Reply remove(const Json& request);
  Reply input(const Json& request);
  Reply activations(const Json& request);
  Reply arithmetic(const Json& request);
  Reply normalisation(const Json& request);
  Reply freeze(const Json& request);
  Reply compare(const Json& request);
  Reply attack_methods() const;
  Reply attack(const Json& request, const Progress& progress);
  Reply explain_methods() const;
  Reply explain(const Json& request);

 private:
  void check_open() const;
  Sample& sample(const Json& id);
  std::size_t node(const Json& index) const;
  std::vector<bool> nodes(const Json& indices) const;
  /// The samples' inputs as `add` makes them.
  std::vector<Tensor> inputs_of(const Json& source, std::span<const std::byte> data) const;
  Tensor picture_input(const Json& source, std::span<const std::byte> data) const;
  /// Runs the model on the sample.
  void run(Sample& sample);
  /// The sample's trace, computed again if it was dropped.
  const Trace& trace(Sample& sample);
  void drop_traces(const Sample& except);
  Json picture_json(const Tensor& input, const InputSpec& spec, Reply& reply) const;
  Json sample_json(std::int64_t id, const Sample& sample, Reply& reply) const;
  Json prediction_json(const Sample& sample) const;

  std::shared_ptr<const Bytes> bytes_;  // of the model: its weights are views of them
  std::unique_ptr<Engine> engine_;
  About about_;
  WeightPrecision precision_ = WeightPrecision::single;
  std::vector<OutputKind> outputs_;
  std::vector<InputSpec> specs_;
  std::map<std::int64_t, Sample> samples_;
  std::int64_t next_id_ = 1;
  std::uint64_t clock_ = 0;
  std::optional<std::pair<std::size_t, KernelMaps>> kernels_;  ///< of the node last asked about
};

/// What the page says of a model: layers in the order of `nv inspect`, and where the layered layout puts
/// them.
Json model_info(const Engine& engine, const About& about, WeightPrecision precision,
                std::span<const InputSpec> specs, const OutputKind* classifier);

}  // namespace nv::view
