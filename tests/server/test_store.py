"""The data folder: uploads by content, names claimed only once, nothing from outside."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from exoplanet_desktop.errors import InputError, NotFound
from exoplanet_desktop.server import records
from exoplanet_desktop.server.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


def upload(store: Store, name: str, content: bytes) -> tuple[str, bool]:
    incoming = store.receive(name)
    try:
        incoming.write(content)
        incoming.finish()
        return store.adopt(incoming)
    finally:
        incoming.discard()


def test_the_same_name_with_other_content_is_another_file(store: Store) -> None:
    first, existed = upload(store, "koi.csv", b"a\n1\n")
    second, _ = upload(store, "koi.csv", b"a\n2\n")
    assert not existed and first != second
    assert (store.folder("uploads") / first).read_bytes() == b"a\n1\n"
    assert upload(store, "koi.csv", b"a\n1\n") == (first, True)
    assert not list(store.folder("work").iterdir())


def test_a_name_that_lies_about_its_digest_fools_nobody(store: Store) -> None:
    name, _ = upload(store, "koi.csv", b"a\n1\n")
    (store.folder("uploads") / name).write_bytes(b"something else")
    longer, existed = upload(store, name, b"a\n1\n")
    assert not existed and longer != name and len(longer) == len("koi__.csv") + 64
    assert upload(store, "koi.csv", b"a\n1\n") == (longer, True)


def test_a_file_is_found_by_its_own_name_and_by_the_users_while_that_is_clear(store: Store) -> None:
    name, _ = upload(store, "koi.csv", b"a\n1\n")
    for reference in (name, f"uploads/{name}", "koi.csv"):
        assert store.find_csv(reference) == f"uploads/{name}"
    upload(store, "koi.csv", b"a\n2\n")
    with pytest.raises(InputError, match=r"Several files were uploaded as “koi.csv”"):
        store.find_csv("koi.csv")
    with pytest.raises(NotFound, match=r"no file “toi.csv”"):
        store.find_csv("toi.csv")


def test_links_are_no_files_of_the_store(store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    (store.folder("uploads") / "link.csv").symlink_to(secret)
    with pytest.raises(NotFound):
        store.media("uploads/link.csv")
    with pytest.raises(NotFound):
        store.find_csv("link.csv")
    assert store.list_files("uploads") == []


def test_names_are_claimed_once_within_a_second(store: Store) -> None:
    claimed = [store.claim("mergefiles", "merged__a__b__", ".csv") for _ in range(5)]
    assert len(set(claimed)) == 5
    assert not store.claim_exactly("mergefiles", claimed[0])
    store.release("mergefiles", claimed[0])
    assert store.claim_exactly("mergefiles", claimed[0])


def test_merged_files_are_counted_once_and_listed_newest_first(store: Store) -> None:
    folder = store.folder("mergefiles")
    for age, name in enumerate(("new.csv", "old.csv")):
        (folder / name).write_text('a,b\n1,"x\ny"\n2,3\n')
        os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))
    assert [(file.name, rows) for file, rows in store.list_merged()] == [("new.csv", 2), ("old.csv", 2)]
    assert sorted(records.merged_rows(store.database).values()) == [2, 2]
    assert store.list_merged()[0][0].modified.endswith("+00:00")
    store.delete_merged("new.csv")
    assert [file.name for file, _ in store.list_merged()] == ["old.csv"]
    with pytest.raises(NotFound):
        store.delete_merged("new.csv")


def test_the_signing_key_stays(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        opened = Store(tmp_path / "store")
        keys.append(opened.key)
        opened.close()
    assert keys[0] == keys[1] and len(keys[0]) == 32


def test_only_csv_files_are_received(store: Store) -> None:
    for name in ("x.txt", "csv", "x.csv.exe", ""):
        with pytest.raises(InputError, match=r"Only \.csv files"):
            store.receive(name)
    assert not list(store.folder("work").iterdir())


_SCHEMA_OF_2 = ",\n    catalog TEXT NOT NULL DEFAULT '',\n    class_rows TEXT NOT NULL DEFAULT '{}'"


def test_engine_to_2_takes_older_models_for_full_ones(tmp_path: Path) -> None:
    """The models in an old record are full ones."""
    import sqlite3

    from exoplanet_desktop.server.database import _SCHEMA, Database

    old = sqlite3.connect(tmp_path / "engine.sqlite3")
    old.executescript(_SCHEMA.replace(_SCHEMA_OF_2, "").replace(",\n    without TEXT NOT NULL DEFAULT '[]'", ""))
    old.execute(
        "INSERT INTO models (version, satellite, model, features, balance, created_at, job_id, filename)"
        " VALUES ('v', 'KOI', 'dt', 'vetted', 'none', '2026', 'j', 'f')"
    )
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    for _ in range(2):
        database = Database(tmp_path / "engine.sqlite3")
        (model,) = records.list_models(database)
        assert (model.version, model.without) == ("v", ())
        database.close()


def test_engine_to_3_does_not_know_what_older_models_were_trained_on(tmp_path: Path) -> None:
    import sqlite3

    from exoplanet_desktop.server.database import _SCHEMA, Database

    old = sqlite3.connect(tmp_path / "engine.sqlite3")
    old.executescript(_SCHEMA.replace(_SCHEMA_OF_2, ""))
    old.execute(
        "INSERT INTO models (version, satellite, model, features, balance, created_at, job_id, filename, without)"
        " VALUES ('v', 'KOI', 'dt', 'vetted', 'none', '2026', 'j', 'f', '[\"koi_depth\"]')"
    )
    old.execute("PRAGMA user_version = 2")
    old.commit()
    old.close()
    database = Database(tmp_path / "engine.sqlite3")
    (model,) = records.list_models(database)
    assert (model.without, model.catalog, model.class_rows) == (("koi_depth",), "", {})
    database.close()
