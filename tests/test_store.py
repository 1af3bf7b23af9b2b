"""The store finds what it kept, encodes only what is new, and goes on where its folder is damaged."""

import importlib.metadata
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient, models

from helpers import store

TEXTS = [f"text {number}" for number in range(7)]
PAYLOADS = [{"kind": "log" if number % 2 else "guide", "day": 19840101 + number} for number in range(7)]


class Encoder:
    """Maps a text to a fixed direction, and remembers what it was asked."""

    def __init__(self, seed: int = 0, width: int = 5):
        self.seed, self.width, self.asked = seed, width, []

    def __call__(self, texts):
        self.asked.extend(texts)
        rows = [np.random.default_rng([self.seed, *text.encode()]).normal(size=self.width) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows])


@pytest.fixture
def kept(tmp_path: Path):
    """Return a store's folder in which the texts were kept and which was closed."""
    store.open("notes", TEXTS, PAYLOADS, Encoder(), tmp_path).close()
    return tmp_path


def asked_again(folder: Path, texts=TEXTS, payloads=PAYLOADS, seed: int = 0, width: int = 5):
    """Open the store once more; return its note, its results, and how many texts were encoded."""
    encode = Encoder(seed, width)
    shelf = store.open("notes", texts, payloads, encode, folder)
    probe = Encoder(seed, width)([texts[3]])[0]
    found = shelf.search(probe, len(texts))
    shelf.close()
    assert found[0][0] == 3 and found[0][1] == pytest.approx(1, abs=1e-5)
    assert [payload["text"] for _, _, payload in found] == [texts[place] for place, _, _ in found]
    return shelf.note, [place for place, _, _ in found], len(encode.asked)


def test_a_search_is_the_exact_one_with_and_without_a_filter(tmp_path: Path) -> None:
    encode = Encoder()
    shelf = store.open("notes", TEXTS, PAYLOADS, encode, tmp_path)
    vectors, question = encode(TEXTS), encode(["a question"])[0]
    cosines = vectors @ question
    assert [place for place, _, _ in shelf.search(question, 4)] == list(np.argsort(-cosines)[:4])
    only = models.Filter(
        must=[
            models.FieldCondition(key="kind", match=models.MatchValue(value="guide")),
            models.FieldCondition(key="day", range=models.Range(lt=19840105)),
        ]
    )
    found = shelf.search(question, 4, only)
    assert [place for place, _, _ in found] == sorted((0, 2), key=lambda place: -cosines[place])
    assert found[0][1] == pytest.approx(cosines[found[0][0]], abs=1e-5)
    shelf.close()


def test_what_was_kept_is_found_again_without_encoding(kept: Path) -> None:
    note, _, encoded = asked_again(kept)
    assert note == "found again"
    assert encoded == 1  # one text, to see that the encoder is the same


def test_only_new_texts_are_encoded(kept: Path) -> None:
    texts = [*TEXTS[:5], "a new text", TEXTS[6]]
    note, places, encoded = asked_again(kept, texts)
    assert note == "1 of 7 texts were new"
    assert encoded == 2
    fresh = Encoder()
    order = np.argsort(-(fresh(texts) @ fresh([texts[3]])[0]))
    assert places == list(order)


def test_a_change_of_metadata_is_a_change(kept: Path) -> None:
    payloads = [dict(PAYLOADS[0], kind="letter"), *PAYLOADS[1:]]
    assert asked_again(kept, payloads=payloads)[0] == "1 of 7 texts were new"


@pytest.mark.parametrize(("seed", "width"), [(1, 5), (0, 6)])
def test_another_encoder_makes_all_vectors_again(kept: Path, seed: int, width: int) -> None:
    note, _, encoded = asked_again(kept, seed=seed, width=width)
    assert note == "made"
    assert encoded == 8


def sqlite_file(folder: Path) -> Path:
    return next(folder.rglob("storage.sqlite"))


def test_half_a_file_is_made_again(kept: Path) -> None:
    path = sqlite_file(kept)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    note, _, encoded = asked_again(kept)
    assert note.startswith("damaged (") and note.endswith("so it was made again")
    assert encoded == 7
    assert asked_again(kept)[0] == "found again"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", bytes(range(256))], ids=["empty", "half", "list", "null", "bytes"]
)
def test_a_damaged_list_of_collections_is_made_again(kept: Path, content: bytes) -> None:
    (kept / "notes" / "meta.json").write_bytes(content)
    assert "so it was made again" in asked_again(kept)[0]
    assert asked_again(kept)[0] == "found again"


def test_what_others_keep_in_the_folder_survives_a_repair(kept: Path) -> None:
    letter = kept / "notes" / "letter.txt"
    letter.write_text("not of the store")
    (kept / "notes" / "meta.json").write_text("{")
    assert "so it was made again" in asked_again(kept)[0]
    assert letter.read_text() == "not of the store"


def test_a_store_that_lost_points_is_filled_again(kept: Path) -> None:
    import sqlite3

    with sqlite3.connect(sqlite_file(kept)) as file:
        file.execute("DELETE FROM points WHERE rowid = 2")
    file.close()
    note, _, encoded = asked_again(kept)
    assert note == "1 of 7 texts were new"
    assert encoded == 2


