"""The certified bound beside HiGHS, one linear programme at a time, on one core each, turn by turn.

    highs_peer.py PLAN [PATHS [ROUNDS]]     OFFRAMP names the program (build/offramp), KERNEL what it computes with (own, compiled)

Of HiGHS only the solving counts, not the building of the programme; of offramp everything after start-up. Both by processor
time, so that what else the machine does hits them less. Prints bounds per second, the ratio, and how far the two are apart.
Needs scipy. The plan may have what tests/bound/highs.py builds: commitments, reservations, exclusivities that bind.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

os.environ["OPENBLAS_NUM_THREADS"] = "1"
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "tests", "bound"))
import highs  # noqa: E402

kernel = ["--backend", "cpu", "--kernel", os.environ.get("KERNEL", "own")]
program = os.environ.get("OFFRAMP", os.path.join(here, "..", "..", "build", "offramp"))


def child_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(plan, paths, *more):
    before = child_seconds()
    done = subprocess.run([program, "bound", plan, "--threads", "1", "--paths", str(paths), "--checks", "0", "--format", "json",
                           *kernel, *more],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout), child_seconds() - before


def simulation_seconds(plan, paths):
    before = child_seconds()
    subprocess.run([program, "run", plan, "--threads", "1", *kernel, "--checks", "0", "--no-bands", "--paths",
                    str(paths), "--format", "json"], capture_output=True, check=True)
    return child_seconds() - before


def main():
    file = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..", "examples", "reference-size.json")
    paths = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with open(file) as f:
        plan = json.load(f)
    signed = plan["strategies"][0].get("contracts", [c["name"] for c in plan["contracts"]])
    for verb in ("optimize", "sweep", "stakeholders"):
        plan.pop(verb, None)
    plan["strategies"] = [{"name": "s", "contracts": signed, "pull": "pace"}]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as only:
        json.dump(plan, only)
        only.flush()
        bounds, _ = ours(only.name, paths, "--each")
        simulation_seconds(only.name, 1)  # kernels are compiled once, and kept
        start_up = min(ours(only.name, 1)[1] for _ in range(3))
        rates, peers, simulations, worst = [], [], [], 0.0
        for turn in range(rounds):
            many = 64 * paths
            rates.append((many - 1) / max(ours(only.name, many)[1] - start_up, 1e-9))
            simulations.append(64 * many / max(simulation_seconds(only.name, 64 * many) - start_up, 1e-9))
            seconds = 0.0
            for path in range(paths):
                explained = json.loads(subprocess.run([program, "explain", only.name, "--path", str(path), "--format", "json"],
                                                      capture_output=True, text=True, check=True).stdout)
                least, solving = highs.bound(plan, explained, signed, timed=True)
                seconds += solving
                worst = max(worst, abs(bounds["paths"][path]["s"]["fractional"] / least - 1))
            peers.append(paths / seconds)
    ratio = statistics.median(a / b for a, b in zip(rates, peers))
    cost = statistics.median(b / a for a, b in zip(rates, simulations))
    print("offramp %.0f bounds/s, HiGHS %.1f, one core each; ratio %.0f (median of %d rounds, turn by turn)" %
          (statistics.median(rates), statistics.median(peers), ratio, rounds))
    print("a bound takes %.0f times as long as a simulated path; at most %.1e from HiGHS" % (cost, worst))


if __name__ == "__main__":
    main()
