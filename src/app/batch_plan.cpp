#include "batch_plan.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <map>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/files.hpp"
#include "araz/io/profile_io.hpp"
#include "araz/io/study_file.hpp"
#include "session.hpp"
#include "studies.hpp"

namespace araz::app {

namespace {

constexpr const char* as_it_stands = "base";
// Scenarios in a shard unless the study says so. An image costs milliseconds whatever it holds, which is nothing beside 256
// contingency analyses and more than a thousand power flows: those fill shards of some size.
constexpr int default_shard = 256;
constexpr std::size_t default_shard_bytes = std::size_t{4} << 20U;

// Columns without which a row says nothing, whatever was chosen.
constexpr std::array<std::string_view, 9> always{"status",      "direction_status",   "ttc_mw",
                                                 "base_violations", "limit_cause",    "limit_element",
                                                 "limit_element_name", "limit_contingency", "limit_contingency_name"};

Error usage(const StudyValue& value, std::string code, std::string message, std::string hint) {
    return Error{ErrorKind::usage, {at_value(value.where, std::move(code), std::move(message), std::move(hint))}};
}

// Findings that do not say where, and those of files that are not there, get the place of the value that led to them.
Error placed(Error error, const SourcePoint& where) {
    for (Finding& finding : error.findings)
        if (finding.where.file.empty() || finding.code == "AZ1001") finding.where = where;
    return error;
}

std::string now() {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(seconds - day);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text.data();
}

class Planner {
public:
    Planner(std::string path, std::string hours, std::string run_dir)
        : path_(std::move(path)), hours_(std::move(hours)), run_dir_(std::move(run_dir)) {}

    Result<BatchPlan> plan() {
        for (const auto step : {&Planner::read_file, &Planner::choose_kind, &Planner::choose_outputs, &Planner::read_hours,
                                &Planner::read_cases, &Planner::check_profiles, &Planner::solve_bases, &Planner::lay_out,
                                &Planner::check_memory})
            if (auto done = (this->*step)(); !done) return done.error();
        return std::move(plan_);
    }

private:
    Result<Done> read_file() {
        auto study = read_study(path_);
        if (!study) return study.error();
        study_ = *std::move(study);
        if (!hours_.empty()) study_.hours = {hours_, {}, {{hours_, {}}}, false, false};
        plan_.folder = !run_dir_.empty() ? run_dir_ : study_.out.given() ? study_.resolve(study_.out.text) : "";
        if (plan_.folder.empty())
            return Error{ErrorKind::usage, {at_value({path_, 0, 0, 1, {}}, "AZ3061", "no folder is named for the run",
                                                     "add out = \"FOLDER\", or give --run-dir FOLDER")}};
        Manifest& manifest = plan_.manifest;
        manifest.version = ARAZ_VERSION;
        manifest.created = now();
        manifest.study = std::filesystem::absolute(path_).lexically_normal().string();
        manifest.study_as_given = path_;
        if (!hours_.empty()) manifest.overrides.push_back("hours=" + hours_);
        manifest.inputs.push_back({std::filesystem::path(path_).filename().string(), study_.sha256});
        return Done{};
    }

