#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "araz/solver/lane_buffer.hpp"

namespace araz::solver {

void LaneBuffer::Free::operator()(double* p) const { std::free(p); }

LaneBuffer::LaneBuffer(std::size_t n) {
    constexpr std::size_t huge = 2U << 20U;
    std::size_t bytes = std::max<std::size_t>(1, n) * sizeof(double);
    const std::size_t alignment = bytes >= huge ? huge : 4096;
    bytes = (bytes + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, bytes);
    if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
    if (alignment == huge) madvise(memory, bytes, MADV_HUGEPAGE);  // only a wish: what it returns does not matter
#endif
    std::memset(memory, 0, bytes);
    data_.reset(static_cast<double*>(memory));
}

}  // namespace araz::solver
