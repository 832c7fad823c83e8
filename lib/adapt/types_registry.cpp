#include "palmetto/adapt/types_registry.hpp"

#include "palmetto/errors.hpp"

#include <map>
#include <unordered_map>
#include <utility>

namespace palmetto {
namespace {

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept {
    return std::hash<std::string_view>{}(name);
  }
};

}  // namespace

struct TypesRegistry::State {
  std::unordered_map<Oid, TypeInfo> by_oid;
  std::unordered_map<Oid, Oid> by_array;
  std::unordered_map<std::string, Oid, NameHash, std::equal_to<>> by_name;
  std::map<std::pair<Oid, TypeKind>, Oid> ranges;  // by what they are of
};

TypesRegistry::TypesRegistry() {
  static const std::shared_ptr<State> builtins = [] {
    auto state = std::make_shared<State>();
    for (const BuiltinType& type : builtin_types) {
      state->by_oid[type.oid] = {std::string(type.name),
                                 type.oid,
                                 type.array_oid,
                                 std::string(type.regtype.empty() ? type.name : type.regtype),
                                 type.kind,
                                 type.subtype,
                                 type.delimiter};
      if (type.subtype != 0) state->ranges[{type.subtype, type.kind}] = type.oid;
      state->by_name.emplace(type.name, type.oid);
      if (!type.regtype.empty()) state->by_name.emplace(type.regtype, type.oid);
      if (type.array_oid != 0) state->by_array[type.array_oid] = type.oid;
    }
    return state;
  }();
  state_ = builtins;
}

TypesRegistry::State& TypesRegistry::writable() {
  if (state_.use_count() > 1) state_ = std::make_shared<State>(*state_);
  return *state_;
}

void TypesRegistry::add(TypeInfo info) {
  for (TypeInfo& dependency : std::exchange(info.dependencies, {})) add(std::move(dependency));
  State& state = writable();
  const Oid oid = info.oid;
  state.by_name.insert_or_assign(info.name, oid);
  if (!info.regtype.empty()) state.by_name.try_emplace(info.regtype, oid);
  if (info.array_oid != 0) state.by_array.insert_or_assign(info.array_oid, oid);
  if (info.kind == TypeKind::range || info.kind == TypeKind::multirange)
    state.ranges.insert_or_assign({info.subtype, info.kind}, oid);
  if (info.kind == TypeKind::domain) has_domains_ = true;
  state.by_oid.insert_or_assign(oid, std::move(info));
}

void TypesRegistry::add_alias(std::string_view name, std::string_view canonical) {
  const TypeInfo* info = find(canonical);
  if (info == nullptr)
    throw ProgrammingError("no type " + std::string(canonical) + " to let " + std::string(name) +
                           " stand for");
  const Oid oid = info->oid;
  State& state = writable();
  state.by_name.insert_or_assign(std::string(name), oid);
  has_all_builtins_ = false;
}

void TypesRegistry::remove(std::string_view name) {
  const TypeInfo* info = find(name);
  if (info == nullptr) return;
  const TypeInfo removed = *info;
  State& state = writable();
  std::erase_if(state.by_name, [&](const auto& entry) { return entry.second == removed.oid; });
  std::erase_if(state.ranges, [&](const auto& entry) { return entry.second == removed.oid; });
  state.by_array.erase(removed.array_oid);
  state.by_oid.erase(removed.oid);
  has_all_builtins_ = false;
}

const TypeInfo* TypesRegistry::find(std::string_view name) const {
  const auto found = state_->by_name.find(name);
  return found == state_->by_name.end() ? nullptr : find(found->second);
}

const TypeInfo* TypesRegistry::find(Oid oid) const {
  const auto found = state_->by_oid.find(oid);
  return found == state_->by_oid.end() ? nullptr : &found->second;
}

const TypeInfo* TypesRegistry::find_by_array(Oid array_oid) const {
  const auto found = state_->by_array.find(array_oid);
  return found == state_->by_array.end() ? nullptr : find(found->second);
}

const TypeInfo* TypesRegistry::find_range_of(Oid subtype, TypeKind kind) const {
  const auto found = state_->ranges.find({subtype, kind});
  return found == state_->ranges.end() ? nullptr : find(found->second);
}

Oid TypesRegistry::base_of_domain(Oid oid) const {
  constexpr int deepest = 64;  // in case that what a server told goes in a circle
  for (int depth = 0; depth < deepest; ++depth) {
    const TypeInfo* info = find(oid);
    if (info == nullptr || info->kind != TypeKind::domain) break;
    oid = info->subtype;
  }
  return oid;
}

std::string TypesRegistry::display(Oid oid) const {
  if (const TypeInfo* info = find(oid)) return info->name;
  if (const TypeInfo* element = find_by_array(oid)) return element->name + "[]";
  return "OID " + std::to_string(oid);
}

}  // namespace palmetto
