// A program that a test watches, signals and kills.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace araz::testing {

/// araz, or another program that starts it, running beside the test, silent.
class Running {
public:
    explicit Running(std::vector<std::string> words, const std::string& program = ARAZ_BINARY) {
        words.insert(words.begin(), program);
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", 1, 0);
        if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ) != 0) throw std::runtime_error("cannot start " + program);
        posix_spawn_file_actions_destroy(&actions);
    }
    ~Running() {
        if (pid_ > 0) finish(SIGKILL);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    [[nodiscard]] int pid() const { return pid_; }
    void signal(int number) const { ::kill(pid_, number); }
    /// Sends a signal unless it is 0, and waits. The exit code, or 128 + signal.
    int finish(int number = 0) {
        if (number != 0) ::kill(pid_, number);
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    /// The most memory that it holds until it ends, looked at every millisecond. What wait4() says includes the memory of
    /// the test itself.
    [[nodiscard]] double watch_peak_mib() const {
        double peak = 0.0;
        for (bool lives = true; lives;) {
            std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
            lives = false;  // what has ended has no such line
            for (std::string line; std::getline(in, line);)
                if (line.starts_with("VmHWM:")) {
                    lives = true;
                    peak = std::max(peak, std::strtod(line.c_str() + 6, nullptr) / 1024.0);
                }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return peak;
    }

private:
    pid_t pid_ = 0;
};

}  // namespace araz::testing
