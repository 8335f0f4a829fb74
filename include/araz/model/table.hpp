// A table as text: what CSV carries and what comparisons of results walk.
#pragma once

#include <string>
#include <vector>

namespace araz {

struct Table {
    std::string name;                          ///< "buses"
    std::string key;                           ///< columns that identify a row, comma separated: "bus"
    std::vector<std::string> columns;          ///< names with unit suffixes: "vm_pu"
    std::vector<std::vector<std::string>> rows;

    bool operator==(const Table&) const = default;
};

}  // namespace araz
