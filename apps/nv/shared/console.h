// Where the program prints: results to stdout, messages and progress to stderr.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/core/interrupt.h"

namespace nv {

/// Thrown if the reader of stdout has closed it (`nv ... | head`). Not an error: the exit code is 0.
struct ClosedPipe {};

enum class ColorMode { automatic, always, never };

class Console {
 public:
  bool quiet = false;
  bool verbose = false;
  ColorMode color = ColorMode::automatic;
  /// For the metadata of pictures, by command_of (shared/origin.h): complete once defaults are applied.
  std::function<std::string()> command_line = [] { return std::string(); };
  /// A closed pipe does not end the run: for commands that also write files.
  bool survive_closed_pipe = false;
  /// A file of the run is written to stdout, so that results are not printed there.
  bool stdout_taken = false;
  /// Progress of a run, printed if it is interrupted.
  struct Done {
    std::int64_t inputs = 0, of = 0;  ///< 0: not known
    std::string continuation;         ///< how to continue: "continue with --resume"; "" for none
  } done;

  /// Writes to stdout and flushes. Makes control characters visible, which names in untrusted files can hold
  /// (printable in core/text.h), except those of bold() and dim(). Throws ClosedPipe, or Error(output) if the
  /// disk is full.
  void result(std::string_view text);
  /// Writes a picture in escape sequences (render/terminal.h) unchanged.
  void terminal_picture(std::string_view sequences);

  /// Prints "nv: note: ..." to stderr, unless quiet.
  void note(std::string_view text) const;
  /// The same, once per text.
  void note_once(const std::string& text);
  /// Prints a note "wrote FILE" per file; "" and files that do not exist are skipped.
  void note_written(std::initializer_list<std::string> files) const;
  /// Prints a line to stderr, with -v.
  void detail(std::string_view text) const;
  /// Prints an error, and its hint if not "". The same error is printed once: a damaged file may hold many
  /// inputs.
  void error(std::string_view what, std::string_view hint) const;
  /// Prints the line of an interrupted run: progress, and how to continue.
  void interrupted() const;

  bool stdout_is_terminal() const;
  /// Whether stdout gets colours: by --color, NO_COLOR, TERM, and whether it is a terminal.
  bool colors() const;
  /// `text`, on one line, in bold or dim if stdout gets colours: for result() only.
  std::string bold(std::string_view text) const;
  std::string dim(std::string_view text) const;
  /// Columns of the terminal: COLUMNS if it is set, else the terminal's own number; nullopt if stdout is not
  /// a terminal.
  std::optional<std::size_t> width() const;

 private:
  void write(std::string_view bytes);

  bool closed_ = false;
  mutable std::set<std::string, std::less<>> printed_errors_;  ///< texts printed by error
  std::set<std::string> printed_notes_;                        ///< by note_once
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

/// Characters of a cell of a table: a file may hold names of any length.
constexpr std::size_t longest_cell = 120;

/// Columns of text, aligned.
class Table {
 public:
  enum class Align { left, right };
  /// Makes header and cells safe to print, on one line. NaN in a right-aligned column is printed as "NaN".
  void column(std::string_view header, Align align);
  /// A header of two lines, for long words above short numbers.
  void column(std::string_view upper, std::string_view lower, Align align);
  void row(std::vector<std::string> cells);
  /// "#", "layer" and "kind": the first columns of a table of layers.
  void layer_columns();
  /// A row that begins with those cells; `more` follow.
  void layer_row(std::size_t index, std::string_view path, std::string_view kind,
                 std::vector<std::string> more);
  /// Numbers of the columns that are left out first where a line is too narrow, in this order; the others
  /// follow from the last on.
  void expendable(std::vector<std::size_t> columns) { expendable_ = std::move(columns); }
  /// Text of the table, headers in bold if `console` has colours; no trailing spaces. On a terminal, lines
  /// are cut to its width: the widest texts lose their middle, then columns are left out, and a line below
  /// the table names them. Numbers are whole.
  std::string text(const Console& console) const;
  /// A header of two lines has a line feed.
  const std::vector<std::pair<std::string, Align>>& columns() const { return columns_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  std::vector<std::pair<std::string, Align>> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> expendable_;
};

/// Reserves the descriptors of closed standard streams (`nv ... >&-`), so that no other file gets one of
/// them. Using such a stream stays an error.
void hold_standard_streams();

/// Makes Ctrl-C and SIGTERM request an interrupt (nv/core/interrupt.h); a second one ends the program at
/// once.
void catch_interrupts();

}  // namespace nv
