"""preselected-choices: boxes that are ticked before the visitor has touched them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from scanner.audit import legal, needs
from scanner.audit.case import Case
from scanner.audit.message import Message, enumerate_words, say, steps
from scanner.audit.rule import Answer, Hit, NotApplicable, Rule

TITLE = Message("A choice in the banner is ticked in advance", "{count} choices in the banner are ticked in advance")
DETAIL = Message(
    "This box or switch was on before the visitor had touched it: {names}. A box ticked in advance is no consent; only "
    "what is strictly necessary may stand on.",
    "These boxes or switches were on before the visitor had touched them: {names}. A box ticked in advance is no "
    "consent; only what is strictly necessary may stand on.",
)
SWITCH_OFF = Message("Set every category but the necessary one to “off” by default in the banner's settings.")
WHERE = Message(
    "In consent platforms this is the default state of each category: choose the opt-in model for visitors from the "
    "EU (OneTrust: status “Inactive”; Cookiebot: no pre-selected checkboxes; CookieYes and Complianz: opt-in)."
)

# What is always on, in the words of banners of many languages: parts of words, since some write several together.
_NECESSARY = (
    "necess", "essen", "esencia", "esentia", "required", "mandatory", "technical", "technique", "requis",
    "necesar", "notwendig", "erforderlich", "technis", "tekni", "tehni", "tecni", "techni", "unbedingt",
    "indispens", "imprescind", "obligat", "obbligat", "obrigat", "noodzak", "noodsaak", "nodig", "vereis",
    "verplicht", "nødvend", "nodvand", "pakrev", "pakræv", "vasentlig", "valttamat", "pakolli", "tarpeelli",
    "nauðsynleg", "tæknileg", "niezbedn", "konieczn", "wymagan", "nezbytn", "nutne", "nutna", "nutny",
    "nevyhnut", "potrebn", "povinn", "vyzadovan", "szukseges", "elengedhetetlen", "kotelezo", "strikt",
    "strict", "nuzn", "neophodn", "obvezn", "obavezn", "nujn", "vajalik", "kohustuslik", "nepieciesam", "butin",
    "butisk", "privalom", "reikaling", "necessarj", "meħtieg", "riachtanach", "angenrheidiol", "hanfodol",
    "beharrezko", "ezinbesteko", "funtsezko", "nevojshm", "domosdoshm", "zorunlu", "gerekli", "temel",
    "diperlukan", "wajib", "esensial", "thiet yeu", "can thiet", "bat buoc", "απαραιτητ", "αναγκαι", "υποχρεωτ",
    "необходим", "необхідн", "обязател", "обовязков", "обовʼязков", "обов'язков", "задължител", "задолжител",
    "неопходн", "потребн", "нужн", "обавезн", "техн", "必要", "必需", "必須", "必须", "不可欠", "필수", "필요",
    "הכרחי", "חיוני", "נחוצ", "נדרש", "ضروري", "أساسي", "الاساسي", "ضروری", "आवश्यक", "จำเป็น", "always on",
    "always active", "always enabled", "immer aktiv", "toujours acti", "sempre ativ", "sempre attiv",
    "siempre activ", "altijd actie", "altid aktiv", "alltid aktiv", "alltid pa",
)  # fmt: skip

# An objection to processing for legitimate interests waits for a no: that it stands on asks for no consent.
_LEGITIMATE = (
    "legitimate interest", "berechtigte interesse", "berechtigtes interesse", "berechtigten interesse",
    "interet legitime", "interets legitimes", "interes legitim", "interesos legitims", "interessos legitims",
    "intereses legitimos", "interesse legitimo", "interesses legitimos", "interese legitime",
    "interese lexitimo", "interesse legittimo", "interessi legittimi", "legittimo interesse",
    "legittimi interessi", "gerechtvaardigd belang", "gerechtvaardigde belang", "legitiem belang",
    "wettige belang", "regmatige belang", "legitim interesse", "legitime interesse", "berettiget interesse",
    "berettigede interesse", "berattigat intresse", "berattigade intresse", "oikeutettu etu", "oikeutetun edun",
    "oikeutetut edut", "logmæta hagsmuni", "logmætir hagsmunir", "uzasadniony interes", "uzasadnione interes",
    "uzasadnionego interes", "opravneny zajem", "opravnene zajm", "opravneneho zajm", "opravneny zaujem",
    "opravnene zaujm", "opravneneho zaujm", "jogos erdek", "legitimni interes", "opravdani interes",
    "upravicen interes", "zakonit interes", "zakoniti interes", "oigustatud huvi", "legitimas interes",
    "legitimo interes", "teiseti interes", "teisetas interes", "teiseta interes", "interess legittimu",
    "leas dlisteanach", "buddiant dilys", "budd dilys", "buddiannau dilys", "interes legjitim",
    "interesi legjitim", "εννομο συμφερον", "εννομα συμφεροντα", "легитимен интерес", "законен интерес",
    "законныи интерес", "законные интерес", "законных интерес", "законних інтерес", "законнии інтерес",
    "законні інтерес", "легітимнии інтерес", "легитимни интерес", "mesru menfaat", "mesru cıkar",
    "kepentingan sah", "kepentingan yang sah", "loi ich hop phap", "正当な利益", "合法利益", "正当利益",
    "合法權益", "정당한 이익", "אינטרס לגיטימי", "مصلحة مشروعة", "المصلحة المشروعة", "المصالح المشروعة",
    "منافع مشروع", "वैध हित", "ประโยชน์โดยชอบ",
)  # fmt: skip


def _plain(text: str) -> str:
    """Without accents and capitals, so that one spelling of a word is enough."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if unicodedata.category(sign) != "Mn"))


