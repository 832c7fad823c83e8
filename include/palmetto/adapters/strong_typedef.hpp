#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <memory>
#include <utility>

namespace palmetto {

namespace detail {

template <class P>
struct MemberPointer;
template <class C, class M>
struct MemberPointer<M C::*> {
  using Class = C;
  using Member = M;
};

/// The adapter of a T that is sent and read as a Value: as what `Access::get(Writer&, const T&)`
/// gives of it, and as `T{value}`.
template <class T, class Value, class Access>
struct WrapperAdapter {
  static constexpr bool is_view = palmetto::is_view<Value>;

  static Dumper<T> find_dumper(const AdaptersMap& map, Format preferred)
    requires Dumpable<Value>
  {
    return renamed(map.find_dumper<Value>(preferred));
  }
  static T read(Reader& in)
    requires ReadsBinary<Value>
  {
    return T{Adapter<Value>::read(in)};
  }
  static Loader<T> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires Loadable<Value>
  {
    Loader<Value> loader = map.find_loader<Value>(oid, format);
    if (!loader) return {};
    if constexpr (ReadsBinary<Value>)
      if (loader.is(&Adapter<Value>::read)) return {&read};
    return {[](Reader& in, const void* state) -> T {
              return T{(*static_cast<const Loader<Value>*>(state))(in.nested(in.remaining()))};
            },
            std::make_shared<const Loader<Value>>(std::move(loader))};
  }

 private:
  static Dumper<T> renamed(Dumper<Value> dumper) {
    const Oid oid = dumper.oid();
    const Format format = dumper.format();
    // The usual dumper has no state: nothing has to be kept for it.
    if constexpr (WritesBinary<Value>)
      if (dumper.is(&write_binary<Value>))
        return {oid, format, [](Writer& out, const T& value) {
                  Adapter<Value>::write(out, Access::get(out, value));
                }};
    return {oid, format,
            [](Writer& out, const T& value, const void* state) {
              (*static_cast<const Dumper<Value>*>(state))(out, Access::get(out, value));
            },
            std::make_shared<const Dumper<Value>>(std::move(dumper))};
  }
};

template <auto Member>
struct MemberAccess {
  using Pointer = MemberPointer<decltype(Member)>;
  [[nodiscard]] static const typename Pointer::Member& get(
      Writer&, const typename Pointer::Class& object) noexcept {
    return object.*Member;
  }
};

}  // namespace detail

/// The adapter of a type that is another one by another name, in one line:
///
///     struct UserId { std::int64_t value; };
///     template <> struct palmetto::Adapter<UserId> : palmetto::StrongTypedef<&UserId::value> {};
///
/// It is sent and read as its member is, whatever is registered for that at run time included. The
/// class is an aggregate of that member alone, or can be made from it: `UserId{value}`.
template <auto Member>
struct StrongTypedef
    : detail::WrapperAdapter<typename detail::MemberPointer<decltype(Member)>::Class,
                             typename detail::MemberPointer<decltype(Member)>::Member,
                             detail::MemberAccess<Member>> {};

}  // namespace palmetto
