"""The checks between the fields and rows of a dataset, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue.present import words
from junheng.apps.foundation.shown import language
from junheng.engine.contracts import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.records import Reference, RowCheck, Succession


def sentences(contract: Contract) -> list[str]:
    """Return a sentence for the key, each check and each reference of a dataset."""
    key = gettext("Each row is told from every other by %(fields)s.")
    return [
        key % {"fields": _names(contract, contract.key)},
        *(_check(contract, check) for check in contract.checks),
        *(_reference(contract, reference) for reference in contract.references),
        *([_succession(contract, contract.succession)] if contract.succession else []),
    ]


def _check(contract: Contract, check: RowCheck) -> str:
    return _SAID[type(check)](contract, check)


def _name(contract: Contract, field_id: str) -> str:
    return gettext('"%(name)s"') % {"name": words.of(contract.field(field_id).header)}


def _names(contract: Contract, field_ids: Iterable[str]) -> str:
    return gettext(", ").join(_name(contract, field_id) for field_id in field_ids)


def _values(contract: Contract, when: Mapping[str, tuple[str, ...]]) -> str:
    """Return conditions on fields: name and the labels of the values."""
    parts = []
    for field_id, codes in when.items():
        code_list = contract.field(field_id).code_list
        labels = [code_list.name_of(c, language()) if code_list else c for c in codes]
        text = gettext("%(field)s is %(values)s")
        facts = {"field": _name(contract, field_id), "values": gettext(" or ").join(labels)}
        parts.append(text % facts)
    return gettext(" and ").join(parts)


def _order(contract: Contract, check: Any) -> str:
    return gettext("%(later)s is not before %(earlier)s.") % {
        "later": _name(contract, check.later),
        "earlier": _name(contract, check.earlier),
    }


def _touches_year(contract: Contract, check: Any) -> str:
    if not check.later:
        text = gettext("%(earlier)s is not after the end of the school year.")
        return text % {"earlier": _name(contract, check.earlier)}
    text = gettext("The time from %(earlier)s to %(later)s reaches into the school year.")
    names = {"earlier": check.earlier, "later": check.later}
    return text % {key: _name(contract, name) for key, name in names.items()}


def _age(contract: Contract, check: Any) -> str:
    text = gettext("By %(field)s the age at the start of the school year is %(low)d to %(high)d.")
    return text % {
        "field": _name(contract, check.field),
        "low": check.at_least,
        "high": check.at_most,
    }


def _required_when(contract: Contract, check: Any) -> str:
    return gettext("%(field)s is filled where %(condition)s.") % {
        "field": _name(contract, check.field),
        "condition": _values(contract, check.when),
    }


def _differs(contract: Contract, check: Any) -> str:
    return gettext("%(field)s and %(other)s are not the same.") % {
        "field": _name(contract, check.field),
        "other": _name(contract, check.other),
    }


def _unique(contract: Contract, check: Any) -> str:
    text = gettext("No two rows agree in %(fields)s.")
    return text % {"fields": _names(contract, check.fields)}


def _identity_agrees(contract: Contract, check: Any) -> str:
    return gettext("The birth date and sex that %(field)s tells are those of the row.") % {
        "field": _name(contract, check.field)
    }


def _one_owner(contract: Contract, check: Any) -> str:
    return gettext("No two different %(owner)s have the same %(field)s.") % {
        "field": _name(contract, check.field),
        "owner": _name(contract, check.owner),
    }


def _one_value(contract: Contract, check: Any) -> str:
    return gettext("All rows of one %(owner)s agree in %(fields)s.") % {
        "owner": _name(contract, check.owner),
        "fields": _names(contract, check.fields),
    }


def _no_overlap(contract: Contract, check: Any) -> str:
    facts = {
        "same": _names(contract, check.same),
        "earlier": _name(contract, check.earlier),
        "later": _name(contract, check.later),
    }
    if not check.only:
        text = gettext("Rows of one %(same)s have no day in common from %(earlier)s to %(later)s.")
        return text % facts
    text = gettext(
        "Rows of one %(same)s have no day in common from %(earlier)s to %(later)s, where "
        "%(condition)s."
    )
    return text % (facts | {"condition": _values(contract, check.only)})


def _reference(contract: Contract, reference: Reference) -> str:
    from junheng.engine import contracts

    there = contracts.contract(reference.dataset)
    return gettext('%(fields)s stands in the dataset "%(dataset)s".') % {
        "fields": _names(contract, reference.fields),
        "dataset": words.of(there.name),
    }


def _succession(contract: Contract, rule: Succession) -> str:
    text = gettext("A later row of one %(same)s ends the earlier one the day before it begins.")
    return text % {"same": _names(contract, rule.same)}


_SAID: Mapping[type[RowCheck], Callable[[Contract, Any], str]] = {
    records.Order: _order,
    records.TouchesYear: _touches_year,
    records.Age: _age,
    records.RequiredWhen: _required_when,
    records.Differs: _differs,
    records.Unique: _unique,
    records.IdentityAgrees: _identity_agrees,
    records.OneOwner: _one_owner,
    records.OneValue: _one_value,
    records.NoOverlap: _no_overlap,
}
