#pragma once

/// All of Palmetto, but for the optional modules that bring other libraries with them (asio/).
#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/config.hpp"
#include "palmetto/connection.hpp"
#include "palmetto/retry.hpp"
#include "palmetto/sql/composition.hpp"
#if PALMETTO_HAS_JSON
#include "palmetto/adapters/json.hpp"
#endif
#if PALMETTO_HAS_UUID
#include "palmetto/adapters/uuid.hpp"
#endif
#if PALMETTO_HAS_CRDB
#include "palmetto/crdb/adapters.hpp"
#include "palmetto/crdb/connection.hpp"
#include "palmetto/crdb/features.hpp"
#include "palmetto/crdb/run_transaction.hpp"
#include "palmetto/crdb/version.hpp"
#endif
