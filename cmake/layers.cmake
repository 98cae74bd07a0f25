# One static library per layer. The USES line is the picture in docs/architecture.md: what a layer may include,
# itself and everything below it; tools/check_layers.py holds the includes against it.
#
# A layer's sources are the .cc files of its folder.
#
#   cairn_layer(engine
#     USES formats           layers directly below
#     API engine.h           headers of include/cairn that belong to it; read by tools/check_layers.py
#     LINKS PkgA::a)         third-party targets its sources need
function(cairn_layer name)
  cmake_parse_arguments(LAYER "" "" "USES;API;LINKS" ${ARGN})
  file(GLOB_RECURSE LAYER_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(cairn_${name} STATIC ${LAYER_SOURCES})
  target_include_directories(cairn_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM LAYER_USES PREPEND cairn_)
  target_link_libraries(cairn_${name} PUBLIC ${LAYER_USES} ${LAYER_LINKS} PRIVATE cairn_compiler)
endfunction()

# The tests of one layer: tests/unit/<layer>/*_test.cc in one program.
function(cairn_layer_tests name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/unit/${name}/*_test.cc)
  if(sources)
    cairn_test(${name}_test SOURCES ${sources} USES ${name})
  endif()
endfunction()

function(cairn_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;USES" ${ARGN})
  list(TRANSFORM TEST_USES PREPEND cairn_)
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_USES} cairn_test_support GTest::gmock GTest::gtest_main cairn_compiler)
  target_compile_options(${name} PRIVATE ${CAIRN_TEST_OPTIONS})
  target_precompile_headers(${name} REUSE_FROM cairn_test_headers)
  target_compile_definitions(${name} PRIVATE CAIRN_TESTS_DIR="${CMAKE_SOURCE_DIR}/tests")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()
