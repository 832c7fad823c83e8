#pragma once

#include "palmetto/adapt/fields.hpp"
#include "palmetto/adapt/parameters.hpp"
#include "palmetto/row_shape.hpp"

#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

/// What is written for a row: the fields of a C++ value, in their order.
///
/// | type                                  | fields                                           |
/// |---------------------------------------|--------------------------------------------------|
/// | std::tuple, std::pair                 | its elements                                     |
/// | struct described with Boost.Describe  | its members, in the order of their description   |
/// | a type with an adapter, or optional   | itself                                           |
/// | plain aggregate (Boost.PFR)           | its members                                      |
namespace palmetto::detail {

template <class Row>
struct RowFields {
  static_assert(Argument<Row>,
                "palmetto: a row can't be written from this type: it has no adapter (specialise "
                "palmetto::Adapter<T>), and is no tuple, no described struct and no aggregate");
  static constexpr std::size_t size = 1;
  template <std::size_t>
  using Field = Row;
  template <std::size_t>
  [[nodiscard]] static const Row& get(const Row& row) {
    return row;
  }
};

template <class Row>
  requires RowByItself<Row>
struct RowFields<Row> : FieldsOf<Row> {};

template <class Row>
  requires(!RowByItself<Row> && !Argument<Row> && std::is_aggregate_v<Row>)
struct RowFields<Row> {
  static constexpr std::size_t size = boost::pfr::tuple_size_v<Row>;
  template <std::size_t I>
  using Field = std::remove_cv_t<boost::pfr::tuple_element_t<I, Row>>;
  template <std::size_t I>
  [[nodiscard]] static const Field<I>& get(const Row& row) {
    return boost::pfr::get<I>(row);
  }
};

/// `function(fields...)`.
template <class Row, class F>
decltype(auto) apply_fields(const Row& row, F&& function) {
  using Fields = RowFields<Row>;
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
    return function(Fields::template get<I>(row)...);
  }(std::make_index_sequence<Fields::size>());
}

/// What a range gives.
template <class Range>
using item_t = std::iter_value_t<decltype(std::begin(std::declval<Range&>()))>;

/// `Template` of the types of a row's fields.
template <template <class...> class Template, class Row,
          class Indices = std::make_index_sequence<RowFields<Row>::size>>
struct OfFields;
template <template <class...> class Template, class Row, std::size_t... I>
struct OfFields<Template, Row, std::index_sequence<I...>> {
  using type = Template<typename RowFields<Row>::template Field<I>...>;
};

}  // namespace palmetto::detail
