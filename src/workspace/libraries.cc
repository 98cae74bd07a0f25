#include <arrow/config.h>
#include <openssl/crypto.h>

#include "cairn/workspace.h"
#include "catalog/engine_version.h"

namespace cairn {

std::vector<Library> libraries() {
  return {{"cairn", CAIRN_VERSION},
          {"arrow", arrow::GetBuildInfo().version_string},
          {"sqlite", catalog::sqlite_version()},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)}};
}

}  // namespace cairn
