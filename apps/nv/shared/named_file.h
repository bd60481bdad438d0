// Single files that the user named: -o FIG.png, --save, --svg, --html, --export.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nv/core/file.h"
#include "shared/option_set.h"

namespace nv {

/// --force, of every command that writes files.
void declare_force(const OptionGroup& group, bool& force);
/// --clean, of commands that write into a folder.
void declare_clean(const OptionGroup& group, bool& clean);

/// Whether nv wrote a file, by what it says inside: pictures, pages, JSON, .npz, models.
bool is_made_by_nv(const std::string& file);

/// Throws Error(output) where a file is there that nv did not write; before the work that makes it. Pipes and
/// devices are written to.
void check_named_file(const std::string& file, bool force);

/// Writes it, after the same check.
void write_named_file(const std::string& file, std::span<const std::byte> bytes, bool force);
void write_named_file(const std::string& file, std::string_view text, bool force);

/// Throws Error(usage), beginning with `command`, where -o names a picture but the command writes a folder.
void check_is_folder(std::string_view command, const std::string& output, const std::string& hint);
/// -o NAME.jpg: Throws Error(usage) for an ending of pictures that nv does not write.
void check_picture_ending(const std::string& output);

}  // namespace nv
