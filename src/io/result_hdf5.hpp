// What every HDF5 result says about itself.
#pragma once

#include "araz/io/result_io.hpp"
#include "hdf5_image.hpp"

namespace araz {

/// The attributes of the root group that the contract asks for.
void write_root(Hdf5Image& image, const Envelope& envelope, const Hdf5Stamp& stamp, std::string_view title);

}  // namespace araz
