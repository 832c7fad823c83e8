#include "palmetto/adapters/boolean.hpp"

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(bool);

}  // namespace palmetto
