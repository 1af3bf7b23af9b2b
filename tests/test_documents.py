"""The documents to search: they agree with the table of facts, and the questions with them."""

from __future__ import annotations

import collections
import difflib
import functools
import itertools
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from helpers import documents
from helpers.documents import Document, Fact, FilterQuestion, Question, tables

KINDS = {"guide", "notice", "biography", "table", "log", "letter", "minutes"}
PLACES = {"Tollick", "Nether Stenny", "Farrow Bight", "Cobble Head", "the Skellet", "Ambry Quay"}
QUESTIONS = {
    "web": 30,
    "concept": 30,
    "fact": 30,
    "keyword": 30,
    "misspelled": 30,
    "exact": 30,
    "unanswerable": 20,
}
NEAR = (0.40, 0.95)  # the part of the shorter one's word trigrams that two near-duplicates share
FAR = 0.15  # the most that any other two documents share
SHARED = {  # what joins the two documents of a question where no link does
    "TH-24": "Keddlewick", "TH-25": "Skellet", "TH-26": "Brennaby", "TH-27": "Ollivant",
    "TH-28": "Birkwhistle", "TH-29": "Mirefield", "TH-30": "Tollick hitch", "TH-31": "Long Division",
    "TH-32": "Lady Ballast", "TH-33": "Gregory", "TH-34": "Fiskin",
}  # fmt: skip
LATEST = re.compile(r"\b(now|today|latest|newest|current|at present)\b")
CODE = re.compile(r"\b[A-Z]{1,3}-?\d[\w./-]*")


# Looking things up


def plain(text: str) -> str:
    """Return the text in small letters, with single spaces and without the stars of Markdown."""
    return " ".join(text.replace("*", "").split()).casefold()


def says(text: str, value: str) -> bool:
    """Return whether the value stands in the text as whole words."""
    return re.search(rf"(?<!\w){re.escape(plain(value))}(?!\w)", plain(text)) is not None


def words(text: str) -> list[str]:
    return re.findall(r"\w+(?:[-.,'’:/]\w+)*", text.casefold())


def trigrams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False))


def overlap(one: str, other: str) -> float:
    """Return the part of the smaller set of word trigrams that is in the other one too."""
    a, b = trigrams(one), trigrams(other)
    return len(a & b) / min(len(a), len(b))


@functools.cache
def handbook() -> dict[str, Document]:
    return {document.id: document for document in documents.handbook()}


@functools.cache
def facts() -> dict[str, Fact]:
    return {fact.id: fact for fact in documents.facts()}


@functools.cache
def heads() -> dict[str, dict[str, str]]:
    return {path.stem: documents.front_matter(path)[0] for path in documents.DOCUMENTS.glob("*.md")}


@functools.cache
def stated() -> list[tuple[Document, Fact, bool]]:
    """Return every statement: the document, the fact, and whether it is told as past or as coming (~)."""
    return [
        (handbook()[name], facts()[label.rstrip("~")], label.endswith("~"))
        for name, head in sorted(heads().items())
        for label in head["states"].split()
    ]


@functools.cache
def near_duplicates() -> set[frozenset[str]]:
    return {
        frozenset((name, head["near_duplicate_of"]))
        for name, head in heads().items()
        if "near_duplicate_of" in head
    }


@functools.cache
def changing() -> dict[tuple[str, str], list[Fact]]:
    """Return the facts that change, as the values of one attribute in the order of time."""
    found = collections.defaultdict(list)
    for fact in sorted(facts().values(), key=lambda fact: fact.since):
        found[fact.subject, fact.attribute].append(fact)
    return {key: values for key, values in found.items() if len(values) > 1}


# The table of facts


def test_facts_have_names_of_their_own_and_change_often_enough() -> None:
    assert len(facts()) == len(documents.facts()) >= 220
    assert len(changing()) >= 20
    assert all(fact.subject and fact.attribute and fact.value for fact in facts().values())


def test_two_values_of_one_attribute_never_hold_on_one_day() -> None:
    for values in changing().values():
        for old, new in itertools.pairwise(values):
            assert old.until and new.since and old.until < new.since, (old, new)


def test_two_values_of_one_attribute_cannot_be_taken_for_each_other() -> None:
    for values in changing().values():
        for one, other in itertools.permutations(values, 2):
            assert not says(one.value, other.value), (one, other)


