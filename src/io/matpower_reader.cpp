// The MATPOWER reader as a whole: parse and run the statements, then turn mpc.* into a Case.
#include <algorithm>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "matpower.hpp"
#include "matpower_interpreter.hpp"
#include "matpower_parser.hpp"
#include "matpower_tables.hpp"

namespace araz {

namespace {

using matpower::Interpreter;
using matpower::Reporter;
using matpower::Statement;

std::string stem_of(const std::string& path) {
    const auto slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name == "-") return "stdin";
    return name.substr(0, name.rfind('.'));
}

// The function header: names the case and the structure that holds it ("mpc"). False: not a version-2 case.
bool read_header(const Statement& header, Reporter& reporter, std::string& mpc, std::string& name) {
    name = header.name;
    if (header.outputs.size() > 1) {
        reporter.error(
            header.offset, header.width,
            {"AZ1006", "this is a MATPOWER case of version 1, which returns its tables one by one",
             "expected `function mpc = NAME`", "convert it in MATPOWER: savecase('new.m', loadcase('old.m'))"});
        return false;
    }
    if (!header.outputs.empty() && header.outputs.front() == "chgtab") {
        reporter.error(header.offset, header.width,
                       {"AZ1007", "this is a change table, not a case", "expected `function mpc = NAME`",
                        "name the case file; a change table goes with --contingencies"});
        return false;
    }
    if (!header.outputs.empty()) mpc = header.outputs.front();
    return true;
}

void check_version(const Interpreter::Variables& variables, const std::string& mpc, Reporter& reporter) {
    const auto found = variables.find(mpc + ".version");
    if (found == variables.end()) {
        if (!reporter.has_error())
            reporter.error({"AZ1006", "the file does not say " + mpc + ".version = '2'", "",
                            "is this a MATPOWER case? A case of version 1 must be converted in MATPOWER: "
                            "savecase('new.m', loadcase('old.m'))"});
        return;
    }
    const auto* text = std::get_if<std::string>(&found->second.value);
    const auto* matrix = std::get_if<matpower::Matrix>(&found->second.value);
    const bool is_two =
        (text != nullptr && *text == "2") || (matrix != nullptr && matrix->is_scalar() && matrix->cells[0] == 2.0);
    if (is_two) return;
    reporter.error(found->second.offset, found->second.width,
                   {"AZ1006", "only version '2' of the MATPOWER case format is read", "expected '2'",
                    "convert it in MATPOWER: savecase('new.m', loadcase('old.m'))"});
}

// Runs the file; false when it is something that cannot become a case.
bool run(matpower::Parser& parser, Interpreter& interpreter, Reporter& reporter, std::string& mpc, std::string& name) {
    bool in_function = false;
    while (auto statement = parser.next()) {
        if (statement->kind == Statement::Kind::header) {
            if (in_function) {
                reporter.error(statement->offset, statement->width,
                               {"AZ1010", "a second function in a case file is not supported"});
                return true;
            }
            in_function = true;
            if (!read_header(*statement, reporter, mpc, name)) return false;
        } else if (!interpreter.execute(*statement)) {
            return true;
        }
    }
    return true;
}

bool is_blank_text(std::string_view text) {
    matpower::Scanner scanner(text);
    return scanner.skip_space(true) && scanner.at_end();
}

}  // namespace

Result<Case> read_matpower(std::string_view text, const std::string& path, const ReadLimits& limits) {
    Reporter reporter(text, path);
    if (is_blank_text(text)) {
        reporter.error(
            {"AZ1002", trim(text).empty() ? "the file is empty" : "the file holds nothing but comments", "",
             "expected a MATPOWER case: function mpc = NAME, mpc.version, mpc.baseMVA, mpc.bus, mpc.gen, mpc.branch"});
        return Error{ErrorKind::invalid_input, reporter.findings()};
    }
    Case grid;
    grid.format = "matpower";
    grid.name = stem_of(path);
    grid.files.push_back({path, sha256_hex(text), std::string(text)});

    matpower::Parser parser(reporter, limits);
    Interpreter interpreter(reporter, limits);
    std::string mpc = "mpc";
    if (run(parser, interpreter, reporter, mpc, grid.name)) {
        check_version(interpreter.variables(), mpc, reporter);
        matpower::fill_case(interpreter.variables(), mpc, reporter, grid);
    }
    if (reporter.has_error()) return Error{ErrorKind::invalid_input, reporter.findings()};
    grid.findings.assign(reporter.findings().begin(), reporter.findings().end());
    return grid;
}

}  // namespace araz
