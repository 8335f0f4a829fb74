// [samples] of a study file.
#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "araz/base/hash.hpp"
#include "araz/base/text.hpp"
#include "araz/io/files.hpp"
#include "araz/io/selection_io.hpp"
#include "araz/model/sampling.hpp"
#include "batch_plan.hpp"

namespace araz::app {

namespace {

Error refuse(const StudyValue& value, const std::string& message, const std::string& hint) {
    return Error{ErrorKind::usage, {at_value(value.where, "AZ3061", message, hint)}};
}

class Sampler {
public:
    Sampler(const StudyFile& study, BatchPlan& plan) : study_(study), plan_(plan) {}

    Result<Done> sample() {
        const std::vector<std::string> methods{"bootstrap", "latin-hypercube"};
        const std::string& method = study_.sample_method.text;
        for (const StudyValue* value : {&study_.sample_size, &study_.sample_seed, &study_.sample_block})
            if (value->given() && method.empty() && !(value == &study_.sample_seed && study_.sample_outages.given()))
                return refuse(*value, "[samples] has no method", "methods: " + join(methods, ", "));
        const auto seed = sample_number(study_.sample_seed, "seed", 1, 0, std::numeric_limits<long long>::max());
        if (!seed) return seed.error();
        if (study_.sample_method.given()) {
            if (std::find(methods.begin(), methods.end(), method) == methods.end())
                return refuse(study_.sample_method, "there is no sampling method '" + method + "'" + did_you_mean(method, methods),
                             "methods: " + join(methods, ", "));
            const bool bootstrap = method == methods[0];
            if (!bootstrap && study_.sample_block.given())
                return refuse(study_.sample_block, "latin-hypercube has no blocks", "leave out block");
            const auto size = sample_number(study_.sample_size, "size", static_cast<long long>(layout().hours.size()), 1, 10'000'000);
            if (!size) return size.error();
            const auto block = sample_number(study_.sample_block, "block", 24, 1, 1'000'000);
            if (!block) return block.error();
            draw(bootstrap, static_cast<int>(*size), static_cast<int>(*block), static_cast<std::uint64_t>(*seed));
            plan_.manifest.options["sample_method"] = method;
            plan_.manifest.options["sample_size"] = std::to_string(*size);
            plan_.manifest.options["sample_seed"] = std::to_string(*seed);
            if (bootstrap) plan_.manifest.options["sample_block"] = std::to_string(*block);
        }
        return Done{};
    }

private:
    // A whole number in [samples], or what it is without one.
    static Result<long long> sample_number(const StudyValue& value, const char* name, long long initial, long long low, long long high) {
        if (!value.given()) return initial;
        const auto number = parse_integer(value.text);
        if (number && *number >= low && *number <= high) return *number;
        return refuse(value, std::string(name) + " is " + value.text,
                     "expected a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }

    void draw(bool bootstrap, int size, int block, std::uint64_t seed) {
        std::vector<int>& hours = layout().hours;
        if (bootstrap) {
            std::vector<int> drawn = block_bootstrap(static_cast<int>(hours.size()), size, block, seed);
            for (int& position : drawn) position = hours[position];
            hours = std::move(drawn);
            return;
        }
        plan_.study.series = std::make_shared<const ProfileSeries>(latin_hypercube(*plan_.study.series, hours, size, seed));
        hours.resize(static_cast<std::size_t>(size));
        std::iota(hours.begin(), hours.end(), 0);
    }

    BatchLayout& layout() { return plan_.study.layout; }

    const StudyFile& study_;
    BatchPlan& plan_;
};

}  // namespace

Result<Done> sample_outages(const StudyFile& study, const std::vector<ProfiledCase>& cases, BatchPlan& plan) {
    const StudyValue& value = study.sample_outages;
    if (!value.given()) return Done{};
    const std::string path = study.resolve(value.text);
    const auto list = read_list(path, {"generator", "rate"});
    if (!list) {
        Error error = list.error();
        for (Finding& finding : error.findings)
            if (finding.code == "AZ1001") finding.where = value.where;  // the list is not there: the study says so
        return error;
    }
    std::set<std::string> known, seen;
    for (const ProfiledCase& one : cases)
        for (std::size_t g = 0; g < one.grid.generators.size(); ++g) {
            const std::string& id = one.grid.generators[g].id;
            known.insert(id.empty() ? std::to_string(g + 1) : id);
        }
    Findings wrong;
    std::vector<std::string> ids;
    std::vector<double> rates;
    const auto refuse_row = [&](const ListRow& row, const std::string& message, const std::string& hint) {
        wrong.push_back(at_value(row.where, "AZ3023", message, hint));
    };
    for (const ListRow& row : *list) {
        const std::string& id = row.cells[0];
        const std::size_t before = wrong.size();
        const double rate = number_cell(row, 1, "rate", wrong);
        if (known.count(id) == 0)
            refuse_row(row, "no variant has a unit '" + id + "'" + did_you_mean(id, {known.begin(), known.end()}), "name units by their identifiers");
        else if (!seen.insert(id).second) refuse_row(row, "unit '" + id + "' is named twice", "name it once");
        else if (wrong.size() == before && !(rate >= 0.0 && rate <= 1.0))
            refuse_row(row, "the forced-outage rate of '" + id + "' is " + row.cells[1], "expected a share of time from 0 to 1");
        ids.push_back(id);
        rates.push_back(rate);
    }
    if (!wrong.empty()) return Error{ErrorKind::invalid_input, std::move(wrong)};
    const long long seed = study.sample_seed.given() ? parse_integer(study.sample_seed.text).value_or(1) : 1;
    const int size = static_cast<int>(plan.study.layout.hours.size());
    for (const std::vector<int>& sample : forced_outages(rates, size, static_cast<std::uint64_t>(seed))) {
        std::vector<std::string>& out = plan.study.units_out.emplace_back();
        for (const int k : sample) out.push_back(ids[static_cast<std::size_t>(k)]);
    }
    const auto bytes = araz::read_file(path, std::size_t{1} << 30U);
    if (!bytes) return bytes.error();
    plan.manifest.inputs.push_back({value.text, sha256_hex(*bytes)});
    plan.manifest.options["sample_unit_outages"] = value.text;
    plan.manifest.options["sample_seed"] = std::to_string(seed);
    return Done{};
}

Result<Done> sample_hours(const StudyFile& study, BatchPlan& plan) { return Sampler(study, plan).sample(); }

}  // namespace araz::app
