#include "io/checksum.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <array>
#include <vector>

#include "io/file.h"

namespace cairn::io {
namespace {

constexpr size_t kReadBytes = 1 << 20;

// One OpenSSL digest; absent when the host's policy forbids the algorithm, as FIPS hosts do with
// MD5.
class EvpDigest {
 public:
  explicit EvpDigest(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    usable_ = EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1;
  }

  void update(std::string_view bytes) {
    if (usable_) EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }

  std::string finish() {
    if (!usable_) return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  bool usable_ = false;
};

}  // namespace

struct Checksummer::State {
  explicit State(ChecksumChoice choice) : xxh3(XXH3_createState(), &XXH3_freeState) {
    XXH3_128bits_reset(xxh3.get());
    if (choice.md5) md5.emplace(EVP_md5());
    if (choice.sha256) sha256.emplace(EVP_sha256());
  }

  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> xxh3;
  std::optional<EvpDigest> md5;
  std::optional<EvpDigest> sha256;
};

Checksummer::Checksummer(ChecksumChoice choice) : state_(std::make_unique<State>(choice)) {}
Checksummer::~Checksummer() = default;
Checksummer::Checksummer(Checksummer&&) noexcept = default;
Checksummer& Checksummer::operator=(Checksummer&&) noexcept = default;

void Checksummer::update(std::string_view bytes) {
  // In pieces that stay in the first-level caches, so that every algorithm but the first reads them
  // from there.
  constexpr size_t kPiece = 64 << 10;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kPiece, bytes.size()))) {
    const std::string_view piece = bytes.substr(0, kPiece);
    XXH3_128bits_update(state_->xxh3.get(), piece.data(), piece.size());
    if (state_->md5) state_->md5->update(piece);
    if (state_->sha256) state_->sha256->update(piece);
  }
}

Checksums Checksummer::finish() {
  const XXH128_hash_t xxh3 = XXH3_128bits_digest(state_->xxh3.get());
  Checksums sums;
  sums.xxh3_128 = fmt::format("{:016x}{:016x}", xxh3.high64, xxh3.low64);
  if (state_->md5) sums.md5 = state_->md5->finish();
  if (state_->sha256) sums.sha256 = state_->sha256->finish();
  return sums;
}

std::string sha256_hex(std::string_view bytes) {
  EvpDigest digest(EVP_sha256());
  digest.update(bytes);
  return digest.finish();
}

Checksums checksum_file(const std::filesystem::path& path, ChecksumChoice choice,
                        const std::function<void(std::string_view)>& visit) {
  return checksum_file(FileDescriptor::open_to_read(path).get(), path, choice, visit);
}

Checksums checksum_file(int fd, const std::filesystem::path& path, ChecksumChoice choice,
                        const std::function<void(std::string_view)>& visit) {
  Checksummer checksummer(choice);
  std::vector<char> buffer(kReadBytes);
  for (int64_t offset = 0;;) {
    const size_t count = read_at(fd, offset, buffer, path);
    if (count == 0) return checksummer.finish();
    const std::string_view chunk(buffer.data(), count);
    checksummer.update(chunk);
    if (visit) visit(chunk);
    offset += static_cast<int64_t>(count);
  }
}

}  // namespace cairn::io