_ALWAYS_ON = re.compile("|".join(re.escape(_plain(word)) for word in _NECESSARY))
_OBJECTION = re.compile("|".join(re.escape(_plain(words)) for words in _LEGITIMATE))
_NOT = re.compile(r"(?:\b(?:non|not|no|nicht|pas|niet|ikke|inte|icke|nie|nao)[\s-]+|\b(?:un|nicht-|ne))$")


def _asks_consent(label: str) -> bool:
    """Whether a choice with this label waits for a yes: neither necessary nor based on legitimate interests."""
    plain = _plain(label)
    if not plain.strip() or _OBJECTION.search(plain):
        return False
    found = _ALWAYS_ON.search(plain)
    return found is None or _NOT.search(plain[: found.start()]) is not None


def _check(case: Case) -> Iterator[Answer]:
    if case.banner is None:
        yield NotApplicable(say("The site shows no consent banner."))
        return
    name, banner = case.banner
    chosen = tuple(text for text in banner.preselected if _asks_consent(text))
    if not chosen:
        return
    yield Hit(
        severity="medium",
        title=TITLE(len(chosen)),
        subjects=("banner",),
        states=(name,),
        detail=DETAIL(len(chosen), names=enumerate_words(tuple(f"“{text}”" for text in chosen))),
        observed=case.banner_places("banner/preselected"),
        fix=steps(SWITCH_OFF(), WHERE()),
        confidence="likely",
    )


RULE = Rule(
    name="preselected-choices",
    group="consent",
    title="Nothing is ticked in advance",
    checks="Whether boxes or switches of the banner for anything but the necessary were on before any click.",
    needs=(needs.ANY_PAGE,),
    severity=(("medium", "always"),),
    subject="The word `banner`.",
    confidence="`likely`: the meaning of a box is read from its words.",
    fairness="Boxes for what is necessary, technical or required are left out, in many languages.",
    legal=(legal.PLANET49, legal.GDPR_4_11, legal.EDPB_BANNERS),
    texts=(TITLE, DETAIL),
    fixes=(SWITCH_OFF, WHERE),
    check=_check,
)
