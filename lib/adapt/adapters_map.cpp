#include "palmetto/adapt/adapters_map.hpp"

#include "palmetto/errors.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace palmetto {

namespace {

std::string describe(TypeFeature feature) {
  switch (feature) {
    case TypeFeature::array_dimensions:
      return "arrays of several dimensions, or with other lower bounds than 1";
    case TypeFeature::composites:
      return "composite types";
  }
  return {};
}

}  // namespace

struct AdaptersMap::State : Common {
  std::string server = "PostgreSQL";
  std::vector<Oid> sent_in_text;
  std::vector<TypeFeature> missing;
  std::unordered_map<std::type_index, std::shared_ptr<const void>> dumpers;
  std::map<std::tuple<std::type_index, Oid, Format>, std::shared_ptr<const void>> loaders;
};

AdaptersMap::AdaptersMap() : state_(std::make_shared<State>()) {}

AdaptersMap::State& AdaptersMap::writable() {
  if (state_.use_count() > 1) state_ = std::make_shared<State>(state());
  return static_cast<State&>(*state_);
}

const AdaptersMap::State& AdaptersMap::state() const noexcept {
  return static_cast<const State&>(*state_);
}

TypesRegistry& AdaptersMap::types_for_change() { return writable().types; }
void AdaptersMap::register_type(const TypeInfo& info) { writable().types.add(info); }

void AdaptersMap::set_untyped_oid(Oid oid) { writable().untyped_oid = oid; }
std::string_view AdaptersMap::server() const noexcept { return state().server; }
void AdaptersMap::set_server(std::string server) { writable().server = std::move(server); }

bool AdaptersMap::is_sent_in_text(Oid oid) const noexcept {
  const auto& oids = state().sent_in_text;
  return std::find(oids.begin(), oids.end(), oid) != oids.end();
}
void AdaptersMap::prefer_text(std::string_view type) {
  const Oid oid = look_up(type, false);
  State& changed = writable();
  changed.sent_in_text.push_back(oid);
  changed.prefers_text = true;
}

void AdaptersMap::require(TypeFeature feature) const {
  const auto& missing = state().missing;
  if (std::find(missing.begin(), missing.end(), feature) == missing.end()) return;
  throw NotSupportedError(state().server + " has no " + describe(feature));
}
void AdaptersMap::remove_feature(TypeFeature feature) { writable().missing.push_back(feature); }

Oid AdaptersMap::array_oid_of(Oid element) const {
  const TypeInfo* info = types().find(element);
  if (info == nullptr || info->array_oid == 0)
    throw NotSupportedError(state().server + " has no arrays of " + types().display(element));
  return info->array_oid;
}

char AdaptersMap::delimiter_of(Oid element) const {
  const TypeInfo* info = types().find(element);
  return info != nullptr ? info->delimiter : ',';
}

Oid AdaptersMap::look_up(std::string_view type, bool builtin) const {
  if (const TypeInfo* info = types().find(type)) return info->oid;
  if (builtin || find_builtin_type(std::string(type).c_str()).oid != 0)
    throw NotSupportedError(state().server + " has no type " + std::string(type));
  throw ProgrammingError("the type " + std::string(type) +
                         " is not registered here: TypeInfo::fetch it, then "
                         "AdaptersMap::register_type");
}

Oid AdaptersMap::look_up_with_arrays(std::string_view type) const {
  if (type.ends_with("[]")) return array_oid_of(look_up(type.substr(0, type.size() - 2), false));
  return look_up(type, false);
}

void AdaptersMap::require_kind(const TypeInfo& info, TypeKind kind) {
  if (info.kind != kind)
    throw ProgrammingError("the type " + info.name + " is of another kind than the C++ type");
}

void AdaptersMap::throw_no_dumper(std::string_view cpp_name) {
  throw ProgrammingError("no dumper is registered for the C++ type " + std::string(cpp_name) +
                         ": AdaptersMap::register_dumper");
}

void AdaptersMap::throw_other_type(std::string_view cpp_name, std::string_view type) {
  throw ProgrammingError("a " + std::string(cpp_name) + " can't be sent as " + std::string(type) +
                         ": it is of another type, and has no text format");
}

const void* AdaptersMap::registered_dumper(std::type_index type) const noexcept {
  const auto found = state().dumpers.find(type);
  return found == state().dumpers.end() ? nullptr : found->second.get();
}

const void* AdaptersMap::registered_loader(std::type_index type, Oid oid,
                                           Format format) const noexcept {
  const auto found = state().loaders.find({type, oid, format});
  return found == state().loaders.end() ? nullptr : found->second.get();
}

void AdaptersMap::set_dumper(std::type_index type, std::shared_ptr<const void> factory) {
  State& changed = writable();
  changed.dumpers.insert_or_assign(type, std::move(factory));
  changed.has_overrides = true;
}

void AdaptersMap::set_loader(std::type_index type, Oid oid, Format format,
                             std::shared_ptr<const void> factory) {
  State& changed = writable();
  changed.loaders.insert_or_assign({type, oid, format}, std::move(factory));
  changed.has_overrides = true;
}

AdaptersMap& adapters() {
  static AdaptersMap map;
  return map;
}

}  // namespace palmetto
