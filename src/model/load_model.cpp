#include <cmath>

#include "araz/base/text.hpp"
#include "araz/model/network.hpp"

namespace araz {

namespace {

Error not_a_model(const std::string& text) {
    return Error::make(ErrorKind::usage, "AZ3032", "'" + text + "' is not a load model",
                       "use case, pq, zip:0.3,0.3,0.4 (fractions of constant impedance, current and power that sum to 1; "
                       "three more for Q) or exp:1.2,2.0 (exponents of P and Q)");
}

}  // namespace

Result<LoadModelChoice> LoadModelChoice::parse(const std::string& text) {
    LoadModelChoice choice;
    if (text.empty() || text == "case") return choice;
    choice.from_case = false;
    if (text == "pq") return choice;
    const auto colon = text.find(':');
    const std::string word = text.substr(0, colon);
    std::vector<double> numbers;
    if (colon == std::string::npos) return not_a_model(text);
    for (const std::string& part : split(text.substr(colon + 1), ',')) {
        const auto number = parse_double(part);
        if (!number || !std::isfinite(*number)) return not_a_model(text);
        numbers.push_back(*number);
    }
    LoadMix& mix = choice.mix;
    if (word == "zip" && (numbers.size() == 3 || numbers.size() == 6)) {
        for (std::size_t k = 0; k < numbers.size(); k += 3)
            if (std::abs(numbers[k] + numbers[k + 1] + numbers[k + 2] - 1.0) > 1e-9) return not_a_model(text);
        const std::size_t q = numbers.size() - 3;
        mix.p_z = numbers[0];
        mix.p_i = numbers[1];
        mix.q_z = numbers[q];
        mix.q_i = numbers[q + 1];
        return choice;
    }
    if (word == "exp" && (numbers.size() == 1 || numbers.size() == 2)) {
        mix.p_e = mix.q_e = 1.0;
        mix.p_exponent = numbers.front();
        mix.q_exponent = numbers.back();
        return choice;
    }
    return not_a_model(text);
}

}  // namespace araz
