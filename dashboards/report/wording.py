"""The one place where sentences are made from keys and numbers.

Findings, days and values stay data everywhere else. A sentence gives the number, what it is compared with, the evidence
in plain words with its limits, what would have stayed within, and what clears it; it is never a diagnosis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from stridelab.analysis.rules.day_word import DayWord
from stridelab.analysis.rules.finding import Coverage, Finding, NotEvaluated
from stridelab.athlete import QUANTITIES, AthleteValue
from stridelab.dashboards.report import texts_en
from stridelab.dashboards.report.episodes import Episode, Gap
from stridelab.dashboards.report.finding_numbers import finding_text, moved_thresholds, numbers_text
from stridelab.dashboards.units import date_text, number_text, pace_text
from stridelab.errors import UsageError
from stridelab.issues import SENTENCES, Issue

LANGUAGES: Final[Mapping[str, ModuleType]] = {"en": texts_en}
"""Language code to its texts; each has the same tables."""

SEVERITY_SYMBOLS: Final[Mapping[str, str]] = {"info": "○", "watch": "▲", "act": "◆", "refer": "■", "urgent": "✚"}
"""A shape for each severity, so that none depends on colour."""


@dataclass(frozen=True)
class Card:
    """A flag in words, ready to be shown."""

    rule_id: str
    title: str
    severity: str
    severity_text: str
    symbol: str
    status: str
    sentence: str
    clears: str
    evidence: str
    coverage: str
    source: str


def sentence(item: Finding | NotEvaluated, units: str = "km", *, language: str = "en") -> str:
    """A finding, or why a rule was not evaluated, as a sentence.

    Parameters
    ----------
    item
        What a rule said.
    units
        ``km`` or ``mi``.
    language
        A key of `LANGUAGES`.

    Returns
    -------
    str
        For a finding: number, reference, evidence and its limits, what stays within, then grade and coverage.
        A key without a text of its own gives a plain sentence with the rule's name, never an error.

    Examples
    --------
    >>> import datetime
    >>> gap = NotEvaluated("consecutive_training_days", datetime.date(2026, 11, 14), "day_unknown")
    >>> sentence(gap)[:66]
    'Training without a rest day: not evaluated on Sat 14 Nov 2026, bec'
    """
    texts = _texts(language)
    day = date_text(item.day, weekday=True, language=language)
    title = rule_title(item.rule_id, language)
    if isinstance(item, NotEvaluated):
        return str(texts.OTHER["not_evaluated"].format(title=title, day=day, reason=_reason(item, language)))
    said, grade = message(item, units, language=language), evidence(item, language=language)
    return str(texts.OTHER[item.state].format(day=day, message=said, evidence=grade))


def message(finding: Finding, units: str = "km", *, language: str = "en") -> str:
    """The sentence of a finding without its day, grade and coverage."""
    texts = _texts(language)
    values = {"title": rule_title(finding.rule_id, language), **finding_text(finding, units, texts)}
    template = texts.MESSAGES.get(finding.message_key, texts.OTHER["finding"])
    said = [str(template.format_map(_Known(values)))]
    if finding.tags:
        said.append(texts.OTHER["softened"].format(tags=", ".join(texts.TAGS[tag] for tag in finding.tags)))
    for name, (own, published) in moved_thresholds(finding).items():
        said.append(texts.OTHER["moved"].format(name=name, own=own, published=published))
    if finding.part_of:
        said.append(texts.OTHER["part_of"].format(title=rule_title(finding.part_of, language)))
    return " ".join(said)


def evidence(finding: Finding, *, language: str = "en") -> str:
    """Grade and coverage of a finding, as a sentence."""
    parts = [_texts(language).GRADES[finding.grade], _covered(finding, language)]
    return "; ".join(part for part in parts if part) + "."


def coverage(known: Coverage, *, language: str = "en", what: str = "") -> str:
    """How many days were known, and how many of those assumed; empty where the rule needs no number of them.

    ``what`` is what was counted where it is not days.
    """
    if not known.needed:
        return ""
    texts = _texts(language)
    key = "coverage_count" if not known.window else "coverage_assumed" if known.assumed else "coverage"
    values = {"known": known.known, "assumed": known.assumed, "needed": known.needed, "window": known.window}
    return str(texts.OTHER[key].format(what=what or texts.OTHER["what"], **values))


def _covered(finding: Finding, language: str) -> str:
    return coverage(finding.coverage, language=language, what=_texts(language).COVERED.get(finding.rule_id, ""))


def day_word(word: DayWord, *, language: str = "en") -> str:
    """The word for a day with the flags it is built from; no score.

    Examples
    --------
    >>> day_word(DayWord("nothing_stands_out", (), 12, 20))
    'Nothing stands out. 12 of 20 rules could judge the day.'
    """
    texts = _texts(language)
    said = texts.DAY_WORDS[word.key]
    titles = ", ".join(rule_title(finding.rule_id, language) for finding in word.findings)
    key = "day_word" if titles else "day_word_alone"
    counted = texts.OTHER["judged"].format(judged=word.judged, rules=word.rules)
    return f"{texts.OTHER[key].format(word=said, titles=titles)} {counted}"


def clears(finding: Finding, *, language: str = "en") -> str:
    """What would clear it; empty where the rule names nothing."""
    template = _texts(language).CLEARS.get(finding.clears_when_key, "")
    return str(template.format_map(_Known(numbers_text(finding.numbers, "km"))))


def card(episode: Episode, units: str = "km", *, language: str = "en") -> Card:
    """An episode as a card: its gravest finding in words, since when, and whether it is over."""
    main = episode.main
    end = episode.cleared_on or episode.replaced_on
    if end is not None:
        key = "status_cleared" if episode.cleared_on else "status_replaced"
    else:
        key = "status_open" if episode.last > episode.start else "status_raised"
    dates = {"start": date_text(episode.start, weekday=True), "end": date_text(end, weekday=True) if end else ""}
    return Card(
        rule_id=main.rule_id,
        title=rule_title(main.rule_id, language),
        severity=main.severity,
        severity_text=severity(main.severity, language),
        symbol=SEVERITY_SYMBOLS[main.severity],
        status=_texts(language).OTHER[key].format(**dates),
        sentence=message(main, units, language=language),
        clears=clears(main, language=language) if episode.is_open else "",
        evidence=_texts(language).GRADES[main.grade],
        coverage=_covered(main, language),
        source=main.source,
    )


def gap_sentence(gap: Gap, *, language: str = "en") -> str:
    """A rule that was not evaluated, on one day or several, and why."""
    if gap.days == 1:
        return sentence(gap.last, language=language)
    day = date_text(gap.last.day, weekday=True, language=language)
    title, reason = rule_title(gap.last.rule_id, language), _reason(gap.last, language)
    template = _texts(language).OTHER["not_evaluated_days"]
    return str(template.format(title=title, count=gap.days, day=day, reason=reason))


def day_state(state: str, basis: str = "", *, language: str = "en") -> str:
    """The state of a day with its basis where it is not plain.

    Examples
    --------
    >>> day_state("trained", "recorded"), day_state("rest", "assumed")
    ('training', 'rest (assumed from the gaps between recordings)')
    """
    texts = _texts(language)
    said = str(texts.DAY_STATES[state])
    return said if basis in ("", "recorded") else f"{said} ({texts.BASES[basis]})"


def athlete_value(value: AthleteValue, *, language: str = "en") -> str:
    """A value of the athlete with where it came from.

    Examples
    --------
    >>> athlete_value(AthleteValue("max_heart_rate_bpm", 190.0, "assumed", None, "nothing to estimate it from"))
    'Maximal heart rate 190 bpm: assumed (nothing to estimate it from)'
    """
    texts = _texts(language)
    name = quantity(value.quantity, language=language)
    shown = value.value if isinstance(value.value, str) else athlete_number(value.quantity, value.number)
    since = texts.OTHER["from"].format(day=date_text(value.valid_from)) if value.valid_from else ""
    note = f" ({value.note})" if value.note else ""
    return f"{name} {shown}: {texts.ORIGINS[value.origin]}{since}{note}"


def quantity(name: str, *, language: str = "en") -> str:
    """Name of a quantity of the athlete."""
    return str(_texts(language).QUANTITIES.get(name, name))


def athlete_number(name: str, value: float) -> str:
    """A number of the athlete with its unit; speeds as paces too.

    Examples
    --------
    >>> athlete_number("threshold_speed_mps", 4.0)
    '4.00 m/s (4:10 /km)'
    """
    unit = QUANTITIES[name][0] if name in QUANTITIES else ""
    if unit == "m/s":
        return f"{number_text(value, 2, unit)} ({pace_text(value, 'km')})"
    return number_text(value, 0, unit)


def issue(item: Issue) -> str:
    """What was wrong with a recording: the sentence of its code and what was found."""
    return f"{SENTENCES[item.code]} {item.message}".strip()


def rule_title(rule_id: str, language: str = "en") -> str:
    """A rule's name as a heading; its id in words where it has none."""
    return str(_texts(language).RULES.get(rule_id, (rule_id.replace("_", " ").capitalize(),))[0])


