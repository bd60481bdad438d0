// What `nv attack` tells of an input.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/attacks/method.h"
#include "nv/analysis/coverage.h"
#include "nv/analysis/prediction.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

enum class AttackStatus { success, failed, skipped, error };
/// "success", "failed", "skipped", "error".
std::string_view status_name(AttackStatus status);

/// What another model of a joint attack says, before and after.
struct OtherModel {
  std::optional<Prediction> original, adversarial;  ///< nullopt where its output holds NaN
};

struct AttackResult {
  std::string id, file, preprocess;
  AttackStatus status = AttackStatus::failed;
  std::string reason;       ///< why it was skipped
  std::string error, hint;  ///< why it could not be used; the rest is empty then
  std::optional<std::int64_t> truth;
  std::optional<Prediction> original;  ///< nullopt where the output holds NaN
  std::vector<OtherModel> others;      ///< of a joint attack

  // Of an input that was attacked:
  /// Of `sample`, whether or not it fools; nullopt where its output holds NaN.
  std::optional<Prediction> adversarial;
  attacks::Distances distances;
  std::int64_t queries = 0, gradients = 0;
  bool zero_gradient = false;
  Tensor sample;                                   ///< the model's input, exactly
  std::vector<float> scores_before, scores_after;  ///< the model's output, of input and sample
  std::optional<Picture> picture;    ///< of a success: the same as 8 bits; nullopt where it is no picture
  std::optional<bool> survives_png;  ///< of a success that is a picture: it still fools as that
  std::vector<std::pair<std::string, std::string>> files;
};

/// Whether an attack was tried: neither skipped nor in error.
bool was_attacked(const AttackResult& r);

/// The values that a picture may take in the space that attacks work in: the model's own input (0..1, 0..255,
/// -1..1), but 0..1 before caffe, torch, mean and deviation.
attacks::Bounds default_bounds(const Preprocess& how);

/// Neurons of a model that the inputs cover, and that they and the samples found do.
struct CoverageChange {
  std::string file;
  std::int64_t neurons = 0;
  double before = 0, after = 0;  ///< shares
};

/// One change for all inputs.
struct Perturbation {
  Tensor change;                   ///< in the space of the attack's bounds
  std::optional<Picture> picture;  ///< grey where nothing changes; nullopt where inputs are no pictures
  double l2 = 0, linf = 0;
};

/// Attacks inputs of one model, or of several at once, in one way.
class Attacker {
 public:
  /// `others`: the further models of a joint method. Throws Error(unsupported) as Oracle, Error(usage) for a
  /// target that the model does not have, Error(input) for other models that do not go with the first.
  Attacker(Engine& engine, const attacks::Method& method, attacks::Settings settings, InputSpec spec,
           Preprocess how, std::span<const std::string> labels, std::span<Engine* const> others = {});

  /// Whether the method looks at other inputs of the run: all of them are to be added before the first `run`.
  bool wants_examples() const { return method_.examples || method_.joint; }
  /// Takes them with what the model says of them, as long as all together hold less than 2^26 numbers; a
  /// joint method takes the neurons that they cover.
  void add_examples(std::span<const Input> inputs, std::size_t batch);
  /// How pictures become what the model takes, which arrays may have a scale of their own for.
  const Preprocess& pictures() const { return how_; }
  const InputSpec& spec() const { return spec_; }
  /// A sample as 8 bits; nullopt where it is no picture.
  std::optional<Picture> picture_of(const Tensor& sample) const;
  const OutputKind& output() const { return oracle_.output(); }

  /// Lets the method learn from them; to be called once all are there. `tick` as in Method::learn.
  void learn(std::size_t batch, const std::function<void()>& tick);

  /// The results, in order. `truth` is empty or has one class an input; an input that is not of the class
  /// that it should be is skipped. At most `batch` are under way at once; `round` as in attacks::attack, one
  /// call at a time.
  std::vector<AttackResult> run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                std::size_t batch, const std::function<void(std::size_t)>& round);

  /// Of a joint method, one a model in the order of the command line; else none.
  std::vector<CoverageChange> coverage() const;
  /// What a method that changes all inputs alike has learnt.
  std::optional<Perturbation> perturbation() const;

 private:
  /// Inputs with what the models say of them.
  struct Begun {
    std::vector<AttackResult> results;
    std::vector<Tensor> tensors;         ///< empty where the input cannot be used
    std::vector<attacks::Point> points;  ///< the same in the space of attacks, inside the bounds
    std::vector<std::optional<attacks::Answer>> openings;  ///< Victim::opening
  };
  Begun begin(std::span<const Input> inputs, std::size_t batch);
  /// The result of an input before anything was asked, and its point.
  std::pair<AttackResult, attacks::Point> begin(const Input& input) const;
  void open(Begun& begun, std::size_t batch);
  std::vector<AttackResult> run_part(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                     std::size_t batch, const std::function<void(std::size_t)>& round);
  /// Keeps what a model says of an input: the prediction, and all its numbers.
  using Take = std::function<void(AttackResult&, std::optional<Prediction>, attacks::Values)>;
  /// Asks one model about `inputs` (one a result; empty: none), and lets `take` keep what it says.
  void classify(attacks::Oracle& oracle, std::span<AttackResult> results, std::span<const Tensor> inputs,
                std::size_t batch, const Take& take);
  void classify_samples(std::span<AttackResult> results, std::span<const Tensor> samples, std::size_t batch);
  bool fools(const AttackResult& original, const AttackResult& sample) const;
  std::vector<attacks::Outcome> attack(std::span<const attacks::Victim> victims, std::size_t batch,
                                       const std::function<void(std::size_t)>& round);
  void cover(std::vector<NeuronCoverage>& coverage, std::span<const Tensor> inputs, std::size_t batch);
  void choose(AttackResult& r, std::optional<std::int64_t> truth) const;
  std::optional<Picture> picture_of_pixels(const Tensor& pixels) const;
  void add_pictures(std::span<AttackResult> results, std::size_t batch);
  attacks::Layout layout_of(const Tensor& input) const { return {input.shape(), spec_.channels_first}; }

  const attacks::Method& method_;
  attacks::Settings settings_;
  InputSpec spec_;
  Preprocess how_;
  std::vector<std::string> labels_;
  attacks::Oracle oracle_;
  std::vector<attacks::Oracle> others_;         ///< of a joint method
  std::vector<NeuronCoverage> before_, after_;  ///< of a joint method: of the first model, then the others
  attacks::Background background_;
  std::size_t example_numbers_ = 0;
};

}  // namespace nv
