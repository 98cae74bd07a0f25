# Warnings, optimisation, sanitizers and the compiler cache, for every target.
add_library(cairn_compiler INTERFACE)
target_compile_options(cairn_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wcast-align -Woverloaded-virtual
  $<$<BOOL:${CAIRN_WERROR}>:-Werror>
  -Wno-restrict  # false positives of g++ 12 on std::string (GCC bug 105329)
  -fstack-protector-strong)
target_compile_definitions(cairn_compiler INTERFACE
  $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2> CAIRN_VERSION="${PROJECT_VERSION}")
target_link_options(cairn_compiler INTERFACE -Wl,-z,relro,-z,now -Wl,--exclude-libs,libcrypto.a)

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -ftree-vectorize")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g")

if(CAIRN_SANITIZE)
  target_compile_options(cairn_compiler INTERFACE
    -fsanitize=${CAIRN_SANITIZE} -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)  # false positives of g++ 12 on std::regex and std::optional under sanitizers
  target_link_options(cairn_compiler INTERFACE -fsanitize=${CAIRN_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # What ccache asks for before it remembers what was compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  add_compile_options(-fpch-preprocess)
endif()
