// HDF5 identifiers that close themselves, and failures with the library's own words.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace araz {

/// Thrown and caught inside the HDF5 writer only; callers see a Result.
struct Hdf5Failure {
    std::string what;
};

/// An identifier of any kind with the function that closes it.
class Hdf5Handle {
public:
    using Close = herr_t (*)(hid_t);

    /// Takes over `id`; a negative one is the failure of `what`.
    Hdf5Handle(hid_t id, Close close, const char* what) : id_(id), close_(close) {
        if (id_ < 0) throw Hdf5Failure{what};
    }
    Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Hdf5Handle& operator=(Hdf5Handle&&) = delete;
    Hdf5Handle(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(const Hdf5Handle&) = delete;
    ~Hdf5Handle() {
        if (id_ >= 0) close_(id_);
    }

    operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor): handed to the C API

private:
    hid_t id_;
    Close close_;
};

inline void hdf5_check(herr_t answer, const char* what) {
    if (answer < 0) throw Hdf5Failure{what};
}

}  // namespace araz
