"""Three collections to search, the questions about them, and the table of facts behind the handbook."""

from helpers.documents.labels import (
    FILTER_KEYS,
    FLAWS,
    FilterQuestion,
    LabelledAnswer,
    Question,
    TwoHop,
    answers,
    filter_questions,
    questions,
    two_hop_questions,
)
from helpers.documents.pages import (
    Document,
    Fact,
    curriculum,
    facts,
    front_matter,
    handbook,
    python_manual,
)
from helpers.documents.tables import ASSETS, DOCUMENTS

__all__ = [
    "ASSETS", "DOCUMENTS", "FILTER_KEYS", "FLAWS",
    "Document", "Fact", "FilterQuestion", "LabelledAnswer", "Question", "TwoHop",
    "answers", "curriculum", "facts", "filter_questions", "front_matter", "handbook", "python_manual",
    "questions", "two_hop_questions",
]  # fmt: skip