def rule_short(rule_id: str, language: str = "en") -> str:
    """A rule's name where there is little room."""
    known = _texts(language).RULES.get(rule_id)
    return str(known[1]) if known else rule_id.replace("_", " ")


def rule_letter(rule_id: str, language: str = "en") -> str:
    """One letter for a rule, beside its symbol on a chart."""
    known = _texts(language).RULES.get(rule_id)
    return str(known[2]) if known else rule_id[:1].upper()


def severity(name: str, language: str = "en") -> str:
    """A severity in words."""
    return str(_texts(language).SEVERITIES[name])


def family(name: str, language: str = "en") -> str:
    """A sport family in words."""
    return str(_texts(language).FAMILIES.get(name, name))


def _texts(language: str) -> ModuleType:
    if language not in LANGUAGES:
        raise UsageError(f"language {language!r}", expected="one of " + ", ".join(LANGUAGES))
    return LANGUAGES[language]


def _reason(item: NotEvaluated, language: str) -> str:
    texts = _texts(language)
    template = texts.REASONS.get(item.reason_key, texts.OTHER["unknown_reason"])
    return str(template.format_map(_Known(numbers_text(item.numbers, "km"))))


class _Known(dict[str, str]):
    """Numbers by name; one that a finding does not carry is shown as unknown."""

    def __missing__(self, key: str) -> str:
        return "–"
