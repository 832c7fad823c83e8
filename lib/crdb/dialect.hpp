#pragma once

#include "palmetto/dialect.hpp"

#include <optional>
#include <string>

namespace palmetto::crdb {

/// CockroachDB's dialect. It goes by the parameter status crdb_version, never by the version of
/// PostgreSQL that the server claims to be.
class CrdbDialect final : public Dialect {
 public:
  explicit CrdbDialect(std::optional<std::string> crdb_version) noexcept
      : crdb_version_(std::move(crdb_version)) {}

  [[nodiscard]] std::string_view vendor() const noexcept override { return "CockroachDB"; }
  /// Throws InternalError when the server did not send crdb_version, InterfaceError when it has no
  /// version in it.
  [[nodiscard]] int server_version() const override;
  /// Nothing for a server that sent no crdb_version: it is PostgreSQL. With a version that can't be
  /// parsed, whatever a version lacked is refused.
  [[nodiscard]] std::optional<std::string> refusal(Feature feature) const override;
  /// v22.1 does, in silence: cockroach#87012.
  [[nodiscard]] bool ignores_begin_modes() const override;
  /// 57014 does, too: the server puts it in the place of whatever error a statement has that was
  /// cancelled or ran out of time, 40003 included (pkg/sql/conn_executor_exec.go).
  [[nodiscard]] bool leaves_commit_unknown(std::string_view sqlstate) const noexcept override;
  [[nodiscard]] std::string_view restart_savepoint() const noexcept override {
    return crdb_version_ ? "cockroach_restart" : "";
  }
  [[nodiscard]] const AdaptersMap& adapters_template() const override;
  /// Nothing for a version that can't be parsed: the server will say what it lacks.
  void restrict_adapters(AdaptersMap& adapters) const override;

 private:
  std::optional<std::string> crdb_version_;
};

[[nodiscard]] std::unique_ptr<const Dialect> crdb_dialect(const pq::Conn& conn);

}  // namespace palmetto::crdb
