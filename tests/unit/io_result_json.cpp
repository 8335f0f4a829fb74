#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "araz/io/result_io.hpp"
#include "unit/result_samples.hpp"

namespace araz {
namespace {

using testing::HasSubstr;

// The text with `from` replaced by `to`, once; the test fails where it does not stand.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ResultJson, PfRoundTripsByteForByte) {
    for (const PfResult& result : {samples::sample_pf(), samples::sample_failure()}) {
        const std::string text = to_json(result);
        const auto read = pf_from_json(text, "r.json");
        ASSERT_TRUE(read) << render(read.error().findings);
        EXPECT_EQ(to_json(*read), text);
        EXPECT_EQ(to_json(result), text) << "the same result gives the same bytes";
    }
}

TEST(ResultJson, N1AndCapacityRoundTripByteForByte) {
    const std::string n1 = to_json(samples::sample_n1());
    const auto n1_read = n1_from_json(n1, "r.json");
    ASSERT_TRUE(n1_read) << render(n1_read.error().findings);
    EXPECT_EQ(to_json(*n1_read), n1);
    EXPECT_EQ(n1_read->base.status, SolveStatus::converged);
    const std::string capacity = to_json(samples::sample_capacity());
    const auto capacity_read = capacity_from_json(capacity, "r.json");
    ASSERT_TRUE(capacity_read) << render(capacity_read.error().findings);
    EXPECT_EQ(to_json(*capacity_read), capacity);
}

TEST(ResultJson, NumbersKeepEveryBit) {
    PfResult result = samples::sample_pf();
    result.buses[0].vm_pu = 0.1 + 0.2;
    result.buses[1].vm_pu = std::nextafter(1.0, 2.0);
    result.buses[2].vm_pu = 5e-324;
    result.totals.loss_mw = -1.7976931348623157e308;
    const auto read = pf_from_json(to_json(result), "r.json");
    ASSERT_TRUE(read);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(read->buses[i].vm_pu, result.buses[i].vm_pu);
    EXPECT_EQ(read->totals.loss_mw, result.totals.loss_mw);
    EXPECT_EQ(read->envelope.options, result.envelope.options);
    EXPECT_EQ(read->envelope.findings, result.envelope.findings);
}

TEST(ResultJson, NotAvailableIsNull) {
    PfResult result = samples::sample_pf();
    result.generators[0].q_max_mvar = std::numeric_limits<double>::infinity();
    const std::string text = to_json(result);
    EXPECT_THAT(text, HasSubstr(R"("bus": 40, "name": "spare", "area": 2, "zone": 2, "base_kv": 330, "type": "isolated", "vm_pu": null)"));
    EXPECT_THAT(text, HasSubstr(R"("q_max_mvar": null)"));
    EXPECT_THAT(text, Not(HasSubstr("nan")));
    EXPECT_THAT(text, Not(HasSubstr("inf,")));
    const auto read = pf_from_json(text, "r.json");
    ASSERT_TRUE(read);
    EXPECT_TRUE(std::isnan(read->buses[3].vm_pu));
    // A bus number where there is none, in the answer of a transfer.
    EXPECT_THAT(to_json(samples::sample_capacity()), HasSubstr(R"("side": "from", "bus": null)"));
}

TEST(ResultJson, EnvelopeFollowsTheContract) {
    const std::string text = to_json(samples::sample_pf());
    std::size_t last = 0;
    for (const char* key : {"\"schema\": \"araz.pf/1\"", "\"araz\": {\"version\": \"", "\"case\": {\"name\": \"three\"",
                            "\"options\": {\"dc\": false, \"exclude\": [\"1\", \"2\"], \"q_limits\": \"on\", \"tol\": 1e-08}",
                            "\"status\": \"converged\"", "\"findings\": [", "\"iterations\": 4", "\"totals\"", "\"areas\"",
                            "\"ties\"", "\"buses\"", "\"branches\"", "\"generators\"", "\"violations\""}) {
        const auto at = text.find(key);
        ASSERT_NE(at, std::string::npos) << key;
        EXPECT_GT(at + 1, last) << key << " stands too early";
        last = at;
    }
    Envelope failed = samples::sample_pf().envelope;
    failed.status = "error";
    const std::string alone = to_json(failed);
    EXPECT_THAT(alone, HasSubstr(R"("status": "error")"));
    const auto read = pf_from_json(alone, "r.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().findings.front().code, "AZ5004");
}

TEST(ResultJson, TextsStayValidUtf8) {
    PfResult result = samples::sample_pf();
    result.buses[0].name = std::string("caf\xE9 \x01\"\\\n") + "\xED\xA0\x80 \xF0\x9F\x94\x8C";
    const std::string text = to_json(result);
    EXPECT_THAT(text, HasSubstr("\"caf\xEF\xBF\xBD \\u0001\\\"\\\\\\n\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xF0\x9F\x94\x8C\""));
    EXPECT_TRUE(pf_from_json(text, "r.json"));
}

TEST(ResultJson, MissingFieldIsNamedWithItsPath) {
    const std::string text = to_json(samples::sample_pf());
    const auto read = pf_from_json(replaced(text, R"("vm_pu": 1.01, )", ""), "r.json");
    ASSERT_FALSE(read);
    ASSERT_EQ(read.error().findings.size(), 1U);
    EXPECT_EQ(read.error().findings[0].code, "AZ5001");
    EXPECT_EQ(read.error().findings[0].message, "field buses[1].vm_pu is missing");
    EXPECT_EQ(read.error().findings[0].where.file, "r.json");
    EXPECT_EQ(read.error().kind, ErrorKind::invalid_input);
    // What the contract does not name may be absent.
    EXPECT_TRUE(pf_from_json(replaced(text, R"("vmin_pu": 0.9, )", ""), "r.json"));
}

TEST(ResultJson, WrongFieldsAreAllNamed) {
    std::string text = replaced(to_json(samples::sample_pf()), R"("iterations": 4)", R"("iterations": 4.5)");
    text = replaced(text, R"("in_service": true)", R"("in_service": 1)");
    text = replaced(text, R"("status": "converged")", R"("status": "fine")");
    text = replaced(text, R"("n_bus": 4)", R"("n_bus": 4000000000)");
    const auto read = pf_from_json(text, "r.json");
    ASSERT_FALSE(read);
    std::vector<std::string> messages;
    for (const Finding& finding : read.error().findings) messages.push_back(finding.message);
    EXPECT_THAT(messages, testing::UnorderedElementsAre(HasSubstr("iterations should be an integer"),
                                                        HasSubstr("branches[0].in_service should be true or false, found number"),
                                                        HasSubstr("status should be a solve status"),
                                                        HasSubstr("case.n_bus should be an integer")));
}

TEST(ResultJson, NestedRecordsAreRead) {
    const std::string text = to_json(samples::sample_capacity());
    const auto read = capacity_from_json(replaced(text, R"("insecure_mw": 210.5,)", ""), "r.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().findings[0].message, "field directions[0].certificate.insecure_mw is missing");
    const auto base = n1_from_json(replaced(to_json(samples::sample_n1()), R"("totals")", R"("sums")"), "r.json");
    ASSERT_FALSE(base);
    EXPECT_EQ(base.error().findings[0].message, "field base.totals is missing");
}

TEST(ResultJson, BrokenJsonIsLocated) {
    const auto read = pf_from_json("{\n  \"schema\": \"araz.pf/1\",\n  \"case\": }\n", "r.json");
    ASSERT_FALSE(read);
    const Finding& finding = read.error().findings.front();
    EXPECT_EQ(finding.code, "AZ5002");
    EXPECT_EQ(finding.where.line, 3);
    EXPECT_EQ(finding.where.column, 11);
    EXPECT_EQ(finding.where.text, "  \"case\": }");
    for (const char* text : {"", "   \n", "[]", "12", "{\"a\": 1e999}", "{\"a\": \"\xff\"}", "{"}) {
        const auto other = schema_of(text, "r.json");
        ASSERT_FALSE(other) << text;
        EXPECT_EQ(other.error().findings.front().code, "AZ5002") << text;
        EXPECT_GE(other.error().findings.front().where.line, 1);
    }
}

TEST(ResultJson, SchemaDecidesWhoReads) {
    const std::string text = to_json(samples::sample_n1());
    const auto schema = schema_of(text, "r.json");
    ASSERT_TRUE(schema);
    EXPECT_EQ(*schema, "araz.n1/1");
    const auto read = pf_from_json(text, "r.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().findings.front().code, "AZ5003");
}

TEST(ResultJson, NdjsonIsOneObjectPerLine) {
    const std::string text = to_ndjson(samples::sample_pf());
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
    EXPECT_TRUE(text.starts_with(R"({"branch": 1, "from_bus": 10, "to_bus": 20, )"));
    const std::string directions = to_ndjson(samples::sample_capacity());
    EXPECT_EQ(std::count(directions.begin(), directions.end(), '\n'), 2);
    const std::string contingencies = to_ndjson(samples::sample_n1());
    EXPECT_EQ(std::count(contingencies.begin(), contingencies.end(), '\n'), 3);
}

}  // namespace
}  // namespace araz
