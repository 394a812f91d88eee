# SPDX-License-Identifier: LGPL-2.1-or-later
# find_package(p2ppolicy): the target p2ppolicy::p2ppolicy.
include("${CMAKE_CURRENT_LIST_DIR}/p2ppolicyTargets.cmake")
