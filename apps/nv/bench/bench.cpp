// nv bench: how long a model takes.
#include <sys/resource.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/benchmark.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/core/random.h"
#include "nv/core/text.h"
#include "nv/kernels/kernel_set.h"
#include "nv/report/json.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/open.h"

namespace nv {
namespace {

/// Largest resident size so far, in bytes.
std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

class Bench final : public Command {
 public:
  void declare(OptionSet& options) override {
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras").required();
    declare_weights(general, weights_file_);
    const OptionGroup group = options.group("Measurement");
    group.add("--batch", batch_, "N", "Inputs per pass").range(1, 65536);
    group.add("--seconds", seconds_, "S", "Time to measure for").range(0.0, 3600.0);
    size_option_ =
        group.add("--size", size_, "N", "Height and width of inputs that leave them open").range(1, 65536);
    group.add_flag("--gradient", gradient_, "Measure the gradient to the inputs too");
    const OptionGroup result = options.group("Result");
    result.add("--most", most_, "N", "Number of layers to list, slowest first").range(0, 1000000);
    result.add_flag("--json", json_, "Print one JSON document with all layers");
    declare_computing(options, engine_options_);
  }

  int run(Console& console) override {
    Engine engine(open_untrusted(model_, weights_file_), engine_options_);
    const std::vector<Tensor> inputs = random_inputs(engine);
    const Benchmark found = benchmark(engine, inputs, {seconds_, gradient_});
    console.result(json_ ? document(json(engine, found)) : text(console, engine, found));
    return 0;
  }

 private:
  std::vector<Tensor> random_inputs(const Engine& engine) const {
    std::vector<Tensor> inputs;
    std::vector<Shape> shapes;
    bool open = false;
    for (const InputSpec& spec : input_specs(engine.model(), engine.structure())) {
      Shape shape = spec.shape;
      open = open || !shape.known();
      for (int axis = 0; axis < shape.rank(); ++axis)
        if (shape[axis] == Shape::unknown) shape[axis] = size_;
      shapes.push_back(shape);
    }
    if (size_option_.is_given() && !open)
      throw Error(ErrorKind::usage, "bench: --size has no effect: the inputs of this model have a size",
                  "remove --size");
    check_memory(memory_of(engine, shapes),
                 fmt::format("{}: a pass over {}", model_, counted(batch_, "input")));
    Random random({0});
    for (const Shape& shape : shapes) {
      Tensor input(shape.batched(batch_));
      for (float& v : input.values()) v = static_cast<float>(random.unit());
      inputs.push_back(std::move(input));
    }
    return inputs;
  }

  /// Bytes of inputs and activations, all of which are kept, and of their gradients.
  std::uint64_t memory_of(const Engine& engine, std::span<const Shape> shapes) const {
    std::int64_t numbers = engine.numbers_held(shapes);
    for (const Shape& shape : shapes) numbers += shape.elements();
    return static_cast<std::uint64_t>(numbers) * static_cast<std::uint64_t>(batch_) * (gradient_ ? 8 : 4);
  }

  std::string text(const Console& console, Engine& engine, const Benchmark& b) const {
    double total = 0;
    for (const LayerTime& l : b.layers) total += l.ms;
    std::vector<LayerTime> slowest = b.layers;
    std::ranges::stable_sort(slowest, std::greater<>(), &LayerTime::ms);
    slowest.resize(std::min(slowest.size(), most_));
    Table table;
    table.layer_columns();
    table.column("ms per input", Table::Align::right);
    table.column("share", Table::Align::right);
    table.column("GFLOP/s", Table::Align::right);
    for (const LayerTime& l : slowest) {
      const Node& node = engine.model().nodes[l.node];
      table.layer_row(
          l.node, node.path, engine.model().layer_of(node).kind,
          {fmt::format("{:.4g}", l.ms), fmt::format("{:.1f} %", total > 0 ? 100 * l.ms / total : 0),
           l.macs > 0 ? fmt::format("{:.3g}", Benchmark::rate(l.macs, l.ms)) : ""});
    }
    return fmt::format(
        "{}: {:.4g} ms per input{} ({} passes of {}), {:.3g} GFLOP/s forward, {} threads, "
        "kernels {}, peak memory {}\n\n{}",
        one_line(model_), b.ms_per_input, gradient_ ? " with gradient" : "", b.passes, batch_,
        Benchmark::rate(b.macs, total), engine.pool().threads(), kernel_set().name,
        memory_text(peak_memory()), table.text(console));
  }

  Json json(const Engine& engine, const Benchmark& b) const {
    Json layers = Json::array();
    double total = 0;
    for (const LayerTime& l : b.layers) {
      total += l.ms;
      layers.push_back({{"path", engine.model().nodes[l.node].path},
                        {"ms", number(l.ms)},
                        {"gflops", number(Benchmark::rate(l.macs, l.ms))}});
    }
    return {{"schema", schema_id("bench")},
            {"model", {{"file", model_}, {"name", engine.model().name}}},
            {"batch", batch_},
            {"gradient", gradient_},
            {"passes", b.passes},
            {"ms_per_image", number(b.ms_per_input)},
            {"gflops", number(Benchmark::rate(b.macs, total))},
            {"peak_rss", peak_memory()},
            {"layers", std::move(layers)}};
  }

  OptionRef size_option_;
  std::string model_, weights_file_;
  std::int64_t batch_ = 1, size_ = 224;
  double seconds_ = 2;
  std::size_t most_ = 10;
  bool gradient_ = false, json_ = false;
  EngineOptions engine_options_;
};

}  // namespace

std::unique_ptr<Command> make_bench() {
  return std::make_unique<Bench>();
}

}  // namespace nv
