#include "verbs.hpp"

namespace araz::app {

const std::vector<Verb>& verb_table() {
    static const std::vector<Verb> table{
        {"info", "what is in a case or result file", "FILE", 1, 1,
         {"--point", "--variant", "--from-format", "--format", "--output"},
         "  araz info case118.m\n", run_info},
        {"check", "validate the data of a case: findings with code, place and hint", "CASE", 1, 1,
         {"--allow", "--deny", "--point", "--variant", "--from-format", "--format", "--output"},
         "  araz check case118.m\n  araz check --deny AZ1304,AZ1229 --format json case118.m\n  araz check -o findings.sarif case118.m\n", run_check},
        {"convert", "write a case in another format", "FILES", 2, 2,
         {"--point", "--variant", "--from-format", "--to-format"},
         "  araz convert cases/azerbaijan-iran out.m\n"
         "  araz convert cases/azerbaijan-iran --point winter-peak-2030 --variant tie-330 out.m\n", run_convert},
        {"pf", "AC power flow: voltages, line loadings, losses, area interchange", "CASE", 1, 1,
         {"--dc", "--q-limits", "--q-limits-slack", "--controls", "--slack", "--slack-key", "--slack-factors", "--area-schedule", "--method",
          "--start", "--tol", "--max-iterations", "--scale-load", "--rating-base", "--voltage-limits", "--fail-on-violations",
          "--allow", "--deny", "--merge-below", "--dc-lines", "--load-model", "--point", "--variant", "--from-format", "--format", "--output", "--table", "--limit",
          "--color"},
         "  araz pf case118.m\n  araz pf case118.m --start flat --format json -o result.json\n"
         "  araz pf case118.m --q-limits off -o result.h5\n",
         run_pf},
        {"n1", "AC contingency analysis of every single branch outage", "CASE", 1, 1,
         {"--q-limits", "--q-limits-slack", "--controls", "--slack", "--slack-key", "--slack-factors", "--area-schedule",
          "--post-contingency", "--start", "--tol", "--max-iterations", "--scale-load", "--threads", "--engine", "--rating-base", "--rating-contingency",
          "--voltage-limits", "--voltage-step", "--fail-on-violations", "--contingencies", "--generators", "--bus-outages", "--exclude",
          "--second-islands", "--screen", "--audit-screen", "--allow", "--deny",
          "--merge-below", "--dc-lines", "--load-model", "--point", "--variant", "--from-format", "--format", "--output", "--table", "--limit", "--color", "--progress"},
         "  araz n1 case118.m\n  araz n1 case24_ieee_rts.m --rating-contingency C --table violations --format csv\n",
         run_n1},
        {"capacity", "N-1-secure AC export capacity from one area to another, with certificate", "CASE", 1, 1,
         {"--from", "--to", "--borders", "--both", "--group", "--group-file", "--exchange", "--key", "--key-file", "--base-insecure", "--tolerance", "--audit",
          "--max", "--trm", "--aac", "--remedial", "--reinforcements", "--contingencies", "--generators", "--exclude", "--rating-base", "--rating-contingency",
          "--voltage-limits", "--voltage-step", "--q-limits", "--q-limits-slack", "--controls", "--slack", "--slack-key", "--slack-factors",
          "--area-schedule", "--post-contingency", "--start", "--tol", "--max-iterations", "--scale-load", "--export-states", "--recheck", "--threads", "--engine", "--allow", "--deny",
          "--merge-below", "--dc-lines", "--load-model", "--point", "--variant", "--from-format", "--format", "--output", "--table", "--limit", "--color", "--progress"},
         "  araz capacity cases/azerbaijan-iran --from AZ --to IR --both\n"
         "  araz capacity case24_ieee_rts.m --from 3,4 --to 1,2 --key pg --exchange scheduled --trm 5%\n"
         "  araz capacity cases/azerbaijan-iran --borders all --both\n",
         run_capacity},
        {"ptdf", "power transfer distribution factors of the DC model, by bus, area or transfer", "CASE", 1, 1,
         {"--branches", "--buses", "--columns", "--from", "--to", "--group", "--key", "--outages", "--taps", "--slack",
          "--slack-key", "--slack-factors", "--merge-below", "--allow", "--deny", "--point", "--variant", "--from-format", "--format", "--output", "--table",
          "--limit", "--color"},
         "  araz ptdf case118.m -o ptdf.csv\n"
         "  araz ptdf case24_ieee_rts.m --from 3,4 --to 1,2 --key pg --outages 7,27\n"
         "  araz ptdf case118.m --branches 1-10 --buses 5,8 --slack distributed --slack-key load\n",
         run_ptdf},
        {"lodf", "line outage distribution factors of the DC model", "CASE", 1, 1,
         {"--branches", "--outages", "--taps", "--merge-below", "--allow", "--deny", "--point", "--variant", "--from-format", "--format",
          "--output", "--table", "--limit", "--color"},
         "  araz lodf case118.m -o lodf.h5\n  araz lodf case118.m --branches 1-10 --outages 7,8\n", run_lodf},
        {"pv", "continuation power flow: PV curve, nose, and the limits met on the way", "CASE", 1, 1,
         {"--target", "--grow", "--from", "--to", "--group", "--key", "--max", "--stop", "--outages", "--buses", "--q-limits",
          "--q-limits-slack", "--p-limits", "--rating-base", "--rating-contingency", "--voltage-limits", "--start", "--tol",
          "--max-iterations", "--scale-load", "--max-points", "--threads", "--engine", "--merge-below", "--load-model", "--allow", "--deny", "--point", "--variant", "--from-format",
          "--format", "--output", "--table", "--limit", "--color", "--progress"},
         "  araz pv case118.m\n  araz pv case24_ieee_rts.m --from 3,4 --to 1,2 --key pg --outages 7,27\n"
         "  araz pv case9.m --grow 5 --stop full --buses 9,5 -o curve.csv\n",
         run_pv},
        {"batch", "one study in many hours, points and variants, into a run directory that survives a kill", "STUDY", 1, 1,
         {"--run-dir", "--hours", "--dry-run", "--mem-limit", "--threads", "--format", "--limit", "--progress"},
         "  araz batch studies/azerbaijan-iran-capacity.toml --dry-run\n"
         "  araz batch studies/azerbaijan-iran-capacity.toml --hours 0-23 --run-dir runs/day\n", run_batch},
        {"resume", "go on with a batch where it was interrupted; the result is the same to the byte", "DIR", 1, 1,
         {"--mem-limit", "--threads", "--format", "--limit", "--progress"}, "  araz resume runs/day\n", run_resume},
        {"status", "how far a batch is, also while it runs", "DIR", 1, 1, {"--format"},
         "  araz status runs/day\n  araz status runs/day --format json\n", run_status},
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
