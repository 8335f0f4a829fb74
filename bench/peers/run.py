#!/usr/bin/env python3
"""Runs araz and its peers side by side on one core, checks that they agree, and prints ratios.

    bench/peers/run.py [--araz build/release/araz] [--size small|full] [--cases DIR] [--json FILE] [--only PEER,...]

Installs the pinned packages of requirements.txt into build/peers/venv (--venv) first; a peer that cannot be installed is
listed with the reason. `small` is case118 with few scenarios. Source packages that need a compiler are built only with
--build. bench/README.md says what is measured.

Exit codes: 0 all agree; 1 something disagrees; 2 usage; 77 nothing to compare with.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NEEDED = ("numpy", "scipy", "networkx", "h5py", "matpowercaseframes")
BESIDE = {"pandapower": ("numba",)}  # what a peer is slow without

sys.path.insert(0, str(HERE))
from peers import PEERS  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--araz", default=str(ROOT / "build/release/araz"), help="the program; araz_peer_work is looked for beside it")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--cases", help="folder of MATPOWER cases; default: fetched by scripts/fetch_reference_cases")
    parser.add_argument("--venv", default=str(ROOT / "build/peers/venv"))
    parser.add_argument("--json", help="write all figures to this file")
    parser.add_argument("--only", default="", help="peers by the names of their adapters, comma separated")
    parser.add_argument("--case", default="", help="only these cases, comma separated")
    parser.add_argument("--rounds", type=int, default=0, help="interleaved rounds; the least time counts")
    parser.add_argument("--build", action="store_true", help="also build peers that come as source")
    parser.add_argument("--cpu", type=int, help="core that everything is bound to; default: the last one allowed")
    return parser.parse_args()


def pip(python, words):
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(HERE / "requirements.txt"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")][:1] or done.stderr.strip().splitlines() or ["no reason given"]
    return "" if done.returncode == 0 else errors[-1].removeprefix("ERROR: ")


def install(folder, build, wanted):
    """The Python of the environment, and why peers are missing, by adapter."""
    python = pathlib.Path(folder) / "bin/python"
    if not python.exists():
        try:
            venv.create(folder, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:  # Debian keeps ensurepip in python3-venv
            return None, {"": f"no virtual environment: {error}"}
    if reason := pip(python, ("--only-binary", ":all:", *NEEDED)):
        return None, {"": reason}
    missing = {}
    for peer in PEERS:
        if not peer.package or (wanted and peer.adapter not in wanted):
            continue
        binary = () if build else ("--only-binary", ":all:")
        if reason := pip(python, (*binary, peer.package, *BESIDE.get(peer.package, ()))):
            source = "" if build else "no wheel of it serves this Python and machine, or it cannot be had (--build builds sources); "
            missing[peer.adapter] = f"not installed: {source}{reason}"
    return python, missing


def main():
    options = arguments()
    araz = pathlib.Path(options.araz).resolve()
    if not araz.exists():
        print(f"run.py: no {araz}; build araz or name it with --araz", file=sys.stderr)
        return 2
    cases = options.cases
    if cases is None:
        cases = ROOT / "build/reference-cases/matpower"
        if subprocess.run([ROOT / "scripts/fetch_reference_cases", cases], check=False).returncode != 0:
            print("run.py: SKIPPED, no reference cases")
            return 77
    wanted = set(filter(None, options.only.split(",")))
    if unknown := wanted - {peer.adapter for peer in PEERS}:
        print(f"run.py: no peer {', '.join(sorted(unknown))}; there are {', '.join(peer.adapter for peer in PEERS)}", file=sys.stderr)
        return 2
    python, missing = install(options.venv, options.build, wanted)
    if python is None:
        print(f"run.py: SKIPPED, {missing['']}")
        return 77
    environment = dict(os.environ, ARAZ=str(araz), ARAZ_PEER_WORK=str(araz.with_name("araz_peer_work")))
    for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON"):
        environment[name + "_NUM_THREADS"] = "1"
    cpu = options.cpu if options.cpu is not None else max(os.sched_getaffinity(0))
    environment["ARAZ_PEER_CPU"] = str(cpu)
    words = ["--size", options.size, "--cases", str(cases), "--rounds", str(options.rounds), "--case", options.case,
             "--only", options.only, "--json", options.json or ""]
    for adapter, reason in missing.items():
        words += ["--missing", adapter, reason]
    return subprocess.run([str(python), "-B", str(HERE / "compare.py"), *words], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