    Result<Done> choose_kind() {
        const std::vector<std::string> kinds{"pf", "n1", "capacity"};
        const auto found = std::find(kinds.begin(), kinds.end(), study_.kind.text);
        if (found == kinds.end())
            return usage(study_.kind, "AZ3061", "there is no kind of study '" + study_.kind.text + "'" + did_you_mean(study_.kind.text, kinds),
                         "kinds: pf, n1, capacity");
        layout().kind = static_cast<BatchKind>(found - kinds.begin());
        const std::vector<std::string> rules{"proportional", "merit", "given"};
        const std::string rule = study_.rule.given() ? study_.rule.text : rules[0];
        const auto ruled = std::find(rules.begin(), rules.end(), rule);
        if (ruled == rules.end())
            return usage(study_.rule, "AZ3061", "there is no dispatch rule '" + rule + "'" + did_you_mean(rule, rules),
                         "rules: proportional, merit, given");
        rule_ = static_cast<DispatchRule>(ruled - rules.begin());
        auto options = study_options(study_, layout().kind);
        if (!options) return options.error();
        options_ = *std::move(options);
        options_.set("--threads", "1");
        options_.files = {study_.resolve(study_.case_path.text)};
        plan_.manifest.options = options_.resolved();
        plan_.manifest.options.erase("threads");
        plan_.manifest.options["dispatch"] = rule;
        if (study_.settings.given()) {
            std::vector<std::string> names;
            for (const auto& [name, where] : study_.settings.items) names.push_back(name);
            plan_.manifest.options["settings"] = names;
        }
        plan_.manifest.shard = default_shard;
        if (study_.shard.given()) {
            const auto size = parse_integer(study_.shard.text);
            if (!size || *size < 1 || *size > 1'000'000) return usage(study_.shard, "AZ3061", "shard is " + study_.shard.text, "expected 1 to 1000000");
            plan_.manifest.shard = static_cast<int>(*size);
        }
        return Done{};
    }

    Result<Done> choose_outputs() {
        const std::vector<BatchColumnChoice> all = batch_columns(layout().kind);
        std::vector<std::string> names{"default"};
        for (const BatchColumnChoice& choice : all) names.push_back(choice.column.name);
        bool initial = !study_.columns.given();
        std::vector<std::string> chosen;
        Findings wrong;
        for (const auto& [name, where] : study_.columns.items) {
            if (name == "default") initial = true;
            else if (std::find(names.begin(), names.end(), name) != names.end()) chosen.push_back(name);
            else wrong.push_back(at_value(where, "AZ3065", "a study of kind " + study_.kind.text + " has no column '" + name + "'" + did_you_mean(name, names),
                                          "columns: " + join(names, ", ")));
        }
        if (!wrong.empty()) return Error{ErrorKind::usage, std::move(wrong)};
        for (const BatchColumnChoice& choice : all) {
            const bool needed = std::find(always.begin(), always.end(), choice.column.name) != always.end();
            const bool asked = std::find(chosen.begin(), chosen.end(), choice.column.name) != chosen.end();
            if (needed || asked || (initial && choice.initial)) layout().columns.push_back(choice.column);
        }
        return Done{};
    }

    Result<Done> read_hours() {
        const std::string folder = study_.resolve(study_.case_path.text);
        if (!study_.series.given() && !std::filesystem::exists(folder + "/profiles.h5")) {
            if (auto contents = list_case(folder); !contents) return placed(contents.error(), study_.case_path.where);
            return Error{ErrorKind::invalid_input, {at_value(study_.case_path.where, "AZ3066", folder + " has no profiles.h5",
                                                             "name series: [profiles] file = \"series.csv\"")}};
        }
        auto series = read_chosen_series(study_);
        if (!series) return placed(series.error(), study_.series.given() ? study_.series.where : study_.case_path.where);
        if (in_mw(*series))
            if (auto shared = share_mw(folder, *series); !shared) return shared;
        auto hours = parse_hours(study_.hours, static_cast<int>(series->time.size()));
        if (!hours) return hours.error();
        plan_.study.series = std::make_shared<const ProfileSeries>(*std::move(series));
        layout().hours = *std::move(hours);
        if (auto sampled = sample_hours(study_, plan_); !sampled) return sampled;
        for (const int hour : layout().hours) layout().time.push_back(plan_.study.series->time[hour]);
        layout().time_units = plan_.study.series->time_units;
        layout().step_hours = plan_.study.series->step_hours;
        return Done{};
    }

