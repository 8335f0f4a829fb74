// [samples] of a study file.
#include <algorithm>
#include <limits>
#include <numeric>

#include "araz/base/text.hpp"
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
            if (value->given() && method.empty())
                return refuse(*value, "[samples] has no method", "methods: " + join(methods, ", "));
        if (study_.sample_method.given()) {
            if (std::find(methods.begin(), methods.end(), method) == methods.end())
                return refuse(study_.sample_method, "there is no sampling method '" + method + "'" + did_you_mean(method, methods),
                             "methods: " + join(methods, ", "));
            const bool bootstrap = method == methods[0];
            if (!bootstrap && study_.sample_block.given())
                return refuse(study_.sample_block, "latin-hypercube has no blocks", "leave out block");
            const auto size = sample_number(study_.sample_size, "size", static_cast<long long>(layout().hours.size()), 1, 10'000'000);
            if (!size) return size.error();
            const auto seed = sample_number(study_.sample_seed, "seed", 1, 0, std::numeric_limits<long long>::max());
            if (!seed) return seed.error();
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

Result<Done> sample_hours(const StudyFile& study, BatchPlan& plan) { return Sampler(study, plan).sample(); }

}  // namespace araz::app
