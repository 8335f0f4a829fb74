// What one core of the machine can do at best, measured: the yardstick of the kernels' shares.
#pragma once

#include <cstddef>

namespace araz::bench {

/// Multiply-adds in registers alone, with vectors of 256 bits: floating-point operations per second.
double peak_flops(bool single);

/// Bytes per second at which a core reads a block of this size again and again, with vectors of 256 bits.
double read_bandwidth(std::size_t bytes);

/// The same for reading a block and writing it back.
double update_bandwidth(std::size_t bytes);

}  // namespace araz::bench
