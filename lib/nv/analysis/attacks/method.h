// The description of an attack, and the settings of a run.
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

#include "nv/analysis/attacks/point.h"
#include "nv/analysis/attacks/task.h"

namespace nv::attacks {

class Attempt;
class Oracle;
struct Background;
struct Settings;
struct Example;

enum class Group { gradient, minimum_norm, score_based, decision_based, corruption, differential };
/// "noise and corruption".
std::string_view group_name(Group group);

enum class Scope {
  fixed_epsilon,  ///< searches a ball of a given size
  minimum_norm,   ///< searches the smallest change; a given size only judges the result
};

/// A number that users may set.
struct Parameter {
  std::string_view name, meaning;
  double value = 0;  ///< the default
  double least = 0, most = 0;
  bool whole = false;      ///< integers only
  bool times_eps = false;  ///< the default is a share of eps; a value that is set is absolute
  std::vector<std::string_view> words = {};  ///< if it is a choice: the value is an index into these
};

/// A parameter that takes integers, or any number, from `least` to `most`; `value` is the default.
Parameter whole(std::string_view name, double value, double least, double most, std::string_view meaning);
Parameter real(std::string_view name, double value, double least, double most, std::string_view meaning);
/// "steps", set by --steps.
Parameter steps(double value);
/// "step-size", set by --step-size; the default is a share of eps.
Parameter step_share(double share);
/// One of `words`; the first is the default.
Parameter choice(std::string_view name, std::vector<std::string_view> words, std::string_view meaning);

/// An attack.
struct Method {
  std::string_view name;
  std::string_view summary;    ///< one line
  std::string_view reference;  ///< paper, and the implementation whose defaults are used
  Group group = Group::gradient;
  Scope scope = Scope::fixed_epsilon;
  std::vector<Norm> norms;  ///< the first is the default
  /// Its parameters, with the defaults for a norm.
  std::vector<Parameter> (*parameters)(Norm norm) = nullptr;
  bool random = false;      ///< depends on the seed
  bool targeted = true;     ///< can aim at a target class
  bool gradients = true;    ///< evaluates gradients (else outputs only)
  bool examples = false;    ///< uses the other inputs of the run
  bool from_input = false;  ///< its first query is Attempt::ascent of the original
  bool joint = false;       ///< attacks several models at once (deepxplore.h), and has no `run`
  /// Computes Background::learnt from all inputs before the attack starts, at most `batch` at a time; null
  /// for most. `tick` is called often and may throw.
  Point (*learn)(Oracle& oracle, const Settings& settings, const Background& background, std::size_t batch,
                 const std::function<void()>& tick) = nullptr;
  /// The attack on one input. Returns the best point, adversarial or not; the caller checks it.
  Task<Point> (*run)(Attempt& attempt) = nullptr;
};

/// All attacks, in the order of `nv attack --list`. Valid for the life of the process.
std::span<const Method> methods();
/// Throws Error(usage) with the nearest names as the hint.
const Method& find_method(std::string_view name);

/// Default radius of a fixed-epsilon attack, for inputs of that range: those of RobustBench's CIFAR-10
/// leaderboards (Linf 8/255, L2 0.5, L1 12 times the range; 10 values in L0).
double default_eps(Norm norm, const Bounds& bounds);

/// The index of `text` among the words of a parameter that is a choice; nullopt for other parameters. Throws
/// Error(usage) with the words as the hint.
std::optional<double> word_value(const Method& method, std::string_view name, std::string_view text);

/// "0.1", or a fraction of the range: "8/255". Throws Error(usage).
double parse_eps(std::string_view text, const Bounds& bounds);
/// A size as people write it: "0.1", "8/255"; else four digits. parse_eps of the first two gives the size
/// again.
std::string eps_text(double eps, const Bounds& bounds);

/// Settings that a user chose.
struct Request {
  std::optional<Norm> norm;
  std::optional<double> eps;
  Bounds bounds;
  std::optional<std::int64_t> target;
  std::uint64_t seed = 0;
  int restarts = 1;
  bool png_safe = false;                            ///< search only images of 8 bits
  std::vector<std::pair<std::string, double>> set;  ///< parameters by name
};

/// A request checked against a method, with all defaults filled in.
struct Settings {
  Norm norm = Norm::linf;
  std::optional<double> eps;  ///< always set for a fixed-epsilon method
  Bounds bounds;
  std::optional<std::int64_t> target;
  std::uint64_t seed = 0;
  int restarts = 1;
  std::vector<std::pair<std::string_view, double>> parameters;  ///< in the order of Method::parameters
  /// The words of those that are choices.
  std::vector<std::pair<std::string_view, std::string_view>> words = {};
  bool png_safe = false;  ///< every query and the result use the 256 levels of an 8-bit image
  Bounds levels = {};     ///< the values of the first and last level

  /// The value of a parameter of the method.
  double parameter(std::string_view name) const;
};

/// Throws Error(usage) for a parameter or norm that the method does not have, a number out of range, a target
/// for a method that takes none, or restarts of one without randomness.
Settings settle(const Method& method, const Request& request);

}  // namespace nv::attacks