def test_a_fact_holds_from_its_first_day_to_its_last() -> None:
    fact = Fact("a", "ferry", "fare", "10 nicks", "1994-05-01", "2006-04-30")
    days = ["1994-04-30", "1994-05-01", "2006-04-30", "2006-05-01"]
    assert [fact.holds(day) for day in days] == [False, True, True, False]
    assert Fact("b", "ferry", "name", "Second Thoughts", "", "").holds("0001-01-01")


# The documents


def test_there_are_enough_documents_of_each_kind_with_names_of_their_own() -> None:
    assert len(handbook()) >= 126
    assert len({document.title for document in handbook().values()}) == len(handbook())
    assert all(re.fullmatch(r"HB-\d{3}", name) for name in handbook())
    kinds = collections.Counter(document.kind for document in handbook().values())
    assert set(kinds) == KINDS and min(kinds.values()) >= 5
    assert heads().keys() == handbook().keys()


def test_a_document_has_150_to_300_words_and_does_not_repeat_its_title() -> None:
    lengths = {name: len(words(document.text)) for name, document in handbook().items()}
    assert not {name: length for name, length in lengths.items() if not 150 <= length <= 300}
    headed = [name for name, document in handbook().items() if re.search(r"(?m)^# ", document.text)]
    assert not headed, "the title stands in the front matter"
    assert not [
        name
        for name, document in handbook().items()
        if (document.kind == "table") > ("\n|--" in document.text)
    ]


def test_a_document_has_a_known_place_and_a_date_between_1984_and_2010() -> None:
    assert {document.place for document in handbook().values()} == PLACES
    assert not [d.id for d in handbook().values() if not "1984-01-01" <= d.date <= "2010-12-31"]


def test_links_lead_elsewhere_and_no_document_is_an_island() -> None:
    neighbours = collections.defaultdict(set)
    for document in handbook().values():
        assert 1 <= len(document.links) <= 4 and len(set(document.links)) == len(document.links), document.id
        assert document.id not in document.links
        for link in document.links:
            neighbours[document.id].add(link)
            neighbours[link].add(document.id)
    reached, waiting = set(), ["HB-001"]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += neighbours[name]
    assert reached == set(handbook())


# The documents and the facts


def test_a_document_states_three_to_eight_facts_that_the_table_has() -> None:
    for name, head in heads().items():
        labels = [label.rstrip("~") for label in head["states"].split()]
        assert not set(labels) - set(facts()), name
        assert 3 <= len(set(labels)) == len(labels) <= 8, name


def test_the_wording_of_a_fact_stands_in_each_document_that_states_it() -> None:
    assert not [
        (document.id, fact.id, fact.value)
        for document, fact, _ in stated()
        if not says(document.text, fact.value)
    ]


def test_a_stated_fact_is_valid_at_the_date_unless_marked_as_past_or_coming() -> None:
    wrong = [(document.id, fact.id) for document, fact, mark in stated() if fact.holds(document.date) == mark]
    assert not wrong, "either a false statement, or a mark ~ that is not needed"


def test_every_fact_is_stated_and_many_only_once() -> None:
    times = collections.Counter(fact.id for _, fact, _ in stated())
    assert not set(facts()) - set(times)
    assert sum(count == 1 for count in times.values()) >= 60


def test_of_two_documents_that_disagree_the_later_one_has_the_later_value() -> None:
    disagreements = 0
    for values in changing().values():
        told = [
            (fact.since, document.date) for document, fact, mark in stated() if fact in values and not mark
        ]
        for (since, date), (other_since, other_date) in itertools.combinations(told, 2):
            if since != other_since:
                disagreements += 1
                assert (since < other_since) == (date < other_date)
    assert disagreements >= 60


def test_no_document_holds_another_value_of_what_it_states() -> None:
    wrong = []
    for document in handbook().values():
        here = {fact.id for other, fact, _ in stated() if other is document}
        for values in changing().values():
            if here & {fact.id for fact in values}:
                wrong += [
                    (document.id, f.id, f.value)
                    for f in values
                    if f.id not in here and says(document.text, f.value)
                ]
    assert not wrong


def test_a_code_stands_only_where_it_is_stated() -> None:
    codes = {fact for fact in facts().values() if CODE.search(fact.value)}
    assert len(codes) >= 20
    told = {(document.id, fact.id) for document, fact, _ in stated()}
    wrong = [
        (document.id, fact.id)
        for fact in codes
        for document in handbook().values()
        if (document.id, fact.id) not in told and says(document.text, CODE.search(fact.value)[0])
    ]
    assert not wrong


