#include <array>

#include "codes_tables.hpp"

namespace araz {

namespace {

// AZ20xx solving, AZ30xx options and studies, AZ40xx output, AZ50xx verification.
constexpr std::array table{
    CodeEntry{"AZ2001", "no solution was found",
              "Every start of the ladder failed. The result names the ten worst buses, the islands and what was tried.",
              ""},
    CodeEntry{"AZ3020", "result has no such table", "A CSV output holds one table; --table names which one.",
              "araz pf case.m --format csv --table branchs"},
    CodeEntry{"AZ4001", "output cannot be written",
              "The folder does not exist, may not be written, or the disk is full. No partial file is left behind.",
              "araz pf case.m -o /nosuch/out.json"},
    CodeEntry{"AZ4002", "HDF5 output failed",
              "The HDF5 library refused to build the file in memory. JSON and CSV outputs do not need it.", ""},
    CodeEntry{"AZ5001", "field of a result is missing or wrong",
              "The JSON result lacks a field of the contract, or holds another kind of value there. The message has its "
              "path. Results of another tool, or edited by hand, are the usual cause.",
              R"({"schema": "araz.pf/1", "iterations": "four"})"},
    CodeEntry{"AZ5002", "result is not JSON",
              "The file is empty, cut short or of another format; line and column show where reading stopped.",
              R"({"schema": "araz.pf/1",)"},
    CodeEntry{"AZ5003", "result is of another kind",
              "The schema of the result is not the one asked for, for example a contingency analysis where a power flow "
              "is wanted.",
              R"({"schema": "araz.n1/1", ...})"},
    CodeEntry{"AZ5004", "result holds no answer",
              "The run that wrote this file ended with an error, so it has findings but no figures.",
              R"({"schema": "araz.pf/1", "status": "error", ...})"},
    CodeEntry{"AZ5005", "broken quotes in a CSV file",
              "A quoted cell is never closed, has text after its closing quote, or a quote stands inside a cell that does "
              "not start with one. Quotes inside a quoted cell are doubled.",
              "bus,name\n1,\"Baku"},
    CodeEntry{"AZ5006", "CSV row of another length", "Every row needs as many cells as the header.", "bus,vm_pu\n1,1.02,0"},
    CodeEntry{"AZ5007", "CSV header missing or unusable",
              "The first row must name every column, each name once.", "bus,bus\n1,2"},
    CodeEntry{"AZ5010", "a law does not hold",
              "The result contradicts its case: a power balance, a branch flow, a limit or a sum comes out differently when "
              "it is computed again. The table of checks shows every law with its worst place.",
              "araz verify result.json --case another_case.m"},
    CodeEntry{"AZ5011", "result differs from its reference",
              "A quantity differs by more than its tolerance, or a row stands on one side only.",
              "araz verify result.json --reference buses.csv"},
    CodeEntry{"AZ5012", "nothing to compare",
              "The table and its reference share no key column or no other column, so nothing would have been checked.",
              "araz verify result.json --reference names.csv"},
};

}  // namespace

std::span<const CodeEntry> run_codes() { return table; }

}  // namespace araz
