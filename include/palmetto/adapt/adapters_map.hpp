#pragma once

#include "palmetto/adapt/adapter.hpp"
#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/adapt/types_registry.hpp"

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

namespace palmetto {

namespace detail {

// The parameter of a function of one parameter, without reference.
template <class F>
struct ParameterOf : ParameterOf<decltype(&F::operator())> {};
template <class R, class P>
struct ParameterOf<R (*)(P)> {
  using type = std::remove_cvref_t<P>;
};
template <class C, class R, class P>
struct ParameterOf<R (C::*)(P)> {
  using type = std::remove_cvref_t<P>;
};
template <class C, class R, class P>
struct ParameterOf<R (C::*)(P) const> {
  using type = std::remove_cvref_t<P>;
};

// Of one builtin type, with a binary form.
template <class T>
concept PlainlyDumpable = !FindsDumper<T> && WritesBinary<T> && Adapter<T>::type.oid != 0 &&
                          !Adapter<T>::type.is_untyped();

}  // namespace detail

/// What the types of a server can be, beside what they are.
enum class TypeFeature {
  array_dimensions,  ///< more of them than one, and lower bounds other than 1
  composites,
};

/// Which dumper each C++ type is sent with and which loader each (C++ type, PostgreSQL type,
/// format) is read with. It starts from `Adapter<T>`; what is registered at run time comes before.
///
///     auto& map = conn.adapters();
///     map.register_type(*palmetto::TypeInfo::fetch(conn, "mood"));
///     map.register_dumper<Money>("int8", [](const Money& money) { return money.cents; });
///     map.register_loader<Money>("int8", [](std::int64_t cents) { return Money{cents}; });
///
/// Connecting copies the template (`palmetto::adapters()`, `crdb::adapters()`, or the one that the
/// options name): a change to the template reaches the connections made afterwards, a change to a
/// connection's own map reaches that connection alone. Copies share until one of them changes, and
/// the last registered wins. Source: psycopg's `AdaptersMap`.
///
/// Reading from several threads is safe; registering is not, while others use the same map.
class AdaptersMap {
 public:
  /// PostgreSQL's builtin types and the library's adapters.
  AdaptersMap();

  [[nodiscard]] const TypesRegistry& types() const noexcept { return state_->types; }
  /// To change the types: aliases, removals. `register_type` adds one.
  [[nodiscard]] TypesRegistry& types_for_change();

  /// Makes a type of the server known by its name and OID, with those that it depends on.
  void register_type(const TypeInfo& info);

  /// Asks the server for the types of these names, and for those that they depend on, in one query,
  /// and registers them all. On a template it serves every connection to that database that is made
  /// from it:
  ///
  ///     palmetto::adapters().register_types(conn, "mood", "inventory_item", "app.float_range");
  ///
  /// Throws ProgrammingError, and registers nothing, when there is no type of one of the names; and
  /// what `Connection::execute` throws.
  template <class... Names>
  void register_types(Connection& conn, const Names&... names) {
    register_types(conn, {std::string_view(names)...});
  }
  void register_types(Connection& conn, std::initializer_list<std::string_view> names);

  /// Sends every E as that enum, by its label: the enumerator's name as Boost.Describe knows it, or
  /// what `labels` says. Reading takes no registration, but to use `labels`. See enumeration.hpp.
  template <class E>
  void register_enum(const EnumInfo& info) {
    register_as<E>(info);
  }
  template <class E>
  void register_enum(const EnumInfo& info, std::vector<std::pair<E, std::string>> labels);
  /// Sends every T as that composite type, see composite.hpp. Reading takes `register_type` alone.
  template <class T>
  void register_composite(const CompositeInfo& info) {
    register_as<T>(info);
  }
  /// Sends every T, a `Range`, as that range, where there are several of what it is of.
  template <class T>
  void register_range(const RangeInfo& info) {
    register_as<T>(info);
  }

