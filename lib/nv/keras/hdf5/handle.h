// RAII for libhdf5. Only for the files that call it: its header stays out of public ones.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <utility>

namespace nv {

/// An identifier of the library, closed with the function for its kind.
class Hdf5Id {
 public:
  Hdf5Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Hdf5Id() { reset(); }
  Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Id& operator=(Hdf5Id&& other) noexcept {
    reset();
    id_ = std::exchange(other.id_, -1);
    close_ = other.close_;
    return *this;
  }
  explicit operator bool() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  void reset() {
    if (id_ >= 0) close_(id_);
    id_ = -1;
  }
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Held around every use of the library, which keeps global state and is not thread-safe as Debian builds it.
/// Turns off its printing of errors, and its plug-ins: a file must not choose code to be loaded.
class Hdf5Lock {
 public:
  Hdf5Lock() : lock_(mutex()) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex m;
    return m;
  }
  std::lock_guard<std::mutex> lock_;
};

}  // namespace nv
