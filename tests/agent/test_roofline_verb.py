"""`bitnet-agent roofline`: verdicts in words, and the picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("torch")

from bitnet_report import Limits, Quality, read_report
from bitnet_report.bounds import roofline

pytestmark = pytest.mark.agent

USAGE = 2
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def written(tmp_path, golden_run):
    path = tmp_path / "run.json"
    path.write_bytes(golden_run.to_json())
    return path


@pytest.fixture(scope="module")
def golden_run(model):
    """The golden report, its stages counted from the tiny model and held against limits of its own."""
    from pathlib import Path

    from bitnet_agent.measurement.traffic.stages import count_stages

    report = read_report((Path(__file__).parents[1] / "golden" / "report-v1.json").read_bytes())
    taken = Limits(
        taken="before",
        threads=2,
        read_gb_per_s=5.0,
        cache_mb=1.0,
        peaks_gops={"bfloat16": 500.0, "int8": 900.0},
    )
    made = roofline([taken], count_stages(model, 32, 8), report.stage_profiles, report.freq_normalization)
    return report.model_copy(update={"roofline": made, "quality": Quality()})


def test_the_verdicts_in_words(here, written):
    said = here("roofline", str(written), "--lang", "en")
    assert said.code == 0
    assert "reads 5 GB/s from memory, bfloat16 500 Gop/s, int8 900 Gop/s" in said.out
    assert "of the memory's" in said.out
    assert "overhead: neither memory nor the arithmetic units are busy" in said.out
    assert "its BitLinear weights at 2 bits would be" in said.out
    assert "0.00 GB" not in said.out  # a tiny model's too has digits that count
    assert "<0.1 % of the units' limit" in said.out
    assert re.search(r"[\d.,]+ operations a byte", said.out)
    assert "the brief's formula" in said.out

    said = here("roofline", str(written), "--lang", "zh")
    assert "开销为主" in said.out
    assert "题目公式" in said.out


@pytest.mark.parametrize(
    ("language", "words"), [("en", "decode, 2-bit ideal"), ("zh", "decode，2-bit 理想值")]
)
def test_the_drawing_stands_by_itself(here, written, tmp_path, language, words):
    out = tmp_path / "there" / "roof.svg"
    assert here("roofline", str(written), "--out", str(out), "--lang", language).code == 0
    picture = ET.fromstring(out.read_text(encoding="utf-8"))
    labels = [text.text for text in picture.iter(f"{SVG}text")]
    assert words in labels
    assert {"prefill", "decode"} <= {*labels}
    assert len([*picture.iter(f"{SVG}circle")]) == 2
    assert picture.find(f"{SVG}style") is not None
    box = [float(number) for number in picture.get("viewBox").split()]
    for circle in picture.iter(f"{SVG}circle"):
        assert 0 < float(circle.get("cx")) < box[2]
        assert 0 < float(circle.get("cy")) < box[3]


def test_the_picture_of_points(here, written, tmp_path):
    out = tmp_path / "roof.png"
    assert here("roofline", str(written), "--out", str(out), "--lang", "zh").code == 0
    content = out.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(content[16:20], "big") == 1440  # twice the drawing


def test_without_chinese_letters_the_picture_is_in_english(here, written, tmp_path, monkeypatch):
    from bitnet_agent.screen import picture

    drawn = []
    monkeypatch.setattr(picture, "can_write_chinese", lambda: False)
    monkeypatch.setattr(picture, "png_of", lambda svg: drawn.append(svg) or b"png")
    assert here("roofline", str(written), "--out", str(tmp_path / "roof.png"), "--lang", "zh").code == 0
    assert "2-bit ideal" in drawn[0]
    assert "理想" not in drawn[0]


def test_what_cannot_be_drawn_is_refused(refused, written, tmp_path):
    assert "neither .svg nor .png" in refused(
        USAGE, "roofline", str(written), "--out", "roof.gif", "--lang", "en"
    )
    document = json.loads(written.read_bytes())
    del document["roofline"]
    old = tmp_path / "old.json"
    old.write_text(json.dumps(document))
    assert "holds no measured limits" in refused(USAGE, "roofline", str(old), "--lang", "en")
    assert "cannot be read" in refused(USAGE, "roofline", str(tmp_path / "absent.json"), "--lang", "en")