  /// Sends every T as the type of that name. `function` is `R(const T&)`, where R has an adapter
  /// and is written instead, or `void(Writer&, const T&)`, which writes the binary format itself.
  /// Throws ProgrammingError, when a T is sent, if the type is not registered then.
  template <class T, class F>
  void register_dumper(std::string_view type, F function);

  /// Reads a T from the type of that name ("int8", "int8[]"). `function` is `T(P)`, where P has an
  /// adapter and is read instead, or `T(Reader&)`, which reads the bytes itself: of the binary
  /// format, unless `format` says text. Throws ProgrammingError when the type is not registered.
  template <class T, class F>
  void register_loader(std::string_view type, F function, Format format = Format::binary);

  /// The dumper of a T. Throws NotSupportedError when the server does not have its type, and
  /// ProgrammingError when the type is not registered.
  template <Dumpable T>
  [[nodiscard]] Dumper<T> find_dumper(Format preferred = Format::binary) const;

  /// Whether that is no more than the adapter's own `write` in binary, as its builtin type.
  template <detail::PlainlyDumpable T>
  [[nodiscard]] bool dumps_plainly(Format preferred) const noexcept {
    return !has_overrides() && types().has_all_builtins() && !state_->prefers_text &&
           (preferred == Format::binary || !detail::WritesText<T>);
  }

  /// The dumper of a T as the type of that OID: an attribute of a composite type, a bound of a
  /// range. What it writes in binary is of that type; its text is for the server to make sense of.
  template <Dumpable T>
  [[nodiscard]] Dumper<T> find_dumper_as(Oid oid, Format preferred = Format::binary) const;

  /// The loader of a T from a type; an empty one when a T can't be read from it. A domain is read
  /// as what it is made of.
  template <Loadable T>
  [[nodiscard]] Loader<T> find_loader(Oid oid, Format format) const;

  /// The OID of a type here. Throws as `find_dumper` does.
  [[nodiscard]] Oid oid_of(const TypeRef& type) const {
    return types().has_all_builtins() && type.oid != 0 ? type.oid
                                                       : look_up(type.name, type.oid != 0);
  }
  /// The OID of the arrays of a type; throws when there are none.
  [[nodiscard]] Oid array_oid_of(Oid element) const;
  /// What stands between the elements of an array's text.
  [[nodiscard]] char delimiter_of(Oid element) const;

  /// What text and NULL without a type of their own are sent as: 0, and the server infers what they
  /// are; text (25) on CockroachDB, which does not.
  [[nodiscard]] Oid untyped_oid() const noexcept { return state_->untyped_oid; }
  void set_untyped_oid(Oid oid);

  /// Whether values of that type are sent in text, though there is a binary format: numeric on
  /// CockroachDB, which drops the zeros at a binary one's end (cockroach#82492).
  [[nodiscard]] bool prefers_text(Oid oid) const noexcept {
    return state_->prefers_text && is_sent_in_text(oid);
  }
  void prefer_text(std::string_view type);

  /// Throws NotSupportedError when the server's types can't be that.
  void require(TypeFeature feature) const;
  void remove_feature(TypeFeature feature);

  /// Whether both are copies of one map, which neither has changed since.
  [[nodiscard]] bool is_shared_with(const AdaptersMap& other) const noexcept {
    return state_ == other.state_;
  }

  /// Who the types are of, for messages: "PostgreSQL", "CockroachDB".
  [[nodiscard]] std::string_view server() const noexcept;
  void set_server(std::string server);

 private:
  template <class T>
  void register_as(const TypeInfo& info);

  template <class T>
  using DumperFactory = std::function<Dumper<T>(const AdaptersMap&, Format)>;
  template <class T>
  using LoaderFactory = std::function<Loader<T>(const AdaptersMap&, Oid, Format)>;

  template <class T>
  [[nodiscard]] Dumper<T> adapter_dumper(Format preferred) const;
  template <class T>
  [[nodiscard]] Loader<T> adapter_loader(Oid oid, Format format) const;

