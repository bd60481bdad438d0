// Attacks an image with PGD (Madry et al. 2018): changes each value by at most 0.2 so that the model's
// prediction changes. Writes the sample as an array for NumPy:
//   attack MODEL IMAGE SAMPLE.npy
#include <fmt/core.h>

#include "nv/neuralvis.h"

namespace {

void run(const std::string& model_file, const std::string& image_file, const std::string& sample_file) {
  nv::Engine engine(nv::open_model(model_file));
  const auto specs = nv::input_specs(engine.model(), engine.structure());
  nv::InputOptions options;
  options.preprocess.scale = nv::input_scale(engine.model()).scale;
  const nv::Input input = nv::expand_inputs(std::vector{image_file}, options, specs).load(0);

  const nv::attacks::Method& method = nv::attacks::find_method("pgd");
  nv::attacks::Request request;
  request.bounds = nv::default_bounds(options.preprocess);
  request.eps = 0.2;
  nv::Attacker attacker(engine, method, nv::attacks::settle(method, request), specs.at(0), options.preprocess,
                        {});
  const nv::AttackResult result = attacker.run({&input, 1}, {}, 1, {}).at(0);

  fmt::print("{}: class {} -> {}, L2 {:.3f}, Linf {:.3f}, {} queries\n", nv::status_name(result.status),
             result.original ? result.original->label : "?",
             result.adversarial ? result.adversarial->label : "?", result.distances.l2, result.distances.linf,
             result.queries);
  nv::write_file(sample_file, nv::encode_npy(result.sample));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: attack MODEL IMAGE SAMPLE.npy\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3]);
  } catch (const nv::Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
