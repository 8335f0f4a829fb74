#include "verbs.hpp"

namespace araz::app {

const std::vector<Verb>& verb_table() {
    static const std::vector<Verb> table{
        {"info", "what is in a case or result file", "FILE", 1, 1,
         {"--point", "--variant", "--from-format", "--format", "--output"},
         "  araz info case118.m\n", run_info},
        {"check", "validate the data of a case: findings with code, place and hint", "CASE", 1, 1,
         {"--allow", "--deny", "--point", "--variant", "--from-format", "--format", "--output"},
         "  araz check case118.m\n  araz check --deny AZ1310 --format json case118.m\n", run_check},
        {"convert", "write a case in another format", "FILES", 2, 2,
         {"--point", "--variant", "--from-format", "--to-format"},
         "  araz convert cases/azerbaijan-iran out.m\n"
         "  araz convert cases/azerbaijan-iran --point winter-peak-2030 --variant tie-330 out.m\n", run_convert},
        {"pf", "AC power flow: voltages, line loadings, losses, area interchange", "CASE", 1, 1,
         {"--dc", "--q-limits", "--start", "--tol", "--max-iterations", "--rating-base", "--voltage-limits",
          "--fail-on-violations", "--allow", "--deny", "--point", "--variant", "--from-format", "--format", "--output", "--table", "--limit",
          "--color"},
         "  araz pf case118.m\n  araz pf case118.m --start flat --format json -o result.json\n"
         "  araz pf case118.m --q-limits off -o result.h5\n",
         run_pf},
        {"n1", "AC contingency analysis of every single branch outage", "CASE", 1, 1,
         {"--q-limits", "--start", "--tol", "--max-iterations", "--threads", "--engine", "--rating-base", "--rating-contingency",
          "--voltage-limits", "--fail-on-violations", "--contingencies", "--generators", "--exclude", "--allow", "--deny",
          "--point", "--variant", "--from-format", "--format", "--output", "--table", "--limit", "--color", "--progress"},
         "  araz n1 case118.m\n  araz n1 case24_ieee_rts.m --rating-contingency C --table violations --format csv\n",
         run_n1},
        {"capacity", "N-1-secure AC export capacity from one area to another, with certificate", "CASE", 1, 1,
         {"--from", "--to", "--both", "--group", "--exchange", "--key", "--base-insecure", "--tolerance", "--audit",
          "--max", "--trm", "--aac", "--contingencies", "--generators", "--exclude", "--rating-base", "--rating-contingency",
          "--voltage-limits", "--q-limits", "--start", "--tol", "--max-iterations", "--threads", "--allow", "--deny",
          "--point", "--variant", "--from-format", "--format", "--output", "--table", "--limit", "--color", "--progress"},
         "  araz capacity cases/azerbaijan-iran --from AZ --to IR --both\n"
         "  araz capacity case24_ieee_rts.m --from 3,4 --to 1,2 --key pg --exchange scheduled --trm 5%\n",
         run_capacity},
        {"verify", "re-check a result by independent arithmetic, or against a reference", "RESULT", 1, 1,
         {"--case", "--reference", "--tolerances", "--point", "--variant", "--from-format", "--format", "--output"},
         "  araz verify result.json --case case118.m\n"
         "  araz verify result.json --reference pf_bus_case118.csv --tolerances vm_pu=1e-6\n",
         run_verify},
        {"explain", "what a finding or error code means", "CODE", 1, 1, {}, "  araz explain AZ1103\n", run_explain},
    };
    return table;
}

}  // namespace araz::app
