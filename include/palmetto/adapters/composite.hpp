#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/fields.hpp"
#include "palmetto/adapters/composite_format.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

/// Composite types and records:
///
/// | C++                                  | composite types, by   | records, as of `ROW(1, 'a')` |
/// |--------------------------------------|-----------------------|------------------------------|
/// | struct described with Boost.Describe | name of the attribute | -                            |
/// | std::tuple, std::pair                | position              | position                     |
///
///     struct Item { std::string name; std::optional<std::int32_t> supplier; };
///     BOOST_DESCRIBE_STRUCT(Item, (), (name, supplier))
///
///     conn.adapters().register_composite<Item>(*palmetto::CompositeInfo::fetch(conn, "item"));
///     conn.execute("INSERT INTO stock (item) VALUES ($1)", Item{"nail", 7});
///     auto item = conn.execute("SELECT item FROM stock").value<Item>();
///
/// Reading takes a composite type that is registered (`register_types` does), for its attributes;
/// those that the struct has no member for are left aside. Sending takes nothing: then it is text
/// without a type, which the server infers, of the members in their order. With
/// `register_composite` the value has its type, in binary where every member is sent as the type of
/// its attribute, and needs a member for each.
///
/// As a whole row such a type is its columns: `rows<Item>()` reads `name` and `supplier`, and
/// `rows<std::tuple<Item>>()` a column that is an item. A record in text tells no types: its fields
/// can be read as strings then. CockroachDB's tuples are records; composite types can't be sent.
namespace palmetto {

namespace detail {

template <class T>
struct IsDumpableField : std::bool_constant<Dumpable<not_null_t<T>>> {};
template <class T>
struct IsLoadableField : std::bool_constant<Loadable<not_null_t<T>>> {};
template <class T>
struct IsNoViewField : std::bool_constant<!palmetto::is_view<T>> {};

inline constexpr Oid record_oid = TypeRef("record").oid;
inline constexpr Oid unknown_oid = TypeRef("unknown").oid;
inline constexpr std::size_t no_field = static_cast<std::size_t>(-1);

/// An attribute of a composite type: which field of the C++ type it is, and its own type.
struct Attribute {
  std::size_t field = 0;
  Oid type = 0;
};

/// The field of a T that an attribute is: by name, or by position; `no_field` when there is none.
template <class T>
[[nodiscard]] std::size_t field_of(const TypeInfo& info, std::size_t attribute) {
  if constexpr (Described<T>) {
    for (std::size_t field = 0; field < FieldsOf<T>::size; ++field)
      if (FieldsOf<T>::names[field] == info.attributes[attribute].name) return field;
    return no_field;
  } else {
    return attribute < FieldsOf<T>::size ? attribute : no_field;
  }
}

/// Calls a function for the field of that number, with the number as a constant.
template <class T, class F>
void with_field(std::size_t field, F&& function) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    static_cast<void>(
        ((I == field ? (function(std::integral_constant<std::size_t, I>()), true) : false) || ...));
  }(std::make_index_sequence<FieldsOf<T>::size>());
}

/// Writes a T, its fields in the order of the attributes.
template <class T>
class CompositeDumper {
  static constexpr std::size_t size = FieldsOf<T>::size;

 public:
  /// As whatever the server makes of it: in text, the fields in their own order.
  explicit CompositeDumper(const AdaptersMap& map) {
    for (std::size_t field = 0; field < size; ++field) {
      attributes_[field] = {field, 0};
      find(map, attributes_[field], Format::text);
    }
  }
  /// As a registered type. Throws ProgrammingError when that has other attributes.
  CompositeDumper(const AdaptersMap& map, const TypeInfo& info, Format preferred) {
    match(info);
    format_ = preferred;
    for (const Attribute& attribute : attributes_) find(map, attribute, preferred);
    if (format_ == Format::text && preferred == Format::binary)
      for (const Attribute& attribute : attributes_) find(map, attribute, Format::text);
  }

  [[nodiscard]] Format format() const noexcept { return format_; }

  void operator()(Writer& out, const T& value) const {
    CompositeWriter writer(out, format_, size);
    for (const Attribute& attribute : attributes_)
      with_field<T>(attribute.field, [&](auto field) {
        write(writer, attribute.type, FieldsOf<T>::template get<field>(value),
              dumpers_.template get<field>());
      });
    writer.end();
  }

 private:
  void match(const TypeInfo& info) {
    for (std::size_t i = 0; i < info.attributes.size(); ++i) {
      const std::size_t field = field_of<T>(info, i);
      if (field == no_field || i >= size) throw_no_member(info, info.attributes[i].name);
      attributes_[i] = {field, info.attributes[i].type};
    }
    if (info.attributes.size() != size) throw_attribute_count(info, size);
  }

  void find(const AdaptersMap& map, const Attribute& attribute, Format preferred) {
    with_field<T>(attribute.field, [&](auto field) {
      using Value = not_null_t<typename FieldsOf<T>::template Field<field>>;
      auto& dumper = dumpers_.template get<field>();
      dumper = map.find_dumper_as<Value>(attribute.type, preferred);
      if (!is_binary_of(map, attribute.type, dumper.oid(), dumper.format())) format_ = Format::text;
    });
  }

  template <class Field>
  static void write(CompositeWriter& writer, Oid type, const Field& value,
                    const Dumper<not_null_t<Field>>& dumper) {
    if constexpr (is_nullable<Field>) {
      if (!value.has_value()) return writer.null(type);
      writer.begin_attribute(type);
      dumper(writer.out(), *value);
    } else {
      writer.begin_attribute(type);
      dumper(writer.out(), value);
    }
    writer.end_attribute();
  }