def test_near_duplicates_are_near_and_all_others_are_not() -> None:
    assert len(near_duplicates()) >= 10
    low, high = NEAR
    wrong = {}
    for one, other in itertools.combinations(handbook().values(), 2):
        share = overlap(one.text, other.text)
        if not (low <= share <= high if frozenset((one.id, other.id)) in near_duplicates() else share <= FAR):
            wrong[one.id, other.id] = round(share, 2)
    assert not wrong


def test_the_overlap_of_two_texts_by_hand() -> None:
    assert overlap("one two three four", "zero one two three five six") == 1 / 2
    assert says("He paid *7 nicks*\nand left.", "7 Nicks and") and not says("17 nicks", "7 nicks")


# The questions


def by_kind() -> dict[str, list[Question]]:
    found = collections.defaultdict(list)
    for question in documents.questions():
        found[question.kind].append(question)
    return found


def test_there_are_thirty_questions_of_each_kind_in_equal_halves() -> None:
    assert {kind: len(asked) for kind, asked in by_kind().items()} == QUESTIONS
    for kind, asked in by_kind().items():
        halves = collections.Counter(question.half for question in asked)
        assert halves == {"tuning": len(asked) // 2, "test": len(asked) // 2}, kind
    everything = documents.questions()
    assert len({question.id for question in everything}) == len(everything)
    assert len({plain(question.text) for question in everything}) == len(everything)


@pytest.mark.parametrize("corpus", ["handbook", "python"])
def test_the_labels_of_a_question_exist_and_its_spans_are_exact(corpus: str) -> None:
    source = documents.handbook() if corpus == "handbook" else documents.python_manual()
    texts = {document.id: document.text for document in source}
    for question in documents.questions(corpus):
        assert question.corpus == corpus and set(question.relevant) <= set(texts), question
        answered = question.kind != "unanswerable"
        assert bool(question.relevant) == bool(question.spans) == bool(question.answer) == answered, question
        for span in question.spans:
            found = [texts[name].count(span) for name in question.relevant]
            assert sum(found) >= 1 and max(found) == 1, (question.id, span, "stands once in its document")
        if answered:
            assert all(any(s in texts[name] for s in question.spans) for name in question.relevant), question


def test_there_are_thirty_questions_about_the_python_manual() -> None:
    assert len(documents.questions("python")) >= 30


def test_a_misspelled_question_differs_from_the_right_spelling_of_its_document() -> None:
    known = set(itertools.chain.from_iterable(words(document.text) for document in handbook().values()))
    for question in by_kind()["misspelled"]:
        strange = set(words(question.text)) - known
        right = {
            word
            for name in question.relevant
            for word in words(handbook()[name].text + handbook()[name].title)
        }
        assert any(difflib.get_close_matches(word, right, cutoff=0.7) for word in strange), question


def test_an_exact_question_stands_in_the_relevant_document_only() -> None:
    for question in by_kind()["exact"]:
        found = tuple(name for name, document in handbook().items() if question.text in document.text)
        assert found == question.relevant and len(found) == 1, question


def test_a_keyword_question_is_a_few_words_and_a_fact_question_is_answered_by_a_span() -> None:
    assert not [q.id for q in by_kind()["keyword"] if not 2 <= len(words(q.text)) <= 6 or "?" in q.text]
    assert not [q.id for q in by_kind()["fact"] if not any(says(span, q.answer) for span in q.spans)]
    assert sum(len(q.relevant) > 1 for q in by_kind()["concept"]) >= 15


# Questions that take two documents


def everything(document: Document) -> str:
    return "\n".join((document.title, document.author, document.place, document.text))


def evenly(labelled: Sequence[documents.TwoHop | FilterQuestion]) -> bool:
    halves = collections.Counter(question.half for question in labelled)
    return halves == {"tuning": len(labelled) // 2, "test": len(labelled) // 2}


def test_a_two_hop_question_quotes_each_of_its_documents_and_neither_holds_both() -> None:
    asked = documents.two_hop_questions()
    assert len({question.id for question in asked}) == len({plain(q.text) for q in asked}) == len(asked) >= 24
    assert evenly(asked)
    for question in asked:
        texts = [handbook()[name].text for name in (question.first, question.second)]
        counts = [[text.count(span) for text in texts] for span in question.spans]
        assert counts == [[1, 0], [0, 1]], (question.id, counts)
        assert sum(question.spans[1] in document.text for document in handbook().values()) == 1, question


def test_the_answer_of_a_two_hop_question_stands_in_the_second_quotation_and_not_in_the_first_document() -> (
    None
):
    for question in documents.two_hop_questions():
        assert says(question.spans[1], question.answer), question
        assert not says(handbook()[question.first].text, question.answer), question
        assert not says(question.text, question.answer), question


def test_the_documents_of_a_two_hop_question_are_linked_or_share_the_name_that_joins_them() -> None:
    unlinked = set()
    for question in documents.two_hop_questions():
        first, second = handbook()[question.first], handbook()[question.second]
        if second.id not in first.links and first.id not in second.links:
            unlinked.add(question.id)
            name = SHARED[question.id]
            assert says(everything(first), name) and says(everything(second), name), question
            assert not says(question.text, name), question
    assert unlinked == set(SHARED) and 3 * len(unlinked) <= len(documents.two_hop_questions())


def test_the_words_of_a_two_hop_question_are_nearer_to_its_first_document_than_to_its_second() -> None:
    df = collections.Counter(word for d in handbook().values() for word in set(words(everything(d))))

    def common(question: str, name: str) -> float:
        both = set(words(question)) & set(words(everything(handbook()[name])))
        return sum(math.log(len(handbook()) / df[word]) for word in both)

    asked = documents.two_hop_questions()
    nearer = [common(q.text, q.first) > common(q.text, q.second) for q in asked]
    assert sum(nearer) >= 0.9 * len(asked)


# Questions from which a filter can be read


def passes(document: Document, wanted: dict[str, str | bool]) -> bool:
    """Return whether a document passes all of a filter but `latest`, which is about its neighbours."""
    same = all(getattr(document, key) == wanted[key] for key in ("kind", "place", "author") if key in wanted)
    return same and wanted.get("after", "") <= document.date < wanted.get("before", "9999")


def test_a_filter_keeps_each_relevant_document_and_uses_known_names() -> None:
    asked = documents.filter_questions()
    assert len({question.id for question in asked}) == len({plain(q.text) for q in asked}) == len(asked) >= 48
    assert evenly(asked)
    for question in asked:
        assert question.relevant and set(question.relevant) <= set(handbook()), question
        for key in {"kind", "place", "author"} & set(question.filter):
            assert question.filter[key] in {getattr(d, key) for d in handbook().values()}, question
        assert question.filter.get("after", "") < question.filter.get("before", "9999"), question
        assert all(passes(handbook()[name], question.filter) for name in question.relevant), question


def test_of_two_editions_the_latest_is_relevant_where_the_filter_says_so() -> None:
    for question in documents.filter_questions():
        if "latest" in question.filter:
            pairs = [pair for pair in near_duplicates() if pair & set(question.relevant)]
            newest = {max(pair, key=lambda name: handbook()[name].date) for pair in pairs}
            assert pairs and newest == set(question.relevant), question


def test_a_filter_says_what_its_question_says() -> None:
    for question in documents.filter_questions():
        wanted, text = question.filter, plain(question.text)
        dated = {int(str(wanted[key])[:4]) for key in ("after", "before") if key in wanted}
        years = {int(year) for year in re.findall(r"\d{4}", text)}
        assert all({year, year + 1} & dated for year in years) or not wanted, question
        assert all({date, date - 1} & years for date in dated), question
        assert ("latest" in wanted) == bool(LATEST.search(text)), question
        for key in {"place", "author"} & set(wanted):
            assert says(text, str(wanted[key])), question
        assert "kind" not in wanted or plain(str(wanted["kind"])).rstrip("y") in text, question


def test_the_filters_are_of_every_sort_and_some_questions_have_none() -> None:
    used = collections.Counter(key for q in documents.filter_questions() for key in q.filter)
    assert min(used[key] for key in documents.FILTER_KEYS) >= 8
    assert sum(len(question.filter) >= 2 for question in documents.filter_questions()) >= 15
    assert sum(not question.filter for question in documents.filter_questions()) >= 8


# Labelled answers

FUNCTION = set(
    "a an and are as at be but by for from had has have he her his if in is it its no not of on one or she "
    "so than that the their them then there these they this to was were when which while who with".split()
)


DERIVED = {"HQ-035": {"15"}}  # numbers of faithful answers that stand otherwise in the source: 2003-07-15


def content(text: str) -> set[str]:
    return set(words(text.replace("*", ""))) - FUNCTION


def cited(answer: documents.LabelledAnswer) -> str:
    return " ".join(everything(handbook()[name]) for name in answer.sources)


def test_the_labels_of_the_answers_are_complete_and_agree() -> None:
    found, known = documents.answers(), {question.id: question for question in documents.questions()}
    assert len({answer.id for answer in found}) == len({answer.text for answer in found}) == len(found) >= 96
    assert sum(answer.faithful for answer in found) == len(found) // 2
    for answer in found:
        assert answer.sources and set(answer.sources) <= set(handbook()), answer
        assert answer.faithful == (answer.flaw in ("", "off topic")), answer
        assert answer.relevant == (answer.flaw != "off topic"), answer
        assert known[answer.question].relevant, "a question that something answers"
        if answer.faithful and answer.relevant:
            assert set(answer.sources) & set(known[answer.question].relevant), answer
    flaws = collections.Counter(answer.flaw for answer in found)
    assert set(flaws) == set(documents.FLAWS) and min(flaws.values()) >= 6 and flaws["off topic"] >= 10


def test_every_number_of_a_faithful_answer_stands_in_its_sources() -> None:
    for answer in documents.answers():
        if answer.faithful:
            numbers = {word for word in content(answer.text) if word[0].isdigit()}
            assert numbers - DERIVED.get(answer.question, set()) <= content(cited(answer)), answer


def test_a_wrong_number_or_date_does_not_stand_in_the_sources() -> None:
    for answer in documents.answers():
        if answer.flaw in ("number", "date"):
            assert content(answer.text) - content(cited(answer)), answer


def test_an_answer_from_another_edition_has_a_value_that_only_the_other_edition_has() -> None:
    for answer in documents.answers():
        if answer.flaw == "edition":
            (name,) = answer.sources
            values = [fact for facts_ in changing().values() for fact in facts_]
            told = [fact for fact in values if says(answer.text, fact.value)]
            assert told and not any(fact.holds(handbook()[name].date) for fact in told), answer


def test_what_comes_from_another_document_stands_there_and_not_in_the_cited_one() -> None:
    for answer in documents.answers():
        if answer.flaw == "other document":
            said = content(re.split(r"(?<=\.) ", answer.text)[-1])
            others = [d for name, d in handbook().items() if name not in answer.sources]
            best = max(len(said & content(everything(document))) for document in others)
            assert len(said & content(cited(answer))) < best >= 0.6 * len(said), answer


def test_some_faithful_answers_share_few_words_with_their_sources() -> None:
    shares = [
        len(content(answer.text) & content(cited(answer))) / len(content(answer.text))
        for answer in documents.answers()
        if answer.faithful and answer.relevant
    ]
    assert sum(share < 0.5 for share in shares) >= 12 and sum(share > 0.8 for share in shares) >= 12


# The other collections


def test_the_manual_and_the_lessons_are_documents_with_names_of_their_own() -> None:
    for found in (documents.python_manual(), documents.curriculum()):
        assert len({document.id for document in found}) == len(found) > 50
        assert all(document.title and document.text for document in found)


def test_a_lesson_is_cut_at_its_headings() -> None:
    sections = {document.id: document for document in documents.curriculum(["09_attention"])}
    assert sections["09_attention#0"].title.startswith("09")
    assert sections["09_attention#4"].title.startswith("4. ")
    assert sections["09_attention#4"].text.startswith("## 4. ")
    assert list(sections) == [f"09_attention#{number}" for number in range(len(sections))]


# Missing and damaged files

GOOD = (
    "---\ntitle: A\nkind: log\ndate: 1999-01-02\nplace: B\nauthor: C\nlinks: HB-002\nstates: x\n---\nText.\n"
)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (("title: A\n", ""), "HB-001.md starts with"),
        (("---\nText", "Text"), "HB-001.md starts with"),
        (("place: B", "place: B: C"), "place of HB-001.md"),
        (("place: B", "place: [B]"), "place of HB-001.md"),
        (("1999-01-02", "1999-1-2"), "written like 1998-11-09, got '1999-1-2'"),
        (("1999-01-02", "1999-02-30"), "got '1999-02-30'"),
        (("Text.", " "), "HB-001.md has no text"),
        (("HB-002", "HB-003"), "HB-001 links to HB-003"),
    ],
)
def test_a_damaged_document_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: tuple[str, str], message: str
) -> None:
    monkeypatch.setattr(tables, "DOCUMENTS", tmp_path)
    (tmp_path / "HB-002.md").write_text(GOOD.replace("HB-002", "HB-001"), encoding="utf-8")
    (tmp_path / "HB-001.md").write_text(GOOD, encoding="utf-8")
    assert [document.id for document in documents.handbook.__wrapped__()] == ["HB-001", "HB-002"]
    (tmp_path / "HB-001.md").write_text(GOOD.replace(*damage), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)):
        documents.handbook.__wrapped__()


