// The only door to glog. LibTorch's <c10/util/Logging.h> defines macros of the same names; whichever
// header came last would win silently, so every file takes both from here, in the one order that works.
#ifndef LOADSTONE_ENGINE_BASE_LOGGING_H_
#define LOADSTONE_ENGINE_BASE_LOGGING_H_

#include <c10/util/Logging.h>

#undef LOG
#undef LOG_IF
#undef DLOG
#undef VLOG
#undef VLOG_IF
#undef VLOG_IS_ON
#undef CHECK
#undef CHECK_EQ
#undef CHECK_NE
#undef CHECK_LE
#undef CHECK_LT
#undef CHECK_GE
#undef CHECK_GT
#undef CHECK_NOTNULL
#undef DCHECK
#undef DCHECK_EQ
#undef DCHECK_NE
#undef DCHECK_LE
#undef DCHECK_LT
#undef DCHECK_GE
#undef DCHECK_GT
#undef DCHECK_NOTNULL
#undef LOG_EVERY_N
#undef LOG_FIRST_N

#include <glog/logging.h>  // NOLINT: the one include of glog

#endif  // LOADSTONE_ENGINE_BASE_LOGGING_H_
