#include "ordering.hpp"

#include <amd.h>

#include <algorithm>
#include <numeric>

#include "araz/base/check.hpp"

namespace araz::solver {

namespace {

// Parents in the elimination tree for a given order (J. W. H. Liu, "The role of elimination trees in sparse
// factorization", SIAM J. Matrix Anal. Appl. 11(1), 1990), with path compression. Numbers are positions.
std::vector<int> tree(int n, std::span<const int> row_start, std::span<const int> column,
                      const std::vector<int>& order) {
    std::vector<int> position(static_cast<std::size_t>(n));
    for (int k = 0; k < n; ++k) position[order[k]] = k;
    std::vector<int> parent(static_cast<std::size_t>(n), -1), ancestor(static_cast<std::size_t>(n), -1);
    for (int k = 0; k < n; ++k) {
        for (int e = row_start[order[k]]; e < row_start[order[k] + 1]; ++e) {
            int j = position[column[e]];
            while (j >= 0 && j < k) {
                const int up = ancestor[j];
                ancestor[j] = k;
                if (up < 0) parent[j] = k;
                j = up;
            }
        }
    }
    return parent;
}

std::vector<int> postorder(const std::vector<int>& parent) {
    const int n = static_cast<int>(parent.size());
    std::vector<int> first_child(static_cast<std::size_t>(n) + 1, -1), sibling(static_cast<std::size_t>(n), -1);
    for (int k = n - 1; k >= 0; --k) {
        int& head = first_child[parent[k] < 0 ? n : parent[k]];
        sibling[k] = head;
        head = k;
    }
    std::vector<int> post, stack;
    for (int root = first_child[n]; root >= 0; root = sibling[root]) {
        stack.push_back(root);
        while (!stack.empty()) {
            int& child = first_child[stack.back()];
            if (child < 0) {
                post.push_back(stack.back());
                stack.pop_back();
            } else {
                const int next = child;
                child = sibling[next];
                stack.push_back(next);
            }
        }
    }
    return post;
}

}  // namespace

std::vector<int> elimination_order(int n, std::span<const int> row_start, std::span<const int> column) {
    std::vector<int> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    if (n == 0) return order;
    const int status = amd_order(n, row_start.data(), column.data(), order.data(), nullptr, nullptr);
    ARAZ_CHECK(status == AMD_OK || status == AMD_OK_BUT_JUMBLED, "AMD failed");
    const std::vector<int> post = postorder(tree(n, row_start, column, order));
    std::vector<int> result(static_cast<std::size_t>(n));
    for (int k = 0; k < n; ++k) result[k] = order[post[k]];
    return result;
}

// A row of U has the nodes of its own row and of its children in the elimination tree.
FactorStructure factor_structure(int n, std::span<const int> row_start, std::span<const int> column) {
    FactorStructure s;
    s.parent.assign(static_cast<std::size_t>(n), -1);
    s.upper_start.assign(1, 0);
    std::vector<int> first_child(static_cast<std::size_t>(n), -1), sibling = first_child, mark = first_child, found;
    std::vector<int> n_lower(static_cast<std::size_t>(n), 0);
    for (int t = 0; t < n; ++t) {
        found.clear();
        const auto add = [&](int c) {
            if (c <= t || c >= n || mark[c] == t) return;
            mark[c] = t;
            found.push_back(c);
            ++n_lower[c];
        };
        for (int k = row_start[t]; k < row_start[t + 1]; ++k) add(column[k]);
        for (int child = first_child[t]; child >= 0; child = sibling[child])
            for (int k = s.upper_start[child]; k < s.upper_start[child + 1]; ++k) add(s.upper[k]);
        std::sort(found.begin(), found.end());
        s.upper.insert(s.upper.end(), found.begin(), found.end());
        s.upper_start.push_back(static_cast<int>(s.upper.size()));
        if (found.empty()) continue;
        s.parent[t] = found[0];
        sibling[t] = first_child[found[0]];
        first_child[found[0]] = t;
    }
    s.lower_start.assign(1, 0);
    for (int t = 0; t < n; ++t) s.lower_start.push_back(s.lower_start[t] + n_lower[t]);
    s.lower.resize(s.upper.size());
    s.lower_of.resize(s.upper.size());
    std::vector<int> next(s.lower_start.begin(), s.lower_start.end() - 1);
    for (int t = 0; t < n; ++t)
        for (int k = s.upper_start[t]; k < s.upper_start[t + 1]; ++k) {
            s.lower_of[k] = next[s.upper[k]]++;
            s.lower[s.lower_of[k]] = t;
        }
    return s;
}

}  // namespace araz::solver
