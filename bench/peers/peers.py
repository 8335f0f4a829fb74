"""The table of peers: a peer is one row here and one file in adapters/."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    adapter: str             # file in adapters/
    package: str = ""        # as it stands in requirements.txt; empty: no package
    lacks: str = ""          # what it cannot do, and why
    fixed_units_only: bool = False
    also_fixed_units: bool = False
    other_grid: dict = field(default_factory=dict)  # cases that its own reader turns into another grid, and how


PEERS = (
    Peer("araz_program", also_fixed_units=True),
    Peer("araz_library", also_fixed_units=True),
    Peer("lightsim2grid", "lightsim2grid",
         "cases whose units are fixed: it lets units at buses of type 1 hold voltages, so it would solve another problem"),
    Peer("p3s", "p3s-cpp", "single solve from a file: the compiled solver takes matrices (parallel-pandapower-solver itself needs Python 3.12)"),
    Peer("rustpower", "rustpower", "single solve from a file: reads no MATPOWER files"),
    Peer("gridoxide", "gridoxide"),
    Peer("pypowsybl", "pypowsybl", "injection batch: none, one load flow after the other; MATPOWER files only as .mat"),
    Peer("pandapower", "pandapower", "injection batch: none, one runpp after the other; contingencies of branches that it keeps as impedances",
         other_grid={"case9241pegase": "three transformers with a ratio between buses of one base voltage (436-4458, 2935-4959, 6077-6929) "
                                       "carry other flows after its conversion",
                     "case_ACTIVSg10k": "branches of negative reactance (star points of three-winding transformers) carry other flows "
                                        "after its conversion"}),
    Peer("power_grid_model", "power-grid-model",
         "grids with PV buses: it holds voltages at sources only, so it runs on cases whose units are fixed; reads no MATPOWER files",
         fixed_units_only=True),
)

# Not on the machine at all: listed with the reason.
UNAVAILABLE = (
    ("surge-py", "the version that the registry gives to this Python is a placeholder without code (0.0.1)"),
    ("parallel-pandapower-solver", "needs Python 3.12; its compiled solver is here as p3s-cpp"),
)
