"""The key of a home: made once, kept, for its user alone; and never another in its place."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from orchestration.pseudonyms import keep_key
from orchestration.settings import Settings, SettingsError
from tests.python.worlds.world import dbt_environment, load_nothing, manifest_of, run_dbt

OWN_KEY, OTHER_KEY = "own key, as long as a key should be", "another key, as long as it should be"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", sources=("shop",))


def configured(home: Settings, key: str) -> Settings:
    return Settings(home=home.home, sources=home.sources, pseudonym_key=key)


def pseudonym(home: Settings, text: str) -> str:
    """HMAC-SHA-256 as SQL makes it, with the key of the home."""
    with duckdb.connect() as connection:
        ((inner, outer),) = connection.execute(f"from '{home.pseudonym_key_file}'").fetchall()
    return hashlib.sha256(outer + hashlib.sha256(inner + text.encode()).digest()).hexdigest()


def test_a_key_is_made_once_and_is_for_its_user_alone(home: Settings, tmp_path: Path) -> None:
    keep_key(home)
    made = home.pseudonym_key_file.read_bytes()
    keep_key(home)
    assert home.pseudonym_key_file.read_bytes() == made
    assert home.pseudonym_key_file.stat().st_mode & 0o777 == 0o600
    assert home.pseudonym_key_file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in home.pseudonym_key_file.parent.iterdir()] == [home.pseudonym_key_file.name]
    other = Settings(home=tmp_path / "other", sources=("shop",))
    keep_key(other)
    assert pseudonym(home, "a") != pseudonym(other, "a")


def test_processes_that_begin_together_have_one_key(home: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(keep_key, home) for _ in range(8)]:
            done.result()
    assert len(pseudonym(home, "a")) == 64
    assert len(list(home.pseudonym_key_file.parent.iterdir())) == 1


@pytest.mark.parametrize("key", [OWN_KEY, "k" * 64])
def test_a_configured_key_is_used_as_hmac_does(home: Settings, key: str) -> None:
    keep_key(configured(home, key))
    assert pseudonym(home, "zoë@例.jp") == hmac.new(key.encode(), "zoë@例.jp".encode(), "sha256").hexdigest()


def test_a_home_keeps_its_key_when_the_environment_no_longer_names_it(home: Settings) -> None:
    keep_key(configured(home, OWN_KEY))
    keep_key(home)
    assert pseudonym(home, "a") == hmac.new(OWN_KEY.encode(), b"a", "sha256").hexdigest()


def test_another_key_than_the_home_s_is_refused_and_named_nowhere(home: Settings) -> None:
    keep_key(configured(home, OWN_KEY))
    with pytest.raises(SettingsError, match="is not the key that the customers of") as refused:
        keep_key(configured(home, OTHER_KEY))
    assert OTHER_KEY not in str(refused.value)
    assert OTHER_KEY not in repr(configured(home, OTHER_KEY))
    with pytest.raises(SettingsError, match="32 to 64 characters") as too_short:
        Settings.from_environment({"CEM_PSEUDONYM_KEY": "guess me"})
    assert "guess me" not in str(too_short.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no Parquet at all"])
def test_a_key_that_cannot_be_read_is_named(home: Settings, content: bytes) -> None:
    keep_key(home)
    home.pseudonym_key_file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"pseudonym_key\.parquet cannot be read"):
        keep_key(configured(home, OWN_KEY))


def test_a_key_that_is_lost_is_missed_where_customers_are_known_by_it(home: Settings) -> None:
    remembered = f"email:{'0' * 64}"
    for key, is_missed in (("shop:1", False), (f"email:{'0' * 32}", False), (remembered, True)):
        remember(home, key)
        if not is_missed:
            keep_key(home)
            home.pseudonym_key_file.unlink()
            continue
        with pytest.raises(SettingsError, match="is gone, and customers are known by it"):
            keep_key(home)
        assert not home.pseudonym_key_file.exists()
        keep_key(configured(home, OWN_KEY))


def remember(home: Settings, key: str) -> None:
    home.memory.parent.mkdir(parents=True, exist_ok=True)
    home.memory.unlink(missing_ok=True)
    with duckdb.connect(str(home.memory)) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_identity__key_history as select ? as key", [key])


def test_names_that_a_release_of_before_gave_are_keyed_where_they_stand(home: Settings) -> None:
    """A guest, one who shares a name that was taken, an account that began as a guest, and one that did not."""
    keep_key(configured(home, OWN_KEY))
    guest, returned, account = "email:" + md5("guest@x.org"), "social:" + md5("handle"), "shop:1"
    ids = {"guest": md5(guest), "returned": md5(f"{returned}:3"), "account": md5(account)}
    settle_before(home, guest, returned, account, ids)
    begin_dbt(home)
    keyed = {key: keyed_name(key) for key in (guest, returned)}
    now = {"guest": md5(keyed[guest]), "returned": md5(f"{keyed[returned]}:3"), "account": ids["account"]}
    expected = [
        (account, 1, now["account"]),
        (account, 2, now["guest"]),
        (keyed[guest], 1, now["guest"]),
        (keyed[returned], 3, now["returned"]),
        (keyed[returned], 4, None),
    ]
    with duckdb.connect(str(home.warehouse)) as connection:
        history = connection.execute(
            "select key, generation, customer_id from intermediate.int_identity__key_history order by all"
        ).fetchall()
        versions = connection.execute(
            "select event_id, customer_id, content_md5 from intermediate.int_timeline__versions order by all"
        ).fetchall()
        snapshots = connection.execute(
            "select customer_id, customer_value_monthly_id from marts.customer_value_monthly order by all"
        ).fetchall()
    assert sorted(history, key=str) == sorted(expected, key=str)
    assert versions == sorted((f"orders:{name}", now[name], event_content(now[name])) for name in now)
    assert snapshots == sorted((one, md5(f"{one}:2024-01-01:1")) for one in now.values())


def settle_before(home: Settings, guest: str, returned: str, account: str, ids: dict[str, str]) -> None:
    """What a release of before remembered, in a warehouse of its own."""
    history = [
        (guest, 1, ids["guest"]), (account, 1, ids["account"]), (account, 2, ids["guest"]),
        (returned, 3, ids["returned"]), (returned, 4, None),
    ]  # fmt: skip
    home.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema intermediate; create schema marts")
        connection.execute(
            "create table intermediate.int_identity__key_history (key text, generation bigint, customer_id text)"
        )
        connection.executemany("insert into intermediate.int_identity__key_history values (?, ?, ?)", history)
        connection.execute(
            "create table intermediate.int_timeline__versions (event_id text, customer_id text, content_md5 text,"
            " event text, occurred_at timestamp, channel text, touchpoint text, description text,"
            " event_value decimal(18, 4))"
        )
        connection.execute(
            "create table marts.customer_value_monthly (customer_value_monthly_id text, customer_id text,"
            " month_date date, snapshot_version bigint, content_md5 text)"
        )
        for name, customer_id in ids.items():
            connection.execute(
                "insert into intermediate.int_timeline__versions"
                " values (?, ?, ?, 'open', '2024-01-01', 'web', null, 'order', null)",
                [f"orders:{name}", customer_id, event_content(customer_id)],
            )
            connection.execute(
                "insert into marts.customer_value_monthly values (?, ?, '2024-01-01', 1, 'as it was')",
                [md5(f"{customer_id}:2024-01-01:1"), customer_id],
            )


def begin_dbt(home: Settings) -> None:
    """What every dbt command begins with, and the smallest thing that it can be asked for."""
    load_nothing(home.lake, "shop")
    with dbt_environment(home.child_environment()):
        run_dbt(manifest_of(home.sources), "seed", "--select", "survey_items")


def event_content(customer_id: str) -> str:
    return md5(f"{customer_id}|open|2024-01-01 00:00:00|web||true|order|")


def keyed_name(key: str) -> str:
    namespace, _, digest = key.partition(":")
    return f"{namespace}:{hmac.new(OWN_KEY.encode(), digest.encode(), 'sha256').hexdigest()}"


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
