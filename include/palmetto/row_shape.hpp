#pragma once

#include "palmetto/adapt/adapter.hpp"

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/list.hpp>
#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// What a row is read as: a C++ type of n columns.
///
/// | type                                  | columns                                          |
/// |---------------------------------------|--------------------------------------------------|
/// | a type with an adapter, or optional   | one                                              |
/// | std::tuple, std::pair                 | one per element, by position                     |
/// | struct described with Boost.Describe  | one per member, by name; other columns are left  |
/// | plain aggregate (Boost.PFR)           | one per member, by position                      |
namespace palmetto::detail {

enum class RowKind { value, tuple, described, aggregate, none };

template <class T>
concept TupleLike = requires { std::tuple_size<T>::value; };
template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
[[nodiscard]] consteval RowKind row_kind() {
  if constexpr (Loadable<not_null_t<T>>) return RowKind::value;
  else if constexpr (TupleLike<T>) return RowKind::tuple;
  else if constexpr (Described<T>) return RowKind::described;
  else if constexpr (std::is_aggregate_v<T> && !std::is_array_v<T>) return RowKind::aggregate;
  else return RowKind::none;
}

template <class T, RowKind Kind = row_kind<T>()>
struct RowShape {
  static_assert(Kind != RowKind::none,
                "palmetto: a row can't be read as this type: it has no adapter (specialise "
                "palmetto::Adapter<T>), and is no tuple, no described struct and no aggregate");
  static constexpr std::size_t size = 0;
  template <std::size_t>
  using Field = void;
};

template <class T>
struct RowShape<T, RowKind::value> {
  static constexpr std::size_t size = 1;
  template <std::size_t>
  using Field = T;
};

template <class T>
struct RowShape<T, RowKind::tuple> {
  static constexpr std::size_t size = std::tuple_size_v<T>;
  template <std::size_t I>
  using Field = std::tuple_element_t<I, T>;
};

template <class T>
struct RowShape<T, RowKind::aggregate> {
  static constexpr std::size_t size = boost::pfr::tuple_size_v<T>;
  template <std::size_t I>
  using Field = std::remove_cv_t<boost::pfr::tuple_element_t<I, T>>;
};

template <class T>
struct RowShape<T, RowKind::described> {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;
  static constexpr std::size_t size = boost::mp11::mp_size<Members>::value;
  template <std::size_t I>
  using Member = boost::mp11::mp_at_c<Members, I>;
  template <std::size_t I>
  using Field = std::remove_cvref_t<decltype(std::declval<T&>().*Member<I>::pointer)>;
};

template <class T>
struct RequireLoader {
  static_assert(Loadable<not_null_t<T>>,
                "palmetto: a column can't be read as this type, because it has no adapter: "
                "specialise palmetto::Adapter<T> for it (include/palmetto/adapt/adapter.hpp shows "
                "how), or include the header of its adapter");
  static constexpr bool met = true;
};

/// Whether a row of that type points into its result.
template <class T>
inline constexpr bool row_is_view = []<std::size_t... I>(std::index_sequence<I...>) {
  return (is_view<typename RowShape<T>::template Field<I>> || ...);
}(std::make_index_sequence<RowShape<T>::size>());

/// What `rows<Ts...>()` reads: the type itself, or the tuple of several.
template <class... Ts>
struct RowOf {
  using type = std::tuple<Ts...>;
};
template <class T>
struct RowOf<T> {
  using type = T;
};
template <class... Ts>
using row_of_t = typename RowOf<Ts...>::type;

}  // namespace palmetto::detail