def test_missing_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "DOCUMENTS", tmp_path / "documents")
    monkeypatch.setattr(tables, "QUESTIONS", {"handbook": tmp_path / "questions.csv"})
    with pytest.raises(FileNotFoundError, match="no documents"):
        documents.handbook.__wrapped__()
    with pytest.raises(FileNotFoundError, match=r"facts\.csv is missing"):
        documents.facts()
    with pytest.raises(FileNotFoundError, match=r"questions\.csv is missing"):
        documents.questions()
    with pytest.raises(FileNotFoundError, match="99_nothing"):
        documents.curriculum(["99_nothing"])
    with pytest.raises(ValueError, match="'rust'"):
        documents.questions("rust")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("id,value\na,b\n", "has the columns id, subject"),
        ("id,subject,attribute,value,since,until\na,b,c\n", "line 2 of facts.csv has 6 fields"),
        ("id,subject,attribute,value,since,until\na,b,c,d,,,\n", "line 2 of facts.csv has 6 fields"),
        ("id,subject,attribute,value,since,until\na,b,c,d,soon,\n", "got 'soon'"),
    ],
)
def test_a_damaged_table_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, message: str
) -> None:
    monkeypatch.setattr(tables, "DOCUMENTS", tmp_path / "documents")
    (tmp_path / "facts.csv").write_text(table, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)):
        documents.facts()


