#pragma once

#include "palmetto/adapt/adapter.hpp"

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// The fields of tuples, by position, and of described structs, by name: what rows and composite
/// types are read as.
namespace palmetto::detail {

/// std::tuple, std::pair; not std::array, which is an array.
template <class T>
concept TupleLike =
    requires { std::tuple_size<T>::value; } && !requires { typename T::value_type; };

/// A struct described with Boost.Describe, members of its bases included.
template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
struct FieldsOf;

template <TupleLike T>
struct FieldsOf<T> {
  static constexpr std::size_t size = std::tuple_size_v<T>;
  template <std::size_t I>
  using Field = std::tuple_element_t<I, T>;
  template <std::size_t I>
  [[nodiscard]] static const Field<I>& get(const T& tuple) {
    return std::get<I>(tuple);
  }
  template <std::size_t I>
  [[nodiscard]] static Field<I>& get(T& tuple) {
    return std::get<I>(tuple);
  }
};

template <Described T>
struct FieldsOf<T> {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;
  static constexpr std::size_t size = boost::mp11::mp_size<Members>::value;
  template <std::size_t I>
  using Member = boost::mp11::mp_at_c<Members, I>;
  template <std::size_t I>
  using Field = std::remove_cvref_t<decltype(std::declval<T&>().*Member<I>::pointer)>;
  template <std::size_t I>
  [[nodiscard]] static const Field<I>& get(const T& object) {
    return object.*Member<I>::pointer;
  }
  template <std::size_t I>
  [[nodiscard]] static Field<I>& get(T& object) {
    return object.*Member<I>::pointer;
  }
  /// The members' names, in their order.
  static constexpr std::array<std::string_view, size> names =
      []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<std::string_view, size>{Member<I>::name...};
      }(std::make_index_sequence<size>());
};

/// `Condition<Field>` holds of every field.
template <class T, template <class> class Condition>
inline constexpr bool all_fields = []<std::size_t... I>(std::index_sequence<I...>) {
  return (Condition<typename FieldsOf<T>::template Field<I>>::value && ...);
}(std::make_index_sequence<FieldsOf<T>::size>());

/// Something of each field of a shape (what has `size` and `Field<I>`), told apart by their number:
/// bases cost the compiler a fraction of what std::tuple does.
template <std::size_t I, class Value>
struct FieldSlot {
  Value value;
};
template <class Shape, template <class> class Value,
          class Indices = std::make_index_sequence<Shape::size>>
struct FieldSlots;
template <class Shape, template <class> class Value, std::size_t... I>
struct FieldSlots<Shape, Value, std::index_sequence<I...>>
    : FieldSlot<I, Value<typename Shape::template Field<I>>>... {
  template <std::size_t J>
  using Slot = FieldSlot<J, Value<typename Shape::template Field<J>>>;

  template <std::size_t J>
  [[nodiscard]] auto& get() noexcept {
    return static_cast<Slot<J>&>(*this).value;
  }
  template <std::size_t J>
  [[nodiscard]] const auto& get() const noexcept {
    return static_cast<const Slot<J>&>(*this).value;
  }
};

/// What writes a field, and what reads it: of the value that it is when it is not NULL.
template <class T>
using FieldDumper = Dumper<not_null_t<T>>;
template <class T>
using FieldLoader = Loader<not_null_t<T>>;

}  // namespace palmetto::detail
