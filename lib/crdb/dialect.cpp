#include "dialect.hpp"

#include "palmetto/crdb/adapters.hpp"
#include "palmetto/crdb/features.hpp"
#include "palmetto/crdb/version.hpp"
#include "palmetto/errors.hpp"
#include "palmetto/pq/conn.hpp"

#include "later_types.hpp"

#include <algorithm>

namespace palmetto::crdb {

int CrdbDialect::server_version() const {
  if (!crdb_version_) throw InternalError("'crdb_version' parameter status not set");
  if (const auto version = parse_version(*crdb_version_)) return *version;
  throw InterfaceError("couldn't parse CockroachDB version from: " + *crdb_version_);
}

std::optional<std::string> CrdbDialect::refusal(Feature feature) const {
  if (!crdb_version_) return std::nullopt;
  const auto entry = std::ranges::find(features(), feature, &FeatureEntry::feature);
  if (entry == features().end()) return std::nullopt;
  const auto parsed = parse_version(*crdb_version_);
  if (!parsed)
    return "it is unknown whether the server has " + std::string(entry->name) +
           ": couldn't parse CockroachDB version from: " + *crdb_version_;
  const int version = *parsed;
  if (entry->first_version != 0 && version >= entry->first_version) return std::nullopt;
  std::string reason =
      "CockroachDB v" + format_version(version) + " does not have " + std::string(entry->name);
  reason += entry->first_version == 0
                ? ", nor does a later version"
                : ", versions from v" + format_version(entry->first_version) + " do";
  if (entry->issue != 0) reason += " (cockroach#" + std::to_string(entry->issue) + ")";
  return reason + "; use " + std::string(entry->instead);
}

const AdaptersMap& CrdbDialect::adapters_template() const { return crdb::adapters(); }

bool CrdbDialect::ignores_begin_modes() const {
  const auto version = crdb_version_ ? parse_version(*crdb_version_) : std::nullopt;
  return version && *version >= 220100 && *version < 220200;
}

bool CrdbDialect::leaves_commit_unknown(std::string_view sqlstate) const noexcept {
  return Dialect::leaves_commit_unknown(sqlstate) ||
         (crdb_version_ && sqlstate == errors::QueryCanceled::code);
}

void CrdbDialect::restrict_adapters(AdaptersMap& adapters) const {
  if (!crdb_version_) return;
  const auto version = parse_version(*crdb_version_);
  if (!version) return;
  remove_later_types(adapters, *version);
  if (!has(Feature::composite_types)) adapters.remove_feature(TypeFeature::composites);
}

std::unique_ptr<const Dialect> crdb_dialect(const pq::Conn& conn) {
  std::optional<std::string> version;
  if (const auto status = conn.parameter_status("crdb_version"); status && !status->empty())
    version = *status;
  return std::make_unique<CrdbDialect>(std::move(version));
}

}  // namespace palmetto::crdb
