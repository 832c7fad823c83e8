#pragma once

#include "palmetto/adapt/adapter.hpp"
#include "palmetto/adapt/fields.hpp"

#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <cstddef>
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

// Whether a T is a value as a part of a row only: Adapter<T>, if there is one, is that of composite
// types. First, for asking whether T is loadable asks it of all its fields.
template <class T>
concept RowByItself = (TupleLike<T> || Described<T>)&&(
    !requires { sizeof(Adapter<T>); } || requires { Adapter<T>::is_row; });

template <class T>
[[nodiscard]] consteval RowKind row_kind() {
  if constexpr (RowByItself<T>) return TupleLike<T> ? RowKind::tuple : RowKind::described;
  else if constexpr (Loadable<not_null_t<T>>) return RowKind::value;
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
struct RowShape<T, RowKind::tuple> : FieldsOf<T> {};

template <class T>
struct RowShape<T, RowKind::described> : FieldsOf<T> {};

template <class T>
struct RowShape<T, RowKind::aggregate> {
  static constexpr std::size_t size = boost::pfr::tuple_size_v<T>;
  template <std::size_t I>
  using Field = std::remove_cv_t<boost::pfr::tuple_element_t<I, T>>;
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
