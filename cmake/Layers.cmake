# One static library per layer. The headers of a layer live in include/araz/<layer>; each layer gets an
# include root of its own in the build tree that shows only that folder, so a target compiles only
# against the layers it links.

add_library(araz_options INTERFACE)
target_compile_options(araz_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  # Results are the same bits whatever the build: no contraction of a*b+c behind our back.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: a false alarm inside std::string::operator+ at -O2.
  target_compile_options(araz_options INTERFACE -Wno-restrict)
endif()
if(ARAZ_WERROR)
  target_compile_options(araz_options INTERFACE -Werror)
endif()
if(ARAZ_SANITIZE)
  target_compile_options(araz_options INTERFACE -fsanitize=${ARAZ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(araz_options INTERFACE -fsanitize=${ARAZ_SANITIZE})
endif()
target_compile_definitions(araz_options INTERFACE ARAZ_VERSION="${PROJECT_VERSION}")

function(araz_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_LIBS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${root}/araz)
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/include/araz/${name} ${root}/araz/${name} SYMBOLIC)

  set(sources "")
  foreach(folder IN LISTS ARG_SOURCES)
    file(GLOB found CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    set(sources ${CMAKE_BINARY_DIR}/empty.cpp)
    file(TOUCH ${sources})
  endif()
  add_library(araz_${name} STATIC ${sources})
  set_target_properties(araz_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(araz_${name} PUBLIC ${root})
  # Private headers lie beside their sources and are included by their path below the layer's folder.
  foreach(folder IN LISTS ARG_SOURCES)
    target_include_directories(araz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/${folder})
  endforeach()
  foreach(dependency IN LISTS ARG_DEPENDS)
    target_link_libraries(araz_${name} PUBLIC araz_${dependency})
  endforeach()
  target_link_libraries(araz_${name} PRIVATE araz_options ${ARG_PRIVATE_LIBS})

  if(ARAZ_TESTS)
    araz_headers_compile_alone(${name})
  endif()
endfunction()

# Each public header of a layer as a translation unit of its own, against that layer's includes only.
function(araz_headers_compile_alone name)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/araz/${name}/*.hpp)
  set(units "")
  foreach(header IN LISTS headers)
    get_filename_component(stem ${header} NAME_WE)
    set(unit ${CMAKE_BINARY_DIR}/header_alone/${name}_${stem}.cpp)
    if(NOT EXISTS ${unit})
      file(WRITE ${unit} "#include \"araz/${name}/${stem}.hpp\"\n")
    endif()
    list(APPEND units ${unit})
  endforeach()
  if(units)
    add_library(araz_headers_${name} OBJECT ${units})
    target_link_libraries(araz_headers_${name} PRIVATE araz_${name} araz_options)
  endif()
endfunction()
