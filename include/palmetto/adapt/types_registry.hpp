#pragma once

#include "palmetto/adapt/type_info.hpp"
#include "palmetto/adapt/type_ref.hpp"
#include "palmetto/oid.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace palmetto {

/// The types that a connection knows, by name and by OID. Copies share until one of them changes.
/// Names lead to OIDs and OIDs to the one type they stand for, apart from each other: an alias
/// never turns up in a message. Source: psycopg's `TypesRegistry`.
class TypesRegistry {
 public:
  /// PostgreSQL's builtin types; the server is not asked.
  TypesRegistry();

  /// Adds a type with those that it depends on, or replaces the one of its OID. Its display name
  /// (`regtype`) becomes another name of it, unless that is taken.
  void add(TypeInfo info);

  /// Lets `name` stand for the type of `canonical`, which must be there: on CockroachDB "json" is
  /// jsonb.
  void add_alias(std::string_view name, std::string_view canonical);

  /// Forgets a type that this server does not have, with its other names.
  void remove(std::string_view name);

  /// By name or display name; null when unknown. "int8[]" finds nothing: it is int8's `array_oid`.
  /// The pointer is good until the registry changes.
  [[nodiscard]] const TypeInfo* find(std::string_view name) const;
  /// By the type's own OID.
  [[nodiscard]] const TypeInfo* find(Oid oid) const;
  /// By the OID of the array of it.
  [[nodiscard]] const TypeInfo* find_by_array(Oid array_oid) const;

  /// The range, or the multirange, of that type: the one that was registered last, when there are
  /// several; null when there is none.
  [[nodiscard]] const TypeInfo* find_range_of(Oid subtype, TypeKind kind) const;

  /// What a domain is made of, through domains of domains; any other type is itself.
  [[nodiscard]] Oid base_of(Oid oid) const { return has_domains_ ? base_of_domain(oid) : oid; }

  /// What the type is called in a message: "int8", "int8[]"; "OID 16423" when unknown.
  [[nodiscard]] std::string display(Oid oid) const;

  /// Whether every builtin type has the OID that a TypeRef carries, so that it need not be looked
  /// up.
  [[nodiscard]] bool has_all_builtins() const noexcept { return has_all_builtins_; }

 private:
  struct State;
  State& writable();
  [[nodiscard]] Oid base_of_domain(Oid oid) const;
  std::shared_ptr<State> state_;
  bool has_all_builtins_ = true;
  bool has_domains_ = false;
};

}  // namespace palmetto
