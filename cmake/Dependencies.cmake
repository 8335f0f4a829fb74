# Everything araz links comes from Debian packages (scripts/setup installs them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)

# KLU appears in one translation unit (solver/sparse/sparse_lu.cpp). SuiteSparse 5 ships no CMake package.
find_path(ARAZ_KLU_INCLUDE klu.h PATH_SUFFIXES suitesparse REQUIRED)
find_library(ARAZ_KLU_LIBRARY klu REQUIRED)
find_library(ARAZ_AMD_LIBRARY amd REQUIRED)
add_library(araz_klu INTERFACE)
target_include_directories(araz_klu SYSTEM INTERFACE ${ARAZ_KLU_INCLUDE})
target_link_libraries(araz_klu INTERFACE ${ARAZ_KLU_LIBRARY} ${ARAZ_AMD_LIBRARY})

# The serial HDF5 C library, with its high-level part for dimension scales.
find_package(HDF5 REQUIRED COMPONENTS C HL)
add_library(araz_hdf5 INTERFACE)
target_include_directories(araz_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_compile_definitions(araz_hdf5 INTERFACE ${HDF5_C_DEFINITIONS})
target_link_libraries(araz_hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES})

# The TOML library is header-only and appears in one translation unit (src/io/case_folder_toml.cpp).
find_path(ARAZ_TOML_INCLUDE toml++/toml.h REQUIRED)
add_library(araz_toml INTERFACE)
target_include_directories(araz_toml SYSTEM INTERFACE ${ARAZ_TOML_INCLUDE})

# Batches on many machines, where MPI is there. Its C interface appears in one translation unit (src/app/batch_ranks.cpp).
option(ARAZ_WITH_MPI "Batches under mpirun and srun, if MPI is found" ON)
if(ARAZ_WITH_MPI)
  find_package(MPI QUIET COMPONENTS C)
endif()
