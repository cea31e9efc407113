"""What we write as OLE, an independent reader takes without a complaint."""

import olefile
import pytest

from gateway.scan.formats.office.compoundwriter import compound_file


@pytest.mark.parametrize("size", [0, 1, 64, 4095, 4096, 9000, 2_000_000])
def test_olefile_reads_every_stream_back_without_a_complaint(size: int) -> None:
    streams = {"one": b"1" * size, "Two/three": b"3" * size, "Two/four": b"4"}

    opened = olefile.OleFileIO(compound_file(streams), raise_defects=olefile.DEFECT_POTENTIAL)

    assert {"/".join(path): opened.openstream(path).read() for path in opened.listdir()} == streams
