"""How long the FIT files of the corpus take: imported whole, against what the reference needs only to decode them."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import fitparse
import pytest

from stridelab.importers import fit
from stridelab.store import Store


@pytest.mark.benchmark
@pytest.mark.corpus
def test_import_against_decoding_with_fitparse(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted((corpus / "fit").rglob("*.fit"))

    began = time.perf_counter()
    done = Store.open(tmp_path / "store").import_([corpus / "fit"])
    imported = time.perf_counter() - began

    ours, decoded = 0.0, 0.0
    both = 0
    for path in files:
        data = path.read_bytes()
        began = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # fitparse warns of what it cannot name
                for message in fitparse.FitFile(data).get_messages():
                    message.get_values()
        except Exception:  # what the peer cannot read is left out of both sums
            continue
        decoded += time.perf_counter() - began
        began = time.perf_counter()
        messages = fit.decode(data)
        for name in messages:
            messages.table(name)
        ours += time.perf_counter() - began
        both += 1

    with capsys.disabled():
        print(f"\nimport of {done.files.seen} files, store included: {imported:.1f} s")
        print(f"decoding of the {both} files that fitparse reads: fitparse {decoded:.1f} s, stridelab {ours:.1f} s")
        print(f"fitparse needs {decoded / imported:.1f} times the import, {decoded / ours:.1f} times our decoder")
    assert done.files.imported > 0
