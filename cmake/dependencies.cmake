# Everything from outside, found and never downloaded here: Debian packages, and Arrow.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
# Linked statically, kept to ourselves, and before Parquet: the wheel's libparquet exports a whole OpenSSL of its own.
# Of two shared ones, whichever is loaded first answers the calls of the other; Python's hashlib crashed on that.
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(CLI11 REQUIRED)
include(arrow)
set_property(TARGET OpenSSL::Crypto APPEND PROPERTY INTERFACE_LINK_LIBRARIES $<LINK_ONLY:Parquet::parquet_shared>)

add_library(cairn_xxhash INTERFACE)
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)
target_include_directories(cairn_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE})
target_compile_definitions(cairn_xxhash INTERFACE XXH_INLINE_ALL)

# Debian's package has no description for CMake.
add_library(cairn_utf8proc INTERFACE)
find_path(UTF8PROC_INCLUDE utf8proc.h REQUIRED)
find_library(UTF8PROC_LIBRARY utf8proc REQUIRED)
target_include_directories(cairn_utf8proc SYSTEM INTERFACE ${UTF8PROC_INCLUDE})
target_link_libraries(cairn_utf8proc INTERFACE ${UTF8PROC_LIBRARY})

if(CAIRN_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
