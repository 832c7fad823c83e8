// All of Boost.JSON, as its documentation compiles it where there is no library.
#include <boost/json/src.hpp>