  [[nodiscard]] Oid look_up(std::string_view type, bool builtin) const;
  [[nodiscard]] Oid look_up_with_arrays(std::string_view type) const;
  static void require_kind(const TypeInfo& info, TypeKind kind);
  [[noreturn]] static void throw_no_dumper(std::string_view cpp_name);
  [[noreturn]] static void throw_other_type(std::string_view cpp_name, std::string_view type);
  [[nodiscard]] bool has_overrides() const noexcept { return state_->has_overrides; }
  [[nodiscard]] bool is_sent_in_text(Oid oid) const noexcept;
  [[nodiscard]] const void* registered_dumper(std::type_index type) const noexcept;
  [[nodiscard]] const void* registered_loader(std::type_index type, Oid oid,
                                              Format format) const noexcept;
  void set_dumper(std::type_index type, std::shared_ptr<const void> factory);
  void set_loader(std::type_index type, Oid oid, Format format,
                  std::shared_ptr<const void> factory);

  // What is asked for every value; a State has the rest.
  struct Common {
    TypesRegistry types;
    Oid untyped_oid = 0;
    bool prefers_text = false;
    bool has_overrides = false;
  };
  struct State;
  [[nodiscard]] const State& state() const noexcept;
  State& writable();
  std::shared_ptr<Common> state_;  // a State
};

/// The template that connections to PostgreSQL copy when they connect.
[[nodiscard]] AdaptersMap& adapters();

// ---------------------------------------------------------------------------------------

namespace detail {

// Adapters take their values by reference or by value, dumpers by reference.
template <class T>
void write_binary(Writer& out, const T& value) {
  Adapter<T>::write(out, value);
}
template <class T>
void write_text(Writer& out, const T& value) {
  Adapter<T>::write_text(out, value);
}

}  // namespace detail

template <class T, class F>
void AdaptersMap::register_dumper(std::string_view type, F function) {
  DumperFactory<T> factory;
  if constexpr (std::invocable<const F&, Writer&, const T&>) {
    factory = [name = std::string(type), state = std::make_shared<const F>(std::move(function))](
                  const AdaptersMap& map, Format) -> Dumper<T> {
      return {map.look_up(name, false), Format::binary,
              [](Writer& out, const T& value, const void* f) {
                (*static_cast<const F*>(f))(out, value);
              },
              state};
    };
  } else {
    static_assert(std::invocable<const F&, const T&>,
                  "palmetto: a dumper is a function of a const T&, or of a Writer& and a const T&");
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, const T&>>;
    static_assert(Dumpable<R>, "palmetto: what a dumper returns needs an adapter of its own");
    struct Composed {
      F function;
      Dumper<R> inner;
    };
    factory = [name = std::string(type), function = std::move(function)](
                  const AdaptersMap& map, Format preferred) -> Dumper<T> {
      const auto find = [&map](Format format) {
        if constexpr (std::same_as<R, T>) return map.adapter_dumper<R>(format);
        else return map.find_dumper<R>(format);
      };
      const Oid oid = map.look_up(name, false);
      Dumper<R> inner = find(preferred);
      // The binary form of one type is not that of another; the text may be.
      const auto is_misread = [&] {
        return inner.oid() != oid && inner.format() == Format::binary;
      };
      if (is_misread()) inner = find(Format::text);
      if (is_misread()) throw_other_type(cpp_name<R>(), name);
      const Format format = inner.format();
      return {oid, format,
              [](Writer& out, const T& value, const void* s) {
                const Composed& composed = *static_cast<const Composed*>(s);
                composed.inner(out, composed.function(value));
              },
              std::make_shared<const Composed>(Composed{function, std::move(inner)})};
    };
  }
  set_dumper(typeid(T), std::make_shared<const DumperFactory<T>>(std::move(factory)));
}

template <class T, class F>
void AdaptersMap::register_loader(std::string_view type, F function, Format format) {
  const Oid oid = look_up_with_arrays(type);
  if constexpr (std::invocable<const F&, Reader&>) {
    set_loader(typeid(T), oid, format,
               std::make_shared<const LoaderFactory<T>>(
                   [state = std::make_shared<const F>(std::move(function))](const AdaptersMap&, Oid,
                                                                            Format) -> Loader<T> {
                     return {[](Reader& in, const void* f) -> T {
                               return (*static_cast<const F*>(f))(in);
                             },
                             state};
                   }));
  } else {
    using P = typename detail::ParameterOf<F>::type;
    static_assert(Loadable<P>, "palmetto: what a loader takes needs an adapter of its own");
    struct Composed {
      F function;
      Loader<P> inner;
    };
    auto factory = std::make_shared<const LoaderFactory<T>>([function = std::move(function)](
                                                                const AdaptersMap& map, Oid column,
                                                                Format in) -> Loader<T> {
      Loader<P> inner = [&] {
        if constexpr (std::same_as<P, T>) return map.adapter_loader<P>(column, in);
        else return map.find_loader<P>(column, in);
      }();
      if (!inner) return {};
      return {[](Reader& reader, const void* s) -> T {
                const Composed& composed = *static_cast<const Composed*>(s);
                return composed.function(composed.inner(Reader(reader.nested(reader.remaining()))));
              },
              std::make_shared<const Composed>(Composed{function, std::move(inner)})};
    });
    set_loader(typeid(T), oid, Format::binary, factory);
    set_loader(typeid(T), oid, Format::text, std::move(factory));
  }
}

template <Dumpable T>
Dumper<T> AdaptersMap::find_dumper(Format preferred) const {
  if (has_overrides()) {
    if (const void* factory = registered_dumper(typeid(T)))
      return (*static_cast<const DumperFactory<T>*>(factory))(*this, preferred);
  }
  return adapter_dumper<T>(preferred);
}

template <Dumpable T>
Dumper<T> AdaptersMap::find_dumper_as(Oid oid, Format preferred) const {
  const Oid base = types().base_of(oid);
  if (has_overrides() && registered_dumper(typeid(T)) != nullptr) {
    Dumper<T> registered = find_dumper<T>(preferred);
    if (registered.oid() == base) return registered;
  }
  if constexpr (detail::FindsDumperAs<T>) {
    const TypeInfo* info = types().find(base);
    if (info != nullptr && info->kind == Adapter<T>::kind)
      return Adapter<T>::find_dumper_as(*this, *info, preferred);
  }
  Dumper<T> dumper = find_dumper<T>(preferred);
  if (dumper.oid() == base || dumper.format() == Format::text) return dumper;
  dumper = find_dumper<T>(Format::text);
  if (dumper.format() == Format::binary) throw_other_type(cpp_name<T>(), types().display(oid));
  return dumper;
}

template <class T>
void AdaptersMap::register_as(const TypeInfo& info) {
  static_assert(
      detail::FindsDumperAs<T>,
      "palmetto: this type is sent as one type alone, or its adapter's header is missing");
  require_kind(info, Adapter<T>::kind);
  register_type(info);
  set_dumper(typeid(T), std::make_shared<const DumperFactory<T>>(
                            [info](const AdaptersMap& map, Format preferred) {
                              return Adapter<T>::find_dumper_as(map, info, preferred);
                            }));
}

template <class E>
void AdaptersMap::register_enum(const EnumInfo& info,
                                std::vector<std::pair<E, std::string>> labels) {
  register_type(info);
  const auto shared =
      std::make_shared<const std::vector<std::pair<E, std::string>>>(std::move(labels));
  set_dumper(typeid(E), std::make_shared<const DumperFactory<E>>(
                            [oid = info.oid, shared](const AdaptersMap&, Format preferred) {
                              return Adapter<E>::labelled_dumper(oid, preferred, shared);
                            }));
  const auto loader = std::make_shared<const LoaderFactory<E>>(
      [shared](const AdaptersMap&, Oid, Format) { return Adapter<E>::labelled_loader(shared); });
  set_loader(typeid(E), info.oid, Format::binary, loader);
  set_loader(typeid(E), info.oid, Format::text, loader);
}

template <Loadable T>
Loader<T> AdaptersMap::find_loader(Oid oid, Format format) const {
  if (has_overrides()) {
    if (const void* factory = registered_loader(typeid(T), oid, format))
      return (*static_cast<const LoaderFactory<T>*>(factory))(*this, oid, format);
  }
  if (const Oid base = types().base_of(oid); base != oid) return find_loader<T>(base, format);
  return adapter_loader<T>(oid, format);
}

template <class T>
Dumper<T> AdaptersMap::adapter_dumper(Format preferred) const {
  if constexpr (detail::FindsDumper<T>) {
    return Adapter<T>::find_dumper(*this, preferred);
  } else if constexpr (detail::WritesBinary<T> || detail::WritesText<T>) {
    constexpr TypeRef type = Adapter<T>::type;
    const Oid oid = type.is_untyped() ? untyped_oid() : oid_of(type);
    // The server infers what an untyped value is from its text; its binary form would be misread.
    const bool text = type.is_untyped() || preferred == Format::text || prefers_text(oid);
    if constexpr (!detail::WritesText<T>) return {oid, Format::binary, &detail::write_binary<T>};
    else if constexpr (!detail::WritesBinary<T>) return {oid, Format::text, &detail::write_text<T>};
    else if (text) return {oid, Format::text, &detail::write_text<T>};
    else return {oid, Format::binary, &detail::write_binary<T>};
  } else {
    throw_no_dumper(cpp_name<T>());
  }
}

template <class T>
Loader<T> AdaptersMap::adapter_loader(Oid oid, Format format) const {
  const auto is_type = [&](const TypeRef& type) {
    if (type.oid != 0) return type.oid == oid;
    const TypeInfo* info = types().find(type.name);
    return info != nullptr && info->oid == oid;
  };
  if constexpr (detail::FindsLoader<T>) {
    return Adapter<T>::find_loader(*this, oid, format);
  } else if constexpr (detail::HasSources<T>) {
    for (const Source<T>& source : Adapter<T>::sources) {
      if (!is_type(source.type)) continue;
      const auto function = format == Format::binary ? source.binary : source.text;
      return function != nullptr ? Loader<T>(function) : Loader<T>();
    }
  } else if constexpr (detail::ReadsBinary<T> || detail::ReadsText<T>) {
    if (!is_type(Adapter<T>::type)) return {};
    if constexpr (detail::ReadsBinary<T>)
      if (format == Format::binary) return {&Adapter<T>::read};
    if constexpr (detail::ReadsText<T>)
      if (format == Format::text) return {&Adapter<T>::read_text};
  }
  return {};
}

}  // namespace palmetto

/// Has the dumper and the loader of a T compiled once, in the adapter's source, and not in every
/// file that uses them: PALMETTO_DECLARE_ADAPTER in its header, PALMETTO_DEFINE_ADAPTER in its
/// source, both within namespace palmetto. They only save compile time.
#define PALMETTO_DECLARE_ADAPTER(...)                                                      \
  extern template Dumper<__VA_ARGS__> AdaptersMap::find_dumper<__VA_ARGS__>(Format) const; \
  extern template Loader<__VA_ARGS__> AdaptersMap::find_loader<__VA_ARGS__>(Oid, Format) const
#define PALMETTO_DEFINE_ADAPTER(...)                                                \
  template Dumper<__VA_ARGS__> AdaptersMap::find_dumper<__VA_ARGS__>(Format) const; \
  template Loader<__VA_ARGS__> AdaptersMap::find_loader<__VA_ARGS__>(Oid, Format) const