@pytest.mark.parametrize(
    ("read", "head", "good", "bad", "message"),
    [
        (
            documents.two_hop_questions,
            "id,half,question,first,second,spans,answer",
            "TH-01,test,a,b,c,d | e,f",
            "TH-01,test,a,b,c,d,f",
            "TH-01 has two spans, one in each document, got 'd'",
        ),
        (
            documents.filter_questions,
            "id,half,question,filter,relevant",
            'FQ-01,test,a,"{""latest"": true, ""after"": ""1994-01-01""}",HB-001',
            'FQ-01,test,a,"{""year"": 1994}",HB-001',
            "the filter of FQ-01 is JSON with keys among kind, place",
        ),
        (
            documents.filter_questions,
            "id,half,question,filter,relevant",
            "FQ-01,test,a,{},HB-001",
            'FQ-01,test,a,"{""latest"": false}",HB-001',
            "the filter of FQ-01 is JSON",
        ),
        (
            documents.filter_questions,
            "id,half,question,filter,relevant",
            "FQ-01,test,a,{},HB-001",
            'FQ-01,test,a,"{""after"": ""1994""}",HB-001',
            "written like 1998-11-09, got '1994'",
        ),
        (
            documents.filter_questions,
            "id,half,question,filter,relevant",
            "FQ-01,test,a,{},HB-001",
            "FQ-01,test,a,{,HB-001",
            "the filter of FQ-01 is JSON",
        ),
        (
            documents.answers,
            "id,question,text,sources,faithful,relevant,flaw",
            "AN-001,HQ-001,a,HB-001,1,0,off topic",
            "AN-001,HQ-001,a,HB-001,yes,0,off topic",
            "AN-001 is labelled 0 or 1, 0 or 1, and one of",
        ),
        (
            documents.answers,
            "id,question,text,sources,faithful,relevant,flaw",
            "AN-001,HQ-001,a,HB-001,0,1,number",
            "AN-001,HQ-001,a,HB-001,0,1,typo",
            "got ['0', '1', 'typo']",
        ),
    ],
)
def test_damaged_labels_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[], tuple],
    head: str,
    good: str,
    bad: str,
    message: str,
) -> None:
    monkeypatch.setattr(tables, "DOCUMENTS", tmp_path / "documents")
    with pytest.raises(FileNotFoundError, match="is missing"):
        read()
    path = tmp_path / f"{read.__name__}.csv"
    path.write_text(f"{head}\n{good}\n", encoding="utf-8")
    assert len(read()) == 1
    path.write_text(f"{head}\n{bad}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)):
        read()


def test_a_damaged_notebook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "NOTEBOOKS", tmp_path)
    for text in ("{", "[]", '{"cells": [{}]}', '{"cells": [3]}'):
        (tmp_path / "01_bad.ipynb").write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"01_bad\.ipynb is not a notebook"):
            documents.curriculum()
