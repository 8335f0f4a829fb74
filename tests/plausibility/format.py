"""FORMAT.md of the case against the reader, both ways: the same columns, and the same ones required."""

import pathlib
import re
import shutil
import tempfile

import study_case as case

NO_NOTE = ("load_profiles", "state")
NOT_CHANGEABLE = ("load_profiles", "contingencies", "state")  # no variant tells what columns they have


def sections():
    """Table -> what FORMAT.md says of it."""
    text = (case.CASE / "FORMAT.md").read_text(encoding="utf-8")
    found = {}
    for heading, body in re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", text, re.M):
        names = re.findall(r"`(\w+)\.csv`", heading)
        bodies = [body] if len(names) == 1 else body.split(". ", 1)
        found.update(zip(names, bodies, strict=True))
    return found


def documented(table, body):
    """Column -> R or o."""
    columns = {}
    if "|---|" in body:
        for names, mark in re.findall(r"^\| ([a-z0-9_, ]+) \| (R|o) \|", body, re.M):
            columns.update({name.strip(): mark for name in names.split(",")})
    else:
        waiting = []
        for name, mark in re.findall(r"`(\w+)`|\b(R|o)\b", re.sub(r"\([^)]*\)", "", body)):
            if name:
                waiting.append(name)
            else:
                columns.update({column: mark for column in waiting})
                waiting = []
    if table == "state":
        columns = dict.fromkeys(re.findall(r"`(\w+)`", body)[:3], "R")
    if table not in NO_NOTE:
        columns.setdefault("note", "o")
    return columns


class FormatDescription(case.unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name) / "case"
        shutil.copytree(case.CASE, self.folder)

    def findings(self, *selection):
        code, answer = case.run("check", self.folder, *selection, "--format", "json")
        self.assertIn(code, (0, 1, 3), answer)
        return answer["findings"]

    def required(self, table, key):
        """Columns that the reader misses in a table with nothing but its key."""
        path = self.folder / f"{table}.csv"
        kept = path.read_bytes()
        path.write_text(key + "\n", encoding="utf-8")
        messages = [finding["message"] for finding in self.findings() if finding["code"] == "AZ1402"]
        path.write_bytes(kept)
        return {key} | {re.search(r"has no column '(\w+)'", message).group(1) for message in messages}

    def known(self, table, key):
        """Columns that the reader lists when a variant sets one that there is not."""
        path = self.folder / "variants" / "strange.toml"
        path.write_text(f'[[add.{table}]]\n{key} = "1"\nno_such_column = 1\n', encoding="utf-8")
        hint = next(finding["hint"] for finding in self.findings("--variant", "strange") if finding["code"] == "AZ1421")
        path.unlink()
        return set(hint.removeprefix("its columns are ").split(", "))

    def test_every_table_is_described(self):
        shipped = {path.stem for path in case.CASE.glob("*.csv")} - {"reported"}
        self.assertEqual(shipped, set(sections()))

    def test_columns_and_which_of_them_are_required(self):
        for table, body in sections().items():
            columns = documented(table, body)
            key = next(iter(columns))
            self.assertEqual({name for name, mark in columns.items() if mark == "R"}, self.required(table, key), table)
            if table not in NOT_CHANGEABLE:
                self.assertEqual(set(columns), self.known(table, key), table)

    def test_shipped_tables_use_described_columns_only(self):
        for table, body in sections().items():
            self.assertLessEqual(set(case.table(table)[0]) if case.table(table) else set(), set(documented(table, body)),
                                 table)


if __name__ == "__main__":
    case.main()
