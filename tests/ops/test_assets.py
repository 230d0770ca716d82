"""What Plotly would write into pages is found in its bundle, or the build stops."""

from __future__ import annotations

import json

import pytest

from app.ops import assets

BUNDLE = assets.MODULES / assets.FILES[assets.PLOTLY]
needs_bundle = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the front-end packages are not fetched (make assets)"
)


@needs_bundle
def test_every_rule_of_plotly_becomes_a_rule_of_ours() -> None:
    style = assets.plotly_style(BUNDLE.read_text(encoding="utf-8"))
    rules = style.strip().split("\n")
    assert len(rules) >= assets.FEWEST_RULES
    assert all(rule.startswith((".js-plotly-plot .plotly", ".plotly-notifier")) for rule in rules)
    assert all(rule.count("{") == 1 and rule.endswith("}") for rule in rules)
    assert ".js-plotly-plot .plotly .main-svg{position:absolute;top:0;left:0;pointer-events:none;}" in rules


@needs_bundle
def test_other_style_sheets_of_plotly_are_known_by_their_ids() -> None:
    text = assets.plotly_sheets(BUNDLE.read_text(encoding="utf-8"))
    ids = json.loads(text.removeprefix("export const SHEETS = ").removesuffix(";\n"))
    assert ids and all(len(one) == 64 for one in ids)


@pytest.mark.parametrize("bundle", ["", 'var a={"X,X div":"margin:0;","X .main-svg":"top:0;"}'])
def test_a_bundle_without_the_rules_stops_the_build(bundle: str) -> None:
    with pytest.raises(SystemExit, match="addStyleRule"):
        assets.plotly_style(bundle)


def test_a_style_sheet_that_nobody_knows_stops_the_build() -> None:
    known = 'if(!document.getElementById("ab")){var e=document.createElement("style");document.createElement("style")'
    assert assets.plotly_sheets(known) == 'export const SHEETS = ["ab"];\n'
    with pytest.raises(SystemExit, match="createElement"):
        assets.plotly_sheets(f'{known};document.createElement("style")')
