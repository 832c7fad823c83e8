#include "palmetto/dialect.hpp"

#include "palmetto/errors.hpp"
#include "palmetto/pq/conn.hpp"

namespace palmetto {
namespace {

class PostgresqlDialect final : public Dialect {
 public:
  explicit PostgresqlDialect(int server_version) noexcept : server_version_(server_version) {}
  [[nodiscard]] std::string_view vendor() const noexcept override { return "PostgreSQL"; }
  [[nodiscard]] int server_version() const override { return server_version_; }
  [[nodiscard]] std::optional<std::string> refusal(Feature) const override { return std::nullopt; }
  [[nodiscard]] const AdaptersMap& adapters_template() const override { return adapters(); }

 private:
  int server_version_;
};

}  // namespace

void Dialect::require(Feature feature) const {
  if (const auto reason = refusal(feature)) throw NotSupportedError(*reason);
}

bool Dialect::leaves_commit_unknown(std::string_view sqlstate) const noexcept {
  return sqlstate == errors::StatementCompletionUnknown::code ||
         sqlstate == errors::TransactionResolutionUnknown::code;
}

std::unique_ptr<const Dialect> postgresql_dialect(const pq::Conn& conn) {
  return std::make_unique<PostgresqlDialect>(conn.server_version());
}

}  // namespace palmetto
