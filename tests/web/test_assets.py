"""Files for browsers in memory."""

from pathlib import Path

import pytest

from streamer.web.assets import Assets


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_build_is_a_hash_of_all_contents(tmp_path):
    one = write(tmp_path / "one", a__index_html="x", lib__a_js="1")
    same = write(tmp_path / "two", a__index_html="x", lib__a_js="1")
    other = write(tmp_path / "three", a__index_html="x", lib__a_js="2")
    moved = write(tmp_path / "four", a__index_html="x", lib__b_js="1")
    builds = [Assets([folder], "/o/").build for folder in (one, same, other, moved)]
    assert builds[0] == builds[1]
    assert len(set(builds)) == 3


def test_a_change_on_disk_changes_nothing(tmp_path):
    folder = write(tmp_path, a__index_html="old __BUILD__")
    assets = Assets([folder], "/o/")
    write(tmp_path, a__index_html="new")
    assert assets.page("a") == f"old {assets.build}".encode()


def test_a_later_folder_overrides_by_name(tmp_path):
    shipped = write(tmp_path / "shipped", stage__index_html="shipped", chat__index_html="chat")
    home = write(tmp_path / "home", stage__index_html="mine", extra__index_html="extra")
    assets = Assets([shipped, home, tmp_path / "missing"], "/o/")
    assert assets.kinds() == ["chat", "extra", "stage"]
    assert assets.page("stage") == b"mine"
    assert assets.page("lib") is None


def test_hidden_files_and_unknown_types_are_left_out(tmp_path):
    folder = write(tmp_path, a_py="x", a_js="y")
    (folder / ".secret.js").write_text("z", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.js").write_text("z", encoding="utf-8")
    assert list(Assets([folder], "/o/")._files) == ["a.js"]


def test_a_page_names_all_modules_that_it_begins_with(tmp_path):
    page = '<base href="__BASE__"><script type="module" src="a/a.js"></script>'
    folder = write(
        tmp_path,
        a__index_html=page,
        a__a_js='import { x } from "../lib/x.js";\nimport "./b.js";\nconst later = () => import("../lib/later.js");',
        a__b_js='export {\n  x,\n} from "../lib/x.js";\nimport "./a.js";\nimport "./gone.js";\nimport "../../up.js";',
        lib__x_js="export const x = 1;",
        lib__later_js="",
    )
    assets = Assets([folder], "/o/")
    links = [f'<link rel="modulepreload" href="{name}">\n' for name in ("lib/x.js", "a/b.js")]
    assert (
        assets.page("a")
        == page.replace("__BASE__", assets.base).replace("<script", "".join(links) + "<script").encode()
    )


def test_modules_are_named_as_the_script_of_the_page_is(tmp_path):
    page = '<script type="module" src="__BASE__main.js"></script>'
    assets = Assets([write(tmp_path, index_html=page, main_js='import "./x.js";', x_js="")], "/p/")
    base = assets.base
    assert assets.page("") == (
        f'<link rel="modulepreload" href="{base}x.js">\n<script type="module" src="{base}main.js"></script>'.encode()
    )


@pytest.mark.parametrize("folders", [[], ["nowhere"]])
def test_no_files_at_all(tmp_path, folders):
    assets = Assets([tmp_path / name for name in folders], "/p/")
    assert assets.page("") is None
    assert len(assets.build) == 12


async def test_conditional_requests_and_clients_without_gzip(house):
    url = f"{house.url}/o/{house.server.overlays.build}/lib/feed.js"
    async with house.session.get(url, headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers
        tag = answer.headers["ETag"]
        assert answer.headers["Vary"] == "Accept-Encoding"
    async with house.session.get(url, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
