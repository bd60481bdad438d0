// Where the program prints: results to stdout, messages and progress to stderr.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/core/interrupt.h"

namespace nv {

/// Thrown when the reader of stdout is gone (`nv ... | head`). Not an error: the exit code is 0.
struct ClosedPipe {};

enum class ColorMode { automatic, always, never };

class Console {
 public:
  bool quiet = false;
  bool verbose = false;
  ColorMode color = ColorMode::automatic;
  std::string command_line;  ///< from command_of (shared/origin.h): for the files of pictures
  /// Set by commands that also write files: a closed pipe does not end them.
  bool survive_closed_pipe = false;
  /// How far a run is: printed if it is interrupted.
  struct Done {
    std::int64_t inputs = 0, of = 0;  ///< 0: not known
    std::string how;                  ///< to continue: "go on with --resume"; "" for none
  } done;

  /// Writes to stdout and flushes. Control characters, which names in untrusted files can hold, are made
  /// visible (printable in core/text.h), except those of bold() and dim(). Throws ClosedPipe, or
  /// Error(output) if the disk is full.
  void result(std::string_view text);
  /// A picture in escape sequences (render/terminal.h), as it is.
  void terminal_picture(std::string_view sequences);

  /// A line on stderr, unless quiet: "nv: note: ...".
  void note(std::string_view text) const;
  /// The same, unless it has been printed before.
  void note_once(const std::string& text);
  /// A note per file that was written; "" is skipped.
  void wrote(std::initializer_list<std::string> files) const;
  /// A line on stderr, with -v.
  void detail(std::string_view text) const;
  /// A line, and one with the hint if it is not "". The same error is printed once: a damaged file is one
  /// fault, however many inputs it holds.
  void error(std::string_view what, std::string_view hint) const;
  /// The line of an interrupted run: how far it is, and how to continue.
  void interrupted() const;

  bool stdout_is_terminal() const;
  /// Whether stdout gets colours: --color, NO_COLOR, TERM, a terminal.
  bool colors() const;
  /// `text`, on one line, in bold or dim if stdout gets colours: for result() only.
  std::string bold(std::string_view text) const;
  std::string dim(std::string_view text) const;
  /// Columns of the terminal; nullopt if stdout is not one.
  std::optional<std::size_t> width() const;

 private:
  void write(std::string_view bytes);

  bool closed_ = false;
  mutable std::set<std::string, std::less<>> faults_;  ///< that were printed
  std::set<std::string> said_;                         ///< by note_once
};

/// A progress bar on stderr, on a terminal only, after half a second; cleared at the end.
class Progress {
 public:
  Progress(const Console& console, std::string_view what, std::int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(std::int64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  std::int64_t total_, done_ = 0;
  bool enabled_, shown_ = false;
  Clock::time_point start_, last_;
};

/// Columns of text, aligned.
class Table {
 public:
  enum class Align { left, right };
  /// Headers and cells are put on one line, safe to print; a cell that is not a number is "NaN" in columns
  /// aligned right.
  void column(std::string_view header, Align align);
  void row(std::vector<std::string> cells);
  /// The table, headers underlined in bold if `console` has colours; no trailing spaces.
  std::string text(const Console& console) const;
  const std::vector<std::pair<std::string, Align>>& columns() const { return columns_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  std::vector<std::pair<std::string, Align>> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Occupies the numbers of standard streams that are closed (`nv ... >&-`), so that no file of the run gets
/// one and is written to as if it were the terminal; using the stream stays an error.
void hold_standard_streams();

/// Makes Ctrl-C and SIGTERM ask work to stop (nv/core/interrupt.h); a second one ends the program at once.
void catch_interrupts();

}  // namespace nv