def test_opened_twice_in_one_kernel_is_the_same_store(tmp_path: Path) -> None:
    first = store.open("notes", TEXTS, PAYLOADS, Encoder(), tmp_path)
    second = store.open("notes", TEXTS, PAYLOADS, Encoder(), tmp_path)
    assert second.client is first.client and second.note == "found again"
    first.close()
    assert asked_again(tmp_path)[0] == "found again"


def test_a_store_that_another_kernel_uses_is_left_alone(kept: Path) -> None:
    code = (
        "import sys; from qdrant_client import QdrantClient\n"
        f"client = QdrantClient(path={str(kept / 'notes')!r}); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        note, _, encoded = asked_again(kept)
        assert note == "another kernel uses the store, so it is kept in memory"
        assert encoded == 7
        other.communicate("")
    assert asked_again(kept)[0] == "found again"


def test_a_folder_that_cannot_be_made_is_no_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    note = asked_again(tmp_path / "file")[0]
    assert "cannot be written" in note and note.endswith("so it is kept in memory")


def test_in_memory_by_address_or_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_again(":memory:")[0] == "kept in memory"
    monkeypatch.setenv("GLASSBOX_STORE", ":memory:")
    assert asked_again(None)[0] == "kept in memory"


def test_the_variable_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_STORE", str(tmp_path))
    assert asked_again(None)[0] == "made"
    assert json.loads((tmp_path / "notes" / "meta.json").read_text())["collections"]


class Bridge(BaseHTTPRequestHandler):
    """Answers the requests of Qdrant's REST interface that the store makes, from a collection in memory."""

    def log_message(self, *args) -> None:
        """Say nothing."""

    def reply(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        parts = self.path.partition("?")[0].strip("/").split("/")
        self.server.seen.append((self.command, "/".join(parts[2:])))
        if parts == [""]:
            answer = {"title": "a bridge", "version": importlib.metadata.version("qdrant-client")}
        else:
            result = self.result(self.server.client, parts, body)
            answer = {"result": result, "status": "ok", "time": 0.0}
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = reply

    def result(self, client: QdrantClient, parts: list[str], body: dict):
        name, verb = parts[1] if len(parts) > 1 else "", "/".join(parts[2:])
        done = {"operation_id": 0, "status": "completed"}
        if not name:
            return client.get_collections().model_dump()
        if verb == "exists":
            return {"exists": client.collection_exists(name)}
        if verb == "points/count":
            return client.count(name).model_dump()
        if verb == "points/scroll":
            points, after = client.scroll(
                name, limit=body["limit"], offset=body.get("offset"), with_vectors=True
            )
            return {"points": [point.model_dump() for point in points], "next_page_offset": after}
        if verb == "points/query":
            only = models.Filter(**body["filter"]) if body.get("filter") else None
            found = client.query_points(
                name, body["query"]["nearest"], query_filter=only, limit=body["limit"]
            )
            return {"points": [point.model_dump() for point in found.points]}
        if verb == "points":
            client.upsert(name, [models.PointStruct(**point) for point in body["points"]])
            return done
        if verb == "index":
            self.server.indexed[body["field_name"]] = body["field_schema"]
            return done
        if self.command == "PUT":
            return client.create_collection(name, vectors_config=models.VectorParams(**body["vectors"]))
        assert self.command == "DELETE" and not verb
        return client.delete_collection(name)


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """Return a server on this machine that speaks the part of the interface which the store uses."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Bridge) as serving:
        serving.client, serving.seen, serving.indexed = QdrantClient(":memory:"), [], {}
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def test_the_same_calls_speak_to_a_server(server: ThreadingHTTPServer) -> None:
    address = f"http://127.0.0.1:{server.server_port}"
    encode = Encoder()
    shelf = store.open("notes", TEXTS, PAYLOADS, encode, address)
    assert shelf.note == f"on the server {address}" and len(encode.asked) == 7
    only = models.Filter(must=[models.FieldCondition(key="day", range=models.Range(lt=19840105))])
    question = encode(["a question"])[0]
    cosines = encode(TEXTS) @ question
    assert [place for place, _, _ in shelf.search(question, 9, only)] == list(np.argsort(-cosines[:4]))
    shelf.close()
    assert server.indexed == {"kind": "keyword", "day": "integer"}

    server.seen.clear()
    again = Encoder()
    store.open("notes", [*TEXTS[:6], "a new text"], PAYLOADS, again, address).close()
    assert again.asked == [TEXTS[0], "a new text"]
    assert ("DELETE", "") in server.seen
    assert [one.name.rpartition("-")[0] for one in server.client.get_collections().collections] == [
        "glassbox-notes"
    ]


def test_a_silent_server_is_named() -> None:
    with pytest.raises(store.StoreError, match=r"http://127\.0\.0\.1:9 does not answer"):
        store.open("notes", TEXTS, PAYLOADS, Encoder(), "http://127.0.0.1:9")


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="7 texts and 6 payloads"):
        store.open("notes", TEXTS, PAYLOADS[1:], Encoder(), tmp_path)
    with pytest.raises(ValueError, match="0 texts"):
        store.open("notes", [], [], Encoder(), tmp_path)
    with pytest.raises(ValueError, match="text would hide"):
        store.open("notes", TEXTS, [{"text": "x"}] * 7, Encoder(), tmp_path)
    with pytest.raises(ValueError, match=r"finite vectors \(7, D\)"):
        store.open("notes", TEXTS, PAYLOADS, lambda texts: np.full((len(texts), 3), np.nan), tmp_path)
