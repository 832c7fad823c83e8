#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/text.hpp"

#include <boost/describe/enumerators.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// C++ enums <-> enum types, by their labels:
///
///     enum class Mood { sad, ok, happy };
///     BOOST_DESCRIBE_ENUM(Mood, sad, ok, happy)
///
///     conn.adapters().register_types(conn, "mood");
///     auto mood = conn.execute("SELECT mood FROM person WHERE name = $1", name).value<Mood>();
///
/// A described enum is sent without a type, as text, and the server infers its own; with
/// `register_enum<Mood>(info)` it has its type. It is read from every registered enum type, and
/// from text. A label that no enumerator has is a DataError, as a value is that is no enumerator.
///
/// Labels that are no C++ names are given by a map; then the enum need not be described, but must
/// be declared as adapted at run time:
///
///     template <> struct palmetto::Adapter<Mood> : palmetto::EnumByLabels<Mood> {};
///     map.register_enum<Mood>(*palmetto::EnumInfo::fetch(conn, "mood"),
///                             {{Mood::sad, "very sad"}, {Mood::ok, "so-so"}});
namespace palmetto {

namespace detail {

template <class E>
using EnumLabels = std::vector<std::pair<E, std::string>>;

[[noreturn]] void fail_label(Reader& in, std::string_view label);

template <class E, class Labels>
void write_label(Writer& out, E value, const Labels& labels) {
  for (const auto& [enumerator, label] : labels)
    if (enumerator == value) return out.append(label);
  out.fail("the value is no enumerator that has a label");
}

template <class E, class Labels>
[[nodiscard]] E read_label(Reader& in, const Labels& labels) {
  const std::string_view text = in.rest();
  for (const auto& [enumerator, label] : labels)
    if (label == text) return enumerator;
  fail_label(in, text);
}

template <class E>
concept DescribedEnum = boost::describe::has_describe_enumerators<E>::value;

/// The enumerators, with their names.
template <class E>
inline constexpr auto enumerators = []<template <class...> class L, class... D>(L<D...>) {
  return std::array<std::pair<E, std::string_view>, sizeof...(D)>{{{D::value, D::name}...}};
}(boost::describe::describe_enumerators<E>());

}  // namespace detail

/// The adapter of an enum whose labels are registered at run time alone.
template <class E>
struct EnumByLabels : RegisteredAtRunTime {
  using Labels = std::shared_ptr<const detail::EnumLabels<E>>;

  /// What `AdaptersMap::register_enum` registers.
  static Dumper<E> labelled_dumper(Oid oid, Format format, Labels labels) {
    return {oid, format,
            [](Writer& out, const E& value, const void* state) {
              detail::write_label(out, value, *static_cast<const detail::EnumLabels<E>*>(state));
            },
            std::move(labels)};
  }
  static Loader<E> labelled_loader(Labels labels) {
    return {[](Reader& in, const void* state) {
              return detail::read_label<E>(in, *static_cast<const detail::EnumLabels<E>*>(state));
            },
            std::move(labels)};
  }
};

template <detail::DescribedEnum E>
struct Adapter<E> {
  static constexpr TypeKind kind = TypeKind::enumeration;

  static Dumper<E> find_dumper(const AdaptersMap& map, Format) {
    return {map.untyped_oid(), Format::text, &write};
  }
  static Dumper<E> find_dumper_as(const AdaptersMap&, const TypeInfo& info, Format preferred) {
    return {info.oid, preferred, &write};
  }
  static Loader<E> find_loader(const AdaptersMap& map, Oid oid, Format) {
    return detail::text_form(map, oid, Format::binary) == detail::TextForm::whole ? Loader<E>(&read)
                                                                                  : Loader<E>();
  }
  static Dumper<E> labelled_dumper(Oid oid, Format format,
                                   typename EnumByLabels<E>::Labels labels) {
    return EnumByLabels<E>::labelled_dumper(oid, format, std::move(labels));
  }
  static Loader<E> labelled_loader(typename EnumByLabels<E>::Labels labels) {
    return EnumByLabels<E>::labelled_loader(std::move(labels));
  }

 private:
  static void write(Writer& out, const E& value) {
    detail::write_label(out, value, detail::enumerators<E>);
  }
  static E read(Reader& in) { return detail::read_label<E>(in, detail::enumerators<E>); }
};

}  // namespace palmetto
