#include <array>

#include "codes_tables.hpp"

namespace araz {

namespace {

// AZ20xx solving, AZ30xx options and studies, AZ40xx output, AZ50xx verification.
constexpr std::array table{
    CodeEntry{"AZ2001", "no solution was found",
              "Every start of the ladder failed. The result names the ten worst buses, the islands and what was tried.",
              ""},
    CodeEntry{"AZ3016", "no such operating point or variant", "The case folder does not have the point or variant that was asked for; araz info lists them.",
              "araz pf cases/azerbaijan-iran --point summer"},
    CodeEntry{"AZ3017", "nothing to select in this case", "Only case folders have operating points and variants; this case is a single file.",
              "araz pf case9.m --variant tie-330"},
    CodeEntry{"AZ3020", "result has no such table", "A CSV output holds one table; --table names which one.",
              "araz pf case.m --format csv --table branchs"},
    CodeEntry{"AZ2002", "probably a false root",
              "The equations were solved, but with load buses far below normal voltage or with more than 110 degrees "
              "across a branch, and no other start led to a better solution.",
              ""},
    CodeEntry{"AZ2003", "slack distribution cannot be met",
              "The participants of an island or area stand at their limits and some imbalance is left. The result holds the "
              "state that would need it from beyond the limits, and is no solution.",
              "araz pf case9.m --slack distributed"},
    CodeEntry{"AZ3030", "participation factors or schedule not understood",
              "A table of slack factors has the columns generator (row or identifier) and factor; a schedule of net "
              "positions has area (number or name) and net_export_mw.",
              "generator,factor"},
    CodeEntry{"AZ3031", "no participation factors",
              "--slack-key file needs factors: the APF column of the case, or a table by --slack-factors.",
              "araz pf case9.m --slack distributed --slack-key file"},
    CodeEntry{"AZ3032", "not a load model",
              "--load-model is case, pq, zip: with three (or six) fractions that sum to 1, or exp: with one or two exponents.",
              "--load-model zip:0.3,0.3,0.5"},
    CodeEntry{"AZ3033", "options that do not go together",
              "Fast-decoupled iterations know neither distributed slack nor buses joined without impedance.",
              "--method fdxb --slack distributed"},
    CodeEntry{"AZ3001", "not a rating", "A rating is A, B, C or a factor of one of them.", "--rating-base 1.2xA"},
    CodeEntry{"AZ3002", "excluded branch unknown", "--exclude takes 1-based rows of the branch table.", "--exclude 10,11"},
    CodeEntry{"AZ3003", "unknown shift key", "See araz capacity --help for the keys.", "--key headroom"},
    CodeEntry{"AZ3004", "unknown area or zone", "--from and --to name areas (or zones) by number or name.", "--from AZ"},
    CodeEntry{"AZ3005", "sides of the exchange overlap or are empty",
              "--from and --to must not share an area, and each must hold at least one bus.", "--from 1 --to 1"},
    CodeEntry{"AZ3006", "not a reliability margin", "A margin is MW, a percentage of TTC, or MW per root of ties.",
              "--trm 5%"},
    CodeEntry{"AZ3007", "sides missing", "capacity needs --from and --to.", "--from AZ --to IR"},
    CodeEntry{"AZ3010", "value out of range", "The value does not fit the option; --help lists choices and ranges.",
              "--tol 5"},
    CodeEntry{"AZ3011", "unknown verb or option", "araz help lists the verbs, araz VERB --help the options.", "araz pff"},
    CodeEntry{"AZ3012", "output format unknown",
              "The format follows from --format or from the extension of -o; not every verb writes every format.",
              "-o result.xyz"},
    CodeEntry{"AZ3013", "unknown code", "araz explain takes a code as printed in brackets.", "araz explain AZ1103"},
    CodeEntry{"AZ3014", "not a tolerance", "--tolerances takes NAME=X, comma separated.", "--tolerances vm_pu=1e-6"},
    CodeEntry{"AZ3015", "nothing to verify against", "verify needs --case, --reference, or both.", ""},
    CodeEntry{"AZ3021", "list of contingencies not understood",
              "A list is a CSV table with the columns contingency, element_kind and element.", ""},
    CodeEntry{"AZ3022", "listed element unknown",
              "A list of contingencies names an element that the case does not have.", ""},
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
    CodeEntry{"AZ5008", "reference does not fit", "The reference table shares no column with any table of the result.", ""},
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