    // MW become shares of what the first point and variant have.
    Result<Done> share_mw(const std::string& folder, ProfileSeries& series) {
        const auto points = names_of(study_.points, "point");
        if (!points) return points.error();
        const auto variants = names_of(study_.variants, "variant");
        if (!variants) return variants.error();
        const std::string &point = points->front().first, &variant = variants->front().first;
        auto grid = read_one_case(folder, {point == as_it_stands ? "" : point, variant == as_it_stands ? "" : variant}, series);
        if (!grid) return placed(grid.error(), study_.case_path.where);
        return to_per_unit(series, grid->use);
    }

    using Names = std::vector<std::pair<std::string, SourcePoint>>;
    Result<Names> names_of(const StudyValue& value, const std::string& what) const {
        if (!value.given()) return Names{{as_it_stands, study_.case_path.where}};
        Names out;
        for (const auto& [name, where] : value.items) {
            if (name.empty()) return Error{ErrorKind::usage, {at_value(where, "AZ3061", what + " without a name", "base stands for the case as it is")}};
            for (const auto& [other, place] : out)
                if (other == name) return Error{ErrorKind::usage, {at_value(where, "AZ3061", what + " '" + name + "' is named twice", "name it once")}};
            out.emplace_back(name, where);
        }
        if (out.empty()) return Error{ErrorKind::usage, {at_value(value.where, "AZ3061", "no " + what + " is named", "base stands for the case as it is")}};
        return out;
    }

    Result<Done> read_cases() {
        const auto points = names_of(study_.points, "point");
        if (!points) return points.error();
        const auto variants = names_of(study_.variants, "variant");
        if (!variants) return variants.error();
        for (const auto& [point, where] : *points) layout().points.push_back(point);
        for (const auto& [variant, where] : *variants) layout().variants.push_back(variant);
        const std::string folder = options_.files[0];
        for (const auto& [point, point_place] : *points)
            for (const auto& [variant, variant_place] : *variants) {
                auto grid = read_one_case(folder, {point == as_it_stands ? "" : point, variant == as_it_stands ? "" : variant}, *plan_.study.series);
                if (!grid) {
                    Error error = grid.error();
                    for (Finding& finding : error.findings)
                        if (finding.where.file.empty())
                            finding.where = finding.message.find("operating point") != std::string::npos ? point_place
                                            : error.kind == ErrorKind::usage                             ? variant_place
                                                                                                         : study_.case_path.where;
                    return error;
                }
                plan_.manifest.inputs.push_back({study_.case_path.text + " (" + point + "; " + variant + ")", grid->grid.sha256()});
                cases_.push_back(*std::move(grid));
            }
        if (auto read = read_settings(folder); !read) return read;
        for (const auto& [file, sha256] : series_inputs(study_, *plan_.study.series)) plan_.manifest.inputs.push_back({file, sha256});
        if (auto drawn = sample_outages(study_, cases_, plan_); !drawn) return drawn;
        return hash_option_files();
    }

    // From a folder, whose tables name profiles, or from a single file, where the names of the series do.
    Result<ProfiledCase> read_one_case(const std::string& path, const CaseSelection& selection, const ProfileSeries& series) const {
        std::error_code ignored;
        if (is_case_folder(path) || std::filesystem::is_directory(path, ignored))
            return read_profiled_case(path, selection, study_.series.given());
        auto grid = read_case(path, {}, selection);
        if (!grid) return grid.error();
        if (study_.settings.given())
            return usage(study_.settings, "AZ3066", "settings are operating points of a case folder, " + path + " is a single file",
                         "leave out settings: the hours take the voltage settings of the case");
        auto use = profiles_by_name(*grid, series);
        if (!use) return use.error();
        return ProfiledCase{*std::move(grid), *std::move(use)};
    }

    // The grid of every variant at the points whose voltage settings the hours take.
    Result<Done> read_settings(const std::string& folder) {
        for (const std::string& variant : layout().variants)
            for (const auto& [point, where] : study_.settings.items) {
                auto read = read_profiled_case(folder, {point == as_it_stands ? "" : point, variant == as_it_stands ? "" : variant},
                                               study_.series.given());
                if (!read) return placed(read.error(), where);
                plan_.manifest.inputs.push_back({study_.case_path.text + " (" + point + "; " + variant + ")", read->grid.sha256()});
                settings_[variant].push_back(std::move(read->grid));
            }
        return Done{};
    }

