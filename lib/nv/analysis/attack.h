// What `nv attack` tells of an input.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/attacks/method.h"
#include "nv/analysis/prediction.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

enum class AttackStatus { success, failed, skipped, error };
/// "success", "failed", "skipped", "error".
std::string_view status_name(AttackStatus status);

/// The size of a change.
struct Distances {
  double l0 = 0;  ///< values that differ
  double l1 = 0, l2 = 0, linf = 0;
};

struct AttackResult {
  std::string id, file, preprocess;
  AttackStatus status = AttackStatus::failed;
  std::string reason;       ///< why it was skipped
  std::string error, hint;  ///< why it could not be used; the rest is empty then
  std::optional<std::int64_t> truth;
  std::optional<Prediction> original;

  // Of an input that was attacked:
  std::optional<Prediction> adversarial;  ///< of `sample`, whether or not it fools
  Distances distances;
  std::int64_t queries = 0, gradients = 0;
  bool zero_gradient = false;
  Tensor sample;                     ///< the model's input, exactly
  std::optional<Picture> picture;    ///< the same as 8 bits; nullopt where the input is no picture
  std::optional<bool> survives_png;  ///< of a success that is a picture: it still fools as that
  std::vector<std::pair<std::string, std::string>> files;
};

/// The values that a picture may take in the space that attacks work in: the model's own input (0..1, 0..255,
/// -1..1), but 0..1 before caffe, torch, mean and deviation.
attacks::Bounds default_bounds(const Preprocess& how);

/// Attacks inputs of one model in one way.
class Attacker {
 public:
  /// Throws Error(unsupported) as Oracle, Error(usage) for a target that the model does not have.
  Attacker(Engine& engine, const attacks::Method& method, attacks::Settings settings, InputSpec spec,
           Preprocess how, std::span<const std::string> labels);

  /// Whether the method begins at other inputs of the run: all of them are to be added before the first
  /// `run`.
  bool wants_examples() const { return method_.examples; }
  /// Takes them with what the model says of them, as long as all together hold less than 2^26 numbers.
  void add_examples(std::span<const Input> inputs, std::size_t batch);

  /// The results, in order. `truth` is empty or has one class an input; an input that is not of the class
  /// that it should be is skipped. At most `batch` are under way at once; `round` as in attacks::attack.
  std::vector<AttackResult> run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                std::size_t batch, const std::function<void(std::size_t)>& round);

 private:
  AttackResult begin(const Input& input) const;
  void classify(std::span<AttackResult> results, std::span<const Tensor> inputs, std::size_t batch,
                void (*take)(AttackResult&, Prediction));
  void choose(AttackResult& r, std::optional<std::int64_t> truth) const;
  void add_pictures(std::span<AttackResult> results, std::size_t batch);
  attacks::Layout layout_of(const Tensor& input) const { return {input.shape(), spec_.channels_first}; }

  const attacks::Method& method_;
  attacks::Settings settings_;
  InputSpec spec_;
  Preprocess how_;
  std::vector<std::string> labels_;
  attacks::Oracle oracle_;
  std::vector<attacks::Example> examples_;
  std::size_t example_numbers_ = 0;
};

struct AttackSummary {
  std::int64_t inputs = 0, errors = 0, attacked = 0, succeeded = 0, skipped = 0, zero_gradient = 0;
  std::int64_t queries = 0, gradients = 0;  ///< of all inputs together
  std::int64_t pictures = 0, survived = 0;  ///< successes that are pictures, and those that fool as 8 bits
  std::int64_t with_truth = 0, right_before = 0, right_after = 0;
  std::vector<double> l0, l1, l2, linf;  ///< of the successes
  struct Count {
    std::int64_t attacked = 0, succeeded = 0;
  };
  std::map<std::int64_t, Count> classes;  ///< by the class that inputs have

  void add(const AttackResult& r);
  double success_rate() const;     ///< NaN where nothing was attacked
  double clean_accuracy() const;   ///< NaN without truth
  double robust_accuracy() const;  ///< right before and after, of all with truth
};

/// As numpy.median: the mean of the two in the middle of an even number; nullopt for none.
std::optional<double> median(std::vector<double> values);

}  // namespace nv
