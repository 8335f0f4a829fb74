"""scripts/slurm-batch with an srun and an scontrol of its own: begins, goes on, hands the signal on and asks for another turn.

Usage: slurm.py SCRIPT ARAZ
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT, ARAZ = sys.argv[1:3]
CASE = Path(SCRIPT).resolve().parent.parent / "cases/azerbaijan-iran"


def check(what, holds):
    if not holds:
        sys.exit(f"slurm-batch: {what}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for tool, text in {"srun": '[[ $1 == --kill-on-bad-exit=1 ]] || exit 9\nshift\nexec "$@"\n',
                           "scontrol": 'echo "$@" >> "$CALLS"\n'}.items():
            path = folder / tool
            path.write_text("#!/bin/bash\n" + text)
            path.chmod(0o755)
        study, run = folder / "study.toml", folder / "run"
        study.write_text(f'case = "{CASE}"\nhours = "0-8759"\n[study]\nkind = "pf"\n')
        calls = folder / "calls"
        environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", ARAZ=ARAZ, CALLS=str(calls), SLURM_JOB_ID="17")

        check("takes two words", subprocess.run(["bash", SCRIPT], env=environment, capture_output=True, check=False).returncode == 2)
        job = subprocess.Popen(["bash", SCRIPT, str(study), str(run)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        journal = run / "journal"
        until = time.time() + 60
        while not (journal.exists() and journal.stat().st_size > 20000) and time.time() < until:
            time.sleep(0.02)
        job.send_signal(signal.SIGTERM)
        status = job.wait(timeout=60)
        check(f"hands the signal on: status {status}", status == 143)
        check("asks for another turn", calls.read_text() == "requeue 17\n")
        done = json.loads(subprocess.run([ARAZ, "status", run, "--format", "json"], capture_output=True, text=True, check=True).stdout)
        check(f"had begun and not finished: {done}", 0 < done["done"] < 8760)

        # The next turn goes on from there; the study is shortened to the end by ending it again.
        job = subprocess.Popen(["bash", SCRIPT, str(study), str(run)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.time() + 60
        before = journal.stat().st_size
        while journal.stat().st_size < before + 20000 and time.time() < until:
            time.sleep(0.02)
        job.send_signal(signal.SIGTERM)
        check("ends again in good order", job.wait(timeout=60) == 143)
        again = json.loads(subprocess.run([ARAZ, "status", run, "--format", "json"], capture_output=True, text=True, check=True).stdout)
        check(f"went on: {again['done']} after {done['done']}", again["done"] > done["done"])


if __name__ == "__main__":
    main()