    // Files that the options name are inputs like the case.
    Result<Done> hash_option_files() {
        for (const auto& [name, value] : study_.options) {
            const OptionSpec& spec = *find_option("--" + name);
            std::vector<std::string> files;
            if (spec.value == "FILE") files.push_back(value.text);
            if (spec.name == "--contingencies")
                for (const std::string& part : split(value.text, ','))
                    if (part != "all" && part != "none") files.push_back(part);
            for (const std::string& file : files) {
                const auto bytes = araz::read_file(study_.resolve(file), std::size_t{1} << 30U);
                if (!bytes) return placed(bytes.error(), value.where);
                plan_.manifest.inputs.push_back({file, sha256_hex(*bytes)});
            }
        }
        return Done{};
    }

    Result<Done> check_profiles() {
        Findings wrong;
        std::vector<std::string> missing;
        const auto look = [&](const std::string& profile, const std::string& element) {
            if (profile.empty() || plan_.study.series->column(profile) >= 0) return;
            if (std::find(missing.begin(), missing.end(), profile) != missing.end()) return;
            missing.push_back(profile);
            wrong.push_back(at_value(study_.series.given() ? study_.series.where : study_.case_path.where, "AZ3063",
                                     element + " follows the profile '" + profile + "', which " + plan_.study.series->file + " does not have" +
                                         did_you_mean(profile, plan_.study.series->names),
                                     "add the series, or leave the profile out of the case"));
        };
        for (const ProfiledCase& one : cases_) {
            for (std::size_t k = 0; k < one.use.units.size(); ++k) look(one.use.units[k].profile, "generator " + one.grid.generators[k].id);
            for (const ProfiledLoad& load : one.use.loads) look(load.profile, "the load of bus " + std::to_string(number(load.bus)));
        }
        if (!wrong.empty()) return Error{ErrorKind::invalid_input, std::move(wrong)};
        return Done{};
    }

    // Solves each point and variant as the case has it, with the options of the study; what is wrong with these shows here.
    Result<Done> solve_bases() {
        if (Findings unknown = unknown_codes(options_); !unknown.empty()) return placed({ErrorKind::usage, std::move(unknown)}, study_.kind.where);
        const auto inputs = [&]() -> Result<CapacityInputs> {
            if (layout().kind == BatchKind::capacity) return capacity_inputs(options_);
            if (layout().kind == BatchKind::pf) return CapacityInputs{};
            auto spec = contingency_spec(options_);
            if (!spec) return spec.error();
            return CapacityInputs{*std::move(spec), {}};
        }();
        if (!inputs) return placed(inputs.error(), study_.kind.where);
        const BatchKind kind = layout().kind;
        plan_.study.prepare = [options = options_, inputs = *inputs, kind](Case grid) -> Result<BatchTask> {
            if (kind == BatchKind::capacity) {
                auto study = make_study(options, inputs, std::move(grid));
                if (!study) return study.error();
                study->setup.diagnosis = {};
                study->options.limiters = 0;  // no column has them
                return BatchTask{std::move(study->setup), std::move(study->contingencies), std::move(study->options), std::move(study->sides)};
            }
            auto setup = make_setup(options, options.files[0], std::move(grid));
            if (!setup) return setup.error();
            setup->diagnosis = {};
            BatchTask task;
            task.setup = *std::move(setup);
            if (kind == BatchKind::pf) return task;
            auto contingencies = make_contingencies(*task.setup.model, inputs.contingencies);
            if (!contingencies) return contingencies.error();
            task.contingencies = *std::move(contingencies);
            if (options.has("--screen")) task.n1.screen_pct = options.number("--screen");
            return task;
        };
        for (std::size_t k = 0; k < cases_.size(); ++k)
            if (auto solved = solve_base(k); !solved) return solved;
        return Done{};
    }

