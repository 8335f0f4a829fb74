#include "support/grids.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace araz::testing {

std::uint64_t Dice::next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

double Dice::uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(next() >> 11U) * 0x1.0p-53);
}

int Dice::below(int n) {
    return static_cast<int>(next() % static_cast<std::uint64_t>(n));
}

std::vector<int> Dice::shuffled(int n) {
    std::vector<int> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    for (int k = n - 1; k > 0; --k) std::swap(order[k], order[below(k + 1)]);
    return order;
}

namespace {

BusId bus_number(int index) {
    return BusId{7 + 10 * index};
}

class Maker {
public:
    explicit Maker(const GridRecipe& recipe) : recipe_(recipe), dice_(recipe.seed) {}

    Case make() {
        grid_.name = "made_" + std::to_string(recipe_.seed);
        grid_.format = "matpower";
        for (int k = 0; k < recipe_.buses + recipe_.spurs; ++k) add_bus(k);
        for (int k = 0; k < recipe_.buses; ++k) add_branch(k, (k + 1) % recipe_.buses);
        for (int k = 0; k < recipe_.buses / 2; ++k) add_chord();
        for (int k = 0; k < recipe_.buses / 8 + 1; ++k) add_parallel();
        for (int k = 0; k < recipe_.spurs; ++k) add_branch(dice_.below(recipe_.buses), recipe_.buses + k);
        add_units();
        switch_some_off();
        return std::move(grid_);
    }

private:
    void add_bus(int k) {
        BusRow bus;
        bus.bus = bus_number(k);
        bus.area = 1 + std::min(k, recipe_.buses - 1) * recipe_.areas / recipe_.buses;
        bus.zone = 1 + k % 3;
        bus.base_kv = 220.0;
        bus.pd_mw = dice_.uniform(0.5, 1.5) * recipe_.load_mw;
        bus.qd_mvar = dice_.uniform(0.1, 0.4) * bus.pd_mw;
        if (dice_.chance(0.2)) bus.bs_mvar = dice_.uniform(-10.0, 20.0);
        if (dice_.chance(0.1)) bus.gs_mw = dice_.uniform(0.0, 2.0);
        grid_.buses.push_back(bus);
    }

    void add_branch(int from, int to) {
        BranchRow branch;
        branch.from_bus = bus_number(from);
        branch.to_bus = bus_number(to);
        branch.x_pu = dice_.uniform(0.02, 0.08);
        branch.r_pu = dice_.uniform(0.05, 0.2) * branch.x_pu;
        branch.b_pu = dice_.uniform(0.0, 0.06);
        if (dice_.chance(0.2)) {
            branch.ratio = dice_.uniform(0.95, 1.05);
            branch.b_pu = 0.0;
            if (dice_.chance(0.5)) branch.shift_deg = dice_.uniform(-4.0, 4.0);
        }
        branch.rate_a_mva = dice_.chance(0.9) ? 1000.0 : 0.0;
        grid_.branches.push_back(branch);
    }

    void add_chord() {
        const int from = dice_.below(recipe_.buses);
        const int to = (from + 2 + dice_.below(recipe_.buses - 3)) % recipe_.buses;
        add_branch(from, to);
    }

    void add_parallel() {
        const BranchRow twin = grid_.branches[dice_.below(recipe_.buses)];
        grid_.branches.push_back(twin);
    }

    void add_units() {
        double load = 0.0;
        for (const BusRow& bus : grid_.buses) load += bus.pd_mw;
        const int plants = std::max(3, recipe_.buses / 4);
        const double share = load / plants;
        for (int plant = 0; plant < plants; ++plant) {
            const int at = plant * recipe_.buses / plants;
            const double v_set = dice_.uniform(1.0, 1.04);
            const int units = 1 + dice_.below(3);
            for (int k = 0; k < units; ++k) add_unit(at, share / units, v_set);
            grid_.buses[at].type = plant == 0 ? BusType::slack : BusType::pv;
        }
    }

    void add_unit(int at, double p_mw, double v_set) {
        GeneratorRow unit;
        unit.bus = bus_number(at);
        unit.pg_mw = p_mw;
        unit.pmax_mw = p_mw * dice_.uniform(1.5, 2.5);
        unit.pmin_mw = 0.0;
        const double width = recipe_.reactive_room * p_mw;
        unit.qmax_mvar = 0.6 * width;
        unit.qmin_mvar = -0.4 * width;
        unit.vg_pu = v_set;
        unit.mbase_mva = 100.0;
        grid_.generators.push_back(unit);
    }

