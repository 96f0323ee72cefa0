"""The words of the report in the languages of its readers: one catalogue of messages for rules and pages alike."""

from scanner.messages.message import Labels, Message, known, mark, say, say_n
from scanner.messages.speech import LANGUAGES, Language, language, number, speaking

__all__ = [
    "LANGUAGES",
    "Labels",
    "Language",
    "Message",
    "known",
    "language",
    "mark",
    "number",
    "say",
    "say_n",
    "speaking",
]
