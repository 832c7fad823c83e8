#include "palmetto/adapters/mac_address.hpp"

#include "text_form.hpp"

#include <charconv>

namespace palmetto {

std::string MacAddr::to_string() const { return detail::format_text(*this); }
MacAddr MacAddr::parse(std::string_view text) { return detail::parse_text<MacAddr>(text); }
std::string MacAddr8::to_string() const { return detail::format_text(*this); }
MacAddr8 MacAddr8::parse(std::string_view text) { return detail::parse_text<MacAddr8>(text); }

template <class T>
void detail::MacAddressAdapter<T>::write_text(Writer& out, const T& value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < value.bytes.size(); ++i) {
    if (i > 0) out.append(':');
    out.append(digits[value.bytes[i] / 16]);
    out.append(digits[value.bytes[i] % 16]);
  }
}

template <class T>
T detail::MacAddressAdapter<T>::read_text(Reader& in) {
  const std::string_view text = in.rest();
  T value;
  if (text.size() != value.bytes.size() * 3 - 1)
    in.fail("the text is no MAC address: it is not " + std::to_string(value.bytes.size()) +
            " pairs of digits with colons between them");
  for (std::size_t i = 0; i < value.bytes.size(); ++i) {
    const char* pair = text.data() + i * 3;
    if (i > 0 && pair[-1] != ':') in.fail("the text is no MAC address: a colon is missing");
    const auto [end, error] = std::from_chars(pair, pair + 2, value.bytes[i], 16);
    if (error != std::errc{} || end != pair + 2)
      in.fail("the text is no MAC address: a digit is not hexadecimal");
  }
  return value;
}

template struct detail::MacAddressAdapter<MacAddr>;
template struct detail::MacAddressAdapter<MacAddr8>;

PALMETTO_DEFINE_ADAPTER(MacAddr);
PALMETTO_DEFINE_ADAPTER(MacAddr8);

}  // namespace palmetto
