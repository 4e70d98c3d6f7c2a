"""The second verifier, static/js/verify.js, in a node that tests ask many things."""

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "static" / "js" / "verify.js"
NODE = shutil.which("node")


class Browser:
    """A node that answers questions to the functions of the script, one after the other."""

    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            [NODE, "--no-warnings", ROOT / "tests" / "results" / "verify_many.js"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, ask, **question):
        self.process.stdin.write(json.dumps({"ask": ask, **question}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert not (isinstance(answer, dict) and "bug" in answer), answer["bug"]
        return answer

    def look_at(self, raw, **kept):
        path = self.folder / "bundle.zip"
        path.write_bytes(raw)
        return self.ask("verify", bundle=str(path), given=kept)

    def close(self):
        with self.process:  # closes both ends and waits
            pass
