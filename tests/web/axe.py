"""axe-core on a page: what it finds. The file comes with a package of the tests; nothing of it is shipped."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import pytest

RUN = """async (within) => {
  const found = await axe.run(within ? {include: [[within]]} : document, {resultTypes: ['violations']});
  return found.violations.map((one) => ({id: one.id, impact: one.impact,
    nodes: one.nodes.map((node) => `${node.target.join(' ')}: ${(node.failureSummary || '').replace(/\\s+/g, ' ')}`)}));
}"""


@cache
def source() -> str:
    """The text of axe.min.js (MPL-2.0)."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


async def findings(page: Any, within: str = "") -> list[str]:
    """What axe-core has against the page (or a part of it) as it stands, of any weight: `weight rule: element: why`."""
    if not await page.evaluate("'axe' in window"):
        # By the debugger, which the page's own policy does not bind.
        await page.evaluate(source() + "; 0")
    found = await page.evaluate(RUN, within)
    return [f"{one['impact']} {one['id']}: {node}" for one in found for node in one["nodes"]]
