// The command line: verbs and options come from their tables (options.cpp, verbs.cpp).

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <new>

#include "araz/base/check.hpp"
#include "araz/base/text.hpp"
#include "options.hpp"

namespace {

using namespace araz;
using namespace araz::app;

constexpr int usage_error = 2;

// CLI11 holds references to these while it parses.
struct Parsed {
    CLI::App* command = nullptr;
    const Verb* verb = nullptr;
    std::map<std::string, std::string> values;
    std::map<std::string, bool> flags;
    std::vector<std::string> files;
};

void add_verb(CLI::App& app, const Verb& verb, Parsed& parsed) {
    parsed.verb = &verb;
    parsed.command = app.add_subcommand(std::string(verb.name), std::string(verb.summary));
    CLI::App& command = *parsed.command;
    if (!verb.examples.empty()) command.footer("Examples:\n" + std::string(verb.examples));
    if (verb.max_files > 0) {
        auto* files = command.add_option(std::string(verb.arguments), parsed.files, "'-' is standard input or output");
        files->expected(verb.min_files, verb.max_files)->required(verb.min_files > 0);
    }
    for (const std::string_view name : verb.options) {
        const OptionSpec* spec = find_option(name);
        ARAZ_CHECK(spec != nullptr, std::string(name));
        const std::string flags = name == "--output" ? "-o,--output" : std::string(name);
        std::string help(spec->help);
        CLI::Option* option = nullptr;
        if (spec->kind == OptionKind::flag) {
            option = command.add_flag(flags, parsed.flags[std::string(name)], help);
        } else {
            if (!spec->initial.empty()) help += " [" + std::string(spec->initial) + "]";
            option = command.add_option(flags, parsed.values[std::string(name)], help);
            option->type_name(std::string(spec->value));
        }
        option->group(std::string(spec->group));
    }
}

int complain(const Findings& findings) {
    std::fputs(render(findings).c_str(), stderr);
    return usage_error;
}

// A word that is no verb or option, with the nearest that is.
Finding unknown_word(const CLI::App& app, const std::string& word) {
    std::vector<std::string> candidates;
    const auto subcommands = app.get_subcommands();
    const CLI::App* scope = subcommands.empty() ? &app : subcommands.front();
    if (word.starts_with("-")) {
        for (const CLI::Option* option : scope->get_options()) candidates.push_back(option->get_name(false, false));
    } else if (subcommands.empty()) {
        for (const Verb& verb : verb_table()) candidates.emplace_back(verb.name);
    }
    Finding finding;
    finding.code = "AZ3011";
    finding.message = "'" + word + "' is not " + (word.starts_with("-") ? "an option of this verb" : "understood here") +
                      did_you_mean(word, candidates);
    finding.hint = "araz help lists the verbs, araz VERB --help the options";
    return finding;
}

// The first word that looks like an option and is none of the verb's: its value would otherwise be taken
// for a file and hide the mistake.
std::string stray_option(const CLI::App& app, int argc, char** argv) {
    const auto subcommands = app.get_subcommands();
    const CLI::App* scope = subcommands.empty() ? &app : subcommands.front();
    for (int k = 1; k < argc; ++k) {
        const std::string word = std::string(argv[k]).substr(0, std::string(argv[k]).find('='));
        if (word == "--") break;
        if (word.size() > 2 && word.starts_with("--") && scope->get_option_no_throw(word) == nullptr &&
            app.get_option_no_throw(word) == nullptr)
            return word;
    }
    return {};
}

int usage_problem(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    if (const std::string stray = stray_option(app, argc, argv); !stray.empty())
        return complain({unknown_word(app, stray)});
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        auto rest = app.remaining(true);
        if (!rest.empty()) return complain({unknown_word(app, rest.front())});
    }
    Finding finding;
    finding.code = "AZ3011";
    finding.message = error.what();
    finding.hint = "araz help lists the verbs, araz VERB --help the options";
    return complain({finding});
}

int run_verb(const Parsed& parsed, int argc, char** argv) {
    Options options;
    Findings findings;
    for (const std::string_view name : parsed.verb->options) {
        const OptionSpec& spec = *find_option(name);
        const std::string flags = name == "--output" ? "--output" : std::string(name);
        const bool given = parsed.command->get_option(flags)->count() > 0;
        std::string value(spec.initial);
        if (spec.kind == OptionKind::flag) value = parsed.flags.at(std::string(name)) ? "true" : "false";
        else if (given) value = parsed.values.at(std::string(name));
        if (given) options.mark_given(name);
        for (Finding& finding : check_value(spec, value)) findings.push_back(std::move(finding));
        options.set(name, std::move(value));
    }
    if (!findings.empty()) return complain(findings);
    options.files = parsed.files;
    std::vector<std::string> words{"araz"};
    for (int k = 1; k < argc; ++k) words.emplace_back(argv[k]);
    options.argv = join(words, " ");
    return parsed.verb->run(options);
}

int run(int argc, char** argv) {
    CLI::App app("araz " ARAZ_VERSION
                 ": AC power flow, contingency analysis and certified export capacity of interconnected grids");
    app.set_version_flag("--version", "araz " ARAZ_VERSION);
    app.require_subcommand(0, 1);
    std::vector<Parsed> parsed(verb_table().size());
    for (std::size_t k = 0; k < parsed.size(); ++k) add_verb(app, verb_table()[k], parsed[k]);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& done) {
        return app.exit(done);
    } catch (const CLI::ParseError& error) {
        return usage_problem(app, error, argc, argv);
    }
    for (const Parsed& candidate : parsed)
        if (candidate.command->parsed()) return run_verb(candidate, argc, argv);
    std::fputs(app.help().c_str(), stdout);
    return argc > 1 ? usage_error : 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is reported by the write, and ends quietly
    try {
        return run(argc, argv);
    } catch (const araz::InternalError& bug) {
        std::fprintf(stderr, "internal error: %s\nThis is a bug in araz; please report it with the case file.\n", bug.what());
        return 70;
    } catch (const std::bad_alloc&) {
        std::fputs("error: out of memory\n", stderr);
        return 7;
    }
}
