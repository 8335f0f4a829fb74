// One function per verb, each in a file of its own; verbs.cpp holds the table.
#pragma once

#include "options.hpp"

namespace araz::app {

int run_info(const Options& options);
int run_check(const Options& options);
int run_convert(const Options& options);
int run_pf(const Options& options);
int run_n1(const Options& options);
int run_capacity(const Options& options);
int run_ptdf(const Options& options);
int run_lodf(const Options& options);
int run_pv(const Options& options);
int run_batch(const Options& options);
int run_resume(const Options& options);
int run_status(const Options& options);
int run_verify(const Options& options);
int run_explain(const Options& options);

}  // namespace araz::app