    // One more unit and branch each, out of service and with values that would show.
    void switch_some_off() {
        add_unit(0, 500.0, 1.09);
        grid_.generators.back().in_service = false;
        add_branch(0, recipe_.buses / 2);
        grid_.branches.back().in_service = false;
    }

    GridRecipe recipe_;
    Dice dice_;
    Case grid_;
};

}  // namespace

Case make_grid(const GridRecipe& recipe) {
    return Maker(recipe).make();
}

Case renumbered(const Case& grid, std::uint64_t seed) {
    Dice dice(seed);
    Case out = grid;
    const int n = static_cast<int>(grid.buses.size());
    const std::vector<int> numbers = dice.shuffled(n);
    std::unordered_map<std::int64_t, BusId> new_number;
    for (int k = 0; k < n; ++k) new_number[number(grid.buses[k].bus)] = BusId{1000 + 3 * numbers[k]};

    const std::vector<int> bus_order = dice.shuffled(n);
    for (int k = 0; k < n; ++k) {
        out.buses[k] = grid.buses[bus_order[k]];
        out.buses[k].bus = new_number.at(number(out.buses[k].bus));
    }
    const std::vector<int> branch_order = dice.shuffled(static_cast<int>(grid.branches.size()));
    for (std::size_t k = 0; k < grid.branches.size(); ++k) {
        out.branches[k] = grid.branches[branch_order[k]];
        out.branches[k].from_bus = new_number.at(number(out.branches[k].from_bus));
        out.branches[k].to_bus = new_number.at(number(out.branches[k].to_bus));
    }
    for (GeneratorRow& unit : out.generators) unit.bus = new_number.at(number(unit.bus));
    for (DcLineRow& line : out.dc_lines) {
        line.from_bus = new_number.at(number(line.from_bus));
        line.to_bus = new_number.at(number(line.to_bus));
    }
    std::stable_sort(out.generators.begin(), out.generators.end(),
                     [](const GeneratorRow& a, const GeneratorRow& b) { return number(a.bus) < number(b.bus); });
    return out;
}

Case on_base(const Case& grid, double base_mva) {
    Case out = grid;
    const double factor = base_mva / grid.base_mva;
    out.base_mva = base_mva;
    for (BranchRow& branch : out.branches) {
        branch.r_pu *= factor;
        branch.x_pu *= factor;
        branch.b_pu /= factor;
    }
    return out;
}

Case two_areas(int lines, double x_pu, double rating_mva) {
    Case grid;
    grid.name = "two_areas";
    grid.format = "matpower";
    for (int k = 1; k <= 2; ++k) {
        BusRow bus;
        bus.bus = BusId{k};
        bus.type = k == 1 ? BusType::slack : BusType::pv;
        bus.area = k;
        bus.base_kv = 400.0;
        bus.pd_mw = 3000.0;
        grid.buses.push_back(bus);
        GeneratorRow unit;
        unit.bus = bus.bus;
        unit.pg_mw = 3000.0;
        unit.pmax_mw = 6000.0;
        grid.generators.push_back(unit);
    }
    for (int k = 0; k < lines; ++k) {
        BranchRow line;
        line.from_bus = BusId{1};
        line.to_bus = BusId{2};
        line.x_pu = x_pu;
        line.rate_a_mva = rating_mva;
        grid.branches.push_back(line);
    }
    return grid;
}

Case with_coupler(Case grid, int bus_row, double x_pu, int couplers) {
    BusRow half = grid.buses[bus_row];
    half.bus = BusId{900000 + bus_row};
    half.type = BusType::pq;
    half.name.clear();
    grid.buses[bus_row].pd_mw = grid.buses[bus_row].qd_mvar = 0.0;
    grid.buses[bus_row].gs_mw = grid.buses[bus_row].bs_mvar = 0.0;
    bool move = false;
    for (BranchRow& branch : grid.branches) {
        for (BusId* end : {&branch.from_bus, &branch.to_bus}) {
            if (*end != grid.buses[bus_row].bus) continue;
            if (move) *end = half.bus;
            move = !move;
        }
    }
    grid.buses.push_back(half);
    for (int k = 0; k < couplers; ++k) {
        BranchRow coupler;
        coupler.from_bus = grid.buses[bus_row].bus;
        coupler.to_bus = half.bus;
        coupler.x_pu = x_pu;
        grid.branches.push_back(coupler);
    }
    return grid;
}

}  // namespace araz::testing