    Result<Done> solve_base(std::size_t k) {
        ProfiledCase& one = cases_[k];
        auto task = plan_.study.prepare(one.grid);
        if (!task) return placed(task.error(), study_.kind.where);
        if (sides_.empty()) sides_ = task->sides;
        Engine engine(task->setup.model, task->setup.engine);
        const Solution base = engine.solve(Scenario{});
        const std::string name = "point " + layout().points[k / layout().variants.size()] + ", variant " +
                                 layout().variants[k % layout().variants.size()];
        if (!base.solved())
            return Error{ErrorKind::not_solved, {at_value(study_.case_path.where, "AZ3068", name + " has no solution as the case has it (" +
                                                                                               std::string(to_string(base.status)) + ")",
                                                          "araz pf tells why; every hour keeps the net positions of this state")}};
        const PfResult result = to_result(task->setup.model, base, task->setup.monitor, task->setup.engine.tolerance);
        if (k == 0) {
            plan_.manifest.grid = case_info(one.grid);
            plan_.manifest.grid.file = study_.case_path.text;
        }
        std::vector<const Case*> settings;
        for (const Case& grid : settings_[layout().variants[k % layout().variants.size()]]) settings.push_back(&grid);
        if (layout().kind == BatchKind::pf)
            plan_.study.bases.push_back(make_hour_base(task->setup, base, options_.text("--load-model") == "case"));
        plan_.study.states.push_back(std::make_shared<HourlyDispatch>(one.grid, one.use, *plan_.study.series, rule_, result, settings));
        return Done{};
    }

    Result<Done> lay_out() {
        std::vector<const Case*> grids;
        for (const ProfiledCase& one : cases_) grids.push_back(&one.grid);
        std::vector<BatchAxis> axes = batch_axes(grids, sides_);
        const std::vector<std::string>& profiles = plan_.study.series->names;
        axes.push_back({"profile", profiles, std::vector<std::string>(profiles.size()), {}});
        for (BatchAxis& axis : axes) {
            const auto uses = [&](const BatchColumn& column) { return column.axis == axis.name; };
            if (std::any_of(layout().columns.begin(), layout().columns.end(), uses)) layout().axes.push_back(std::move(axis));
        }
        const std::size_t row_bytes = 8 * layout().numbers() + 64 * layout().texts();
        if (!study_.shard.given() && layout().kind == BatchKind::pf)
            plan_.manifest.shard = std::max(default_shard, static_cast<int>(default_shard_bytes / std::max<std::size_t>(1, row_bytes)));
        plan_.manifest.layout = layout();
        return Done{};
    }

    Result<Done> check_memory() {
        const double have = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
        const double need = memory_need(layout());
        if (need <= have) return Done{};
        return placed(memory_error(need, "the machine has", have), (study_.columns.given() ? study_.columns : study_.hours).where);
    }

    BatchLayout& layout() { return plan_.study.layout; }

    std::string path_, hours_, run_dir_;
    StudyFile study_;
    Options options_;
    DispatchRule rule_ = DispatchRule::proportional;
    std::vector<ProfiledCase> cases_;  ///< points, then variants
    std::map<std::string, std::vector<Case>> settings_;  ///< of each variant
    std::vector<ExchangeSides> sides_;
    BatchPlan plan_;
};

}  // namespace

std::string plan_digest(const BatchPlan& plan) {
    std::string text = plan.manifest.version + "\n" + options_json(plan.manifest.options) + "\n" + layout_json(plan.study.layout);
    for (const BatchInput& input : plan.manifest.inputs) text += "\n" + input.sha256;
    return sha256_hex(text);
}

Result<BatchPlan> make_batch_plan(const std::string& study_path, const std::string& hours, const std::string& run_dir) {
    return Planner(study_path, hours, run_dir).plan();
}

}  // namespace araz::app
