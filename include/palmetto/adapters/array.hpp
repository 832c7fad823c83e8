#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/array_format.hpp"
#include "palmetto/errors.hpp"

#include <cstddef>
#include <vector>

namespace palmetto {

/// std::vector<T> <-> one-dimensional arrays of what T is sent as and read from; NULL elements need
/// std::vector<std::optional<T>>. Whatever is registered for T at run time holds for its arrays.
/// An array of more dimensions, or with a NULL for a T that takes none, is a DataError.
template <class T>
  requires Dumpable<not_null_t<T>> || Loadable<not_null_t<T>>
struct Adapter<std::vector<T>> {
  using Element = not_null_t<T>;
  static constexpr bool is_view = palmetto::is_view<T>;

  static Dumper<std::vector<T>> find_dumper(const AdaptersMap& map, Format preferred)
    requires Dumpable<Element>
  {
    struct State {
      Dumper<Element> element;
      char delimiter;
    };
    Dumper<Element> dumper = map.find_dumper<Element>(preferred);
    const Oid element = dumper.oid();
    const Format format = dumper.format();
    const auto write = [](Writer& out, const std::vector<T>& values, const void* s) {
      const State& state = *static_cast<const State*>(s);
      ArrayWriter array(out, state.element.oid(), state.element.format(), state.delimiter);
      array.begin(values.size());
      for (const T& value : values) write_element(array, state.element, value);
      array.end();
    };
    const Oid oid = element == 0 ? Oid{0} : map.array_oid_of(element);
    return {oid, format, write,
            std::make_shared<const State>(State{std::move(dumper), map.delimiter_of(element)})};
  }

  static Loader<std::vector<T>> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires Loadable<Element>
  {
    const TypeInfo* element = map.types().find_by_array(oid);
    if (element == nullptr) return {};
    // An escaped element of a text has to be copied to be read: there is nothing to point into.
    if (is_view && format == Format::text) return {};
    struct State {
      Loader<Element> element;
      Oid oid;
      Format format;
      char delimiter;
    };
    auto loader = map.find_loader<Element>(element->oid, format);
    if (!loader) return {};
    const auto read = [](Reader& in, const void* s) {
      const State& state = *static_cast<const State*>(s);
      ArrayReader array(in, state.oid, state.format, state.delimiter);
      std::vector<T> values;
      values.reserve(array.size());
      while (array.next()) values.push_back(read_element(array, state.element));
      return values;
    };
    return {read, std::make_shared<const State>(
                      State{std::move(loader), element->oid, format, element->delimiter})};
  }

 private:
  static void write_element(ArrayWriter& array, const Dumper<Element>& dumper, const T& value) {
    if constexpr (is_nullable<T>) {
      if (!value.has_value()) return array.null();
      array.begin_element();
      dumper(array.out(), *value);
    } else {
      array.begin_element();
      dumper(array.out(), value);
    }
    array.end_element();
  }

  static T read_element(ArrayReader& array, const Loader<Element>& loader) {
    if (array.is_null()) {
      if constexpr (is_nullable<T>) return std::nullopt;
      else array.fail("the array has a NULL element, which the C++ type does not take");
    }
    return loader(array.element());
  }
};

}  // namespace palmetto
