#pragma once

#include <cstddef>
#include <memory>

namespace araz::solver {

/// Zeroed doubles on a 64-byte boundary; large ones on huge pages where the system has them.
class LaneBuffer {
public:
    explicit LaneBuffer(std::size_t n);
    [[nodiscard]] double* data() const { return data_.get(); }

private:
    struct Free {
        void operator()(double* p) const;
    };
    std::unique_ptr<double[], Free> data_;
};

}  // namespace araz::solver
