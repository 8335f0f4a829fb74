"""N-1 security of every operating point, with the exceptions that the data sheet lists and no others."""

import study_case as case


def n1(point, *more):
    return case.run("n1", case.CASE, *case.selection(point), *more, "--fail-on-violations", "--format", "json")


class SingleOutages(case.unittest.TestCase):
    def test_no_outage_of_one_branch_leaves_a_limit_violated(self):
        for point in case.points():
            code, answer = n1(point)
            self.assertEqual(code, 0, f"{point}: {answer['summary'] if isinstance(answer, dict) else answer}")
            self.assertEqual(answer["summary"]["with_violations"] + answer["summary"]["unsolved"], 0, point)
            self.assertGreater(answer["summary"]["solved"], 1200, point)


class NamedOutages(case.unittest.TestCase):
    """contingencies.csv: towers with two circuits, the largest units, the block at Van."""

    def test_those_that_violate_limits_are_the_listed_ones(self):
        listed = {name: set(where.split(", ")) for name, where, _ in case.sheet_table("known_overloads")}
        found = {}
        for point in case.points():
            code, answer = n1(point, "--contingencies", case.CASE / "contingencies.csv")
            self.assertIn(code, (0, 1), point)
            names = {row["contingency"] for row in case.table("contingencies")}
            self.assertEqual({row["contingency"] for row in answer["contingencies"]}, names, point)
            for row in answer["contingencies"]:
                if row["violations"] or row["status"] != "converged":
                    found.setdefault(row["contingency"], set()).add(point)
        self.assertEqual(found, listed)


if __name__ == "__main__":
    case.main()
