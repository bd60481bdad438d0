// What the program says: results on stdout, everything else on stderr.
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

/// The reader of stdout has gone (`nv ... | head`): no error, there is nobody to tell.
struct ClosedPipe {};

enum class ColorMode { automatic, always, never };

class Talk {
 public:
  bool quiet = false;
  bool verbose = false;
  ColorMode color = ColorMode::automatic;
  std::string command_line;  ///< as command_of (origin.h) gives it: for the files of pictures
  /// Set where a command also writes files: then a closed pipe does not end it.
  bool survive_closed_pipe = false;
  /// How far a run is, for whoever interrupts it.
  struct Done {
    std::int64_t inputs = 0, of = 0;  ///< 0: not known
    std::string how;                  ///< to go on: "go on with --resume"; "" for nothing to say
  } done;

  /// Writes to stdout and flushes; what a terminal would act on, as names in a stranger's file can hold it,
  /// is made visible (printable in core/text.h), but for bold() and dim(). Throws ClosedPipe, or
  /// Error(output) where the disk is full.
  void result(std::string_view text);
  /// A picture in escape sequences (render/terminal.h), as it is.
  void terminal_picture(std::string_view sequences);

  /// A line on stderr, unless quiet: "nv: note: ...".
  void note(std::string_view text) const;
  /// The same, where it has not been said before.
  void note_once(const std::string& text);
  /// A note of each file that was written; "" is none.
  void wrote(std::initializer_list<std::string> files) const;
  /// A line on stderr, with -v.
  void detail(std::string_view text) const;
  /// A line, and one with the hint where there is one. The same again is not said: a damaged file is one
  /// fault, however many inputs it holds.
  void error(std::string_view what, std::string_view hint) const;
  /// The one line of an interrupted run: how far it is, and how to go on.
  void interrupted() const;

  bool stdout_is_terminal() const;
  /// Whether stdout takes colours: --color, NO_COLOR, TERM, a terminal.
  bool colors() const;
  /// `text`, on one line, in bold or dim where stdout takes colours: for result() alone.
  std::string bold(std::string_view text) const;
  std::string dim(std::string_view text) const;
  /// Columns of the terminal, nullopt where stdout is none.
  std::optional<std::size_t> width() const;

 private:
  void write(std::string_view bytes);

  bool closed_ = false;
  mutable std::set<std::string, std::less<>> faults_;  ///< that were said
  std::set<std::string> said_;                         ///< by note_once
};

/// A bar on stderr: only on a terminal, only after half a second, and gone at the end.
class Progress {
 public:
  Progress(const Talk& talk, std::string_view what, std::int64_t total);
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
  /// Headers and cells are kept on one line, safe to print; what is no number is "NaN" in columns on the
  /// right.
  void column(std::string_view header, Align align);
  void row(std::vector<std::string> cells);
  /// The table, headers underlined in bold where `talk` has colours; no trailing spaces.
  std::string text(const Talk& talk) const;
  const std::vector<std::pair<std::string, Align>>& columns() const { return columns_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  std::vector<std::pair<std::string, Align>> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Where a standard stream is closed (`nv ... >&-`) its number is taken, so that no file of the run gets it
/// and is written to as if it were the terminal; using the stream stays an error.
void hold_standard_streams();

/// Ctrl-C and SIGTERM ask work to stop (nv/core/interrupt.h); a second one ends the program at once.
void catch_interrupts();

}  // namespace nv
