# Arrow C++: an installation that CMake can find is preferred; else the one inside the pyarrow wheel of .venv.
# The wheel has no CMake package and only versioned libraries, so its targets are imported by full path; executables
# get a RUNPATH to it.
#
# The Python package always takes the wheel's: `import pyarrow` loads that one, and a process can have only one.
if(SKBUILD)
  set(CAIRN_PYTHON ${Python_EXECUTABLE})
else()
  set(CAIRN_PYTHON ${CMAKE_SOURCE_DIR}/.venv/bin/python CACHE FILEPATH "The Python whose pyarrow wheel carries Arrow")
  find_package(Arrow 25 CONFIG QUIET)
  find_package(Parquet 25 CONFIG QUIET)
  find_package(ArrowCompute 25 CONFIG QUIET)
endif()
if(Arrow_FOUND AND Parquet_FOUND AND ArrowCompute_FOUND)
  message(STATUS "Arrow ${Arrow_VERSION} from ${Arrow_DIR}")
else()
  execute_process(
    COMMAND ${CAIRN_PYTHON} -c "import pyarrow as p, os; print(p.get_include(), os.path.dirname(p.__file__), *p.__version__.split('.')[:2], sep=';')"
    OUTPUT_VARIABLE wheel OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  list(POP_FRONT wheel wheel_include wheel_dir wheel_major wheel_minor)
  math(EXPR wheel_so "${wheel_major} * 100 + ${wheel_minor}")
  foreach(pair Arrow::arrow_shared=arrow ArrowCompute::arrow_compute_shared=arrow_compute Parquet::parquet_shared=parquet)
    string(REPLACE "=" ";" pair ${pair})
    list(POP_FRONT pair target library)
    add_library(${target} SHARED IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES
      IMPORTED_LOCATION ${wheel_dir}/lib${library}.so.${wheel_so}
      INTERFACE_INCLUDE_DIRECTORIES ${wheel_include}
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${wheel_include})
  endforeach()
  set(CMAKE_INSTALL_RPATH ${wheel_dir})
  message(STATUS "Arrow ${wheel_major}.${wheel_minor} from the wheel in ${wheel_dir}")
endif()
