// CSV text (RFC 4180) as cells that know their place. Lines that begin with # are comments; blank lines
// are skipped. Unlike parse_csv(), it goes on after a bad row, so that one pass reports them all.
#pragma once

#include "case_folder_files.hpp"

namespace araz::folder {

struct CsvText {
    std::vector<Cell> header;
    std::vector<std::vector<Cell>> rows;  ///< each as long as the header
    std::vector<std::string> comments;    ///< before the header, without their #
    bool damaged = false;                 ///< a row could not be read
    Place place;                          ///< the first line, for findings about the whole table
};

/// Findings AZ1402 for a file without a header, AZ1411 for rows that cannot be read; they are left out. The
/// header is empty when the file is no table at all.
[[nodiscard]] CsvText parse_csv_cells(const Files& files, int file, Report& report);

}  // namespace araz::folder