  std::array<Attribute, size> attributes_;
  FieldSlots<FieldsOf<T>, FieldDumper> dumpers_;
  Format format_ = Format::text;
};

/// Reads a T from a registered composite type.
template <class T>
class CompositeLoader {
 public:
  CompositeLoader(const AdaptersMap& map, const TypeInfo& info, Format format) : format_(format) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < info.attributes.size(); ++i) {
      attributes_.push_back({field_of<T>(info, i), info.attributes[i].type});
      if (attributes_.back().field == no_field) continue;
      ++found;
      with_field<T>(attributes_.back().field, [&](auto field) {
        using Value = not_null_t<typename FieldsOf<T>::template Field<field>>;
        auto& loader = loaders_.template get<field>();
        loader = map.find_loader<Value>(info.attributes[i].type, format);
        if (!loader) complete_ = false;
      });
    }
    if (found != FieldsOf<T>::size || (!Described<T> && attributes_.size() != found))
      complete_ = false;
  }

  /// Whether there is an attribute for each field, that it can be read from.
  [[nodiscard]] bool is_complete() const noexcept { return complete_; }

  [[nodiscard]] T operator()(Reader& in) const {
    CompositeReader reader(in, format_, attributes_.size());
    T value{};
    for (std::size_t i = 0; i < attributes_.size(); ++i) {
      reader.next();
      if (format_ == Format::binary && reader.type() != attributes_[i].type)
        reader.fail("an attribute of the composite value is of another type than was registered");
      with_field<T>(attributes_[i].field, [&](auto field) {
        FieldsOf<T>::template get<field>(value) = read<typename FieldsOf<T>::template Field<field>>(
            reader, i, loaders_.template get<field>());
      });
    }
    reader.end();
    return value;
  }

  template <class Field>
  [[nodiscard]] static Field read(const CompositeReader& reader, std::size_t attribute,
                                  const Loader<not_null_t<Field>>& loader) {
    if (!reader.is_null()) return loader(reader.value());
    if constexpr (is_nullable<Field>) return std::nullopt;
    else fail_attribute_null(reader, attribute);
  }

 private:
  std::vector<Attribute> attributes_;
  FieldSlots<FieldsOf<T>, FieldLoader> loaders_;
  Format format_;
  bool complete_ = true;
};

/// Reads a tuple from records, which may differ from row to row.
template <class T>
class RecordLoader {
 public:
  RecordLoader(const AdaptersMap& map, Format format) : map_(map), format_(format) {}

  [[nodiscard]] T operator()(Reader& in) const {
    CompositeReader reader(in, format_, FieldsOf<T>::size);
    T value{};
    for (std::size_t i = 0; i < FieldsOf<T>::size; ++i) {
      reader.next();
      with_field<T>(i, [&](auto field) {
        using Field = typename FieldsOf<T>::template Field<field>;
        using Value = not_null_t<Field>;
        const Oid type = format_ == Format::binary ? reader.type() : unknown_oid;
        const Loader<Value> loader = map_.find_loader<Value>(type, format_);
        if (!loader && !reader.is_null())
          fail_attribute_type(reader, i, map_.types().display(type), palmetto::cpp_name<Value>());
        FieldsOf<T>::template get<field>(value) =
            CompositeLoader<T>::template read<Field>(reader, i, loader);
      });
    }
    reader.end();
    return value;
  }

 private:
  AdaptersMap map_;
  Format format_;
};

/// A loader of what has a state, from that state.
template <class T, class State>
[[nodiscard]] Loader<T> loader_with(State state) {
  return {[](Reader& in, const void* kept) { return (*static_cast<const State*>(kept))(in); },
          std::make_shared<const State>(std::move(state))};
}

}  // namespace detail

template <class T>
  requires detail::TupleLike<T> || detail::Described<T>
struct Adapter<T> {
  static constexpr bool is_row = true;
  static constexpr TypeKind kind = TypeKind::composite;
  static constexpr bool is_view = !detail::all_fields<T, detail::IsNoViewField>;

  static Dumper<T> find_dumper(const AdaptersMap& map, Format)
    requires detail::all_fields<T, detail::IsDumpableField>
  {
    map.require(TypeFeature::composites);
    return make_dumper(map.untyped_oid(), detail::CompositeDumper<T>(map));
  }
  static Dumper<T> find_dumper_as(const AdaptersMap& map, const TypeInfo& info, Format preferred)
    requires detail::all_fields<T, detail::IsDumpableField>
  {
    map.require(TypeFeature::composites);
    return make_dumper(info.oid, detail::CompositeDumper<T>(map, info, preferred));
  }

  static Loader<T> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires detail::all_fields<T, detail::IsLoadableField>
  {
    // An escaped attribute of a text has to be copied to be read: there is nothing to point into.
    if (is_view && format == Format::text) return {};
    if (detail::TupleLike<T> && oid == detail::record_oid)
      return detail::loader_with<T>(detail::RecordLoader<T>(map, format));
    const TypeInfo* info = map.types().find(oid);
    if (info == nullptr || info->kind != TypeKind::composite) return {};
    detail::CompositeLoader<T> loader(map, *info, format);
    return loader.is_complete() ? detail::loader_with<T>(std::move(loader)) : Loader<T>();
  }

 private:
  static Dumper<T> make_dumper(Oid oid, detail::CompositeDumper<T> dumper) {
    const Format format = dumper.format();
    return {oid, format,
            [](Writer& out, const T& value, const void* state) {
              (*static_cast<const detail::CompositeDumper<T>*>(state))(out, value);
            },
            std::make_shared<const detail::CompositeDumper<T>>(std::move(dumper))};
  }
};

}  // namespace palmetto
