// What an attack says of itself, and what a run of it is told.
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

/// A number that a user may set.
struct Parameter {
  std::string_view name, meaning;
  double value = 0;  ///< the default
  double least = 0, most = 0;
  bool whole = false;      ///< takes integers alone
  bool times_eps = false;  ///< the default is a share of eps (an absolute value where the user sets it)
  std::vector<std::string_view> words = {};  ///< a choice: the value is the place of a word among these
};

Parameter whole(std::string_view name, double value, double least, double most, std::string_view meaning);
Parameter real(std::string_view name, double value, double least, double most, std::string_view meaning);
/// "steps", of --steps.
Parameter steps(double value);
/// "step-size", of --step-size; its default is a share of eps.
Parameter step_share(double share);
/// One of `words`; the first is the default.
Parameter choice(std::string_view name, std::vector<std::string_view> words, std::string_view meaning);

/// An attack: how it is called, what it takes, and itself.
struct Method {
  std::string_view name;
  std::string_view summary;    ///< one line
  std::string_view reference;  ///< paper, and the implementation whose defaults it takes
  Group group = Group::gradient;
  Scope scope = Scope::fixed_epsilon;
  std::vector<Norm> norms;  ///< the first is the default
  /// Its parameters with a norm's defaults.
  std::vector<Parameter> (*parameters)(Norm norm) = nullptr;
  bool random = false;      ///< depends on the seed
  bool targeted = true;     ///< can be told a class to reach
  bool gradients = true;    ///< needs them (else only what the model says)
  bool examples = false;    ///< looks at the other inputs of the run
  bool from_input = false;  ///< asks first for Attempt::ascent of the input itself
  bool joint = false;       ///< attacks several models at once (deepxplore.h), and has no `run`
  /// What the attack finds out from all inputs before it begins (Background::learnt), at most `batch` at a
  /// time; null for most. `tick` is called often and may throw.
  Point (*learn)(Oracle& oracle, const Settings& settings, const Background& background, std::size_t batch,
                 const std::function<void()>& tick) = nullptr;
  /// The attack on one input. What it returns is judged by the caller; where nothing was found, the best try.
  Task<Point> (*run)(Attempt& attempt) = nullptr;
};

/// All attacks, in the order of `nv attack --list`.
std::span<const Method> methods();
/// Throws Error(usage) with the nearest names as the hint.
const Method& find_method(std::string_view name);

/// Of the ball that a fixed-epsilon attack searches where none is given, for inputs of that range: those of
/// RobustBench's CIFAR-10 boards (8/255, 0.5 and 12 times the range; 10 values in L0).
double default_eps(Norm norm, const Bounds& bounds);

/// The value of `text` for a parameter that is a choice; nullopt where it is a number, or no parameter.
/// Throws Error(usage) with the words as the hint.
std::optional<double> word_value(const Method& method, std::string_view name, std::string_view text);

/// "0.1", or a fraction of the range: "8/255". Throws Error(usage).
double parse_eps(std::string_view text, const Bounds& bounds);

/// What a user asks for.
struct Request {
  std::optional<Norm> norm;
  std::optional<double> eps;
  Bounds bounds;
  std::optional<std::int64_t> target;
  std::uint64_t seed = 0;
  int restarts = 1;
  bool png_safe = false;                            ///< search among pictures of 8 bits alone
  std::vector<std::pair<std::string, double>> set;  ///< parameters by name
};

/// A request held against a method, every number settled.
struct Settings {
  Norm norm = Norm::linf;
  std::optional<double> eps;  ///< always set for a fixed-epsilon method
  Bounds bounds;
  std::optional<std::int64_t> target;
  std::uint64_t seed = 0;
  int restarts = 1;
  std::vector<std::pair<std::string_view, double>> parameters;  ///< in the method's order
  /// What those that are choices are set to.
  std::vector<std::pair<std::string_view, std::string_view>> words = {};
  bool png_safe = false;  ///< every question and the result are on the 256 levels of pictures
  Bounds levels = {};     ///< the range of those

  /// Of a parameter that the method has.
  double parameter(std::string_view name) const;
};

/// Throws Error(usage): a parameter or norm that the method does not have, a number out of its range, a
/// target for a method that takes none, restarts of one without randomness.
Settings settle(const Method& method, const Request& request);

}  // namespace nv::attacks
