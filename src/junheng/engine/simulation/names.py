"""Names of schools that cannot be those of real ones.

Every name begins with 样例区 (Sample District) and every place in it is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.ruleset import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.simulation.district import Location, SchoolKind, Township
    from junheng.engine.simulation.draws import Draw

DISTRICT = Text("样例区", "Sample District")

PLACES = (
    Text("砚塘", "Yantang"),
    Text("禾汀", "Heting"),
    Text("蔚岚", "Weilan"),
    Text("芷圃", "Zhipu"),
    Text("沅棠", "Yuantang"),
    Text("景榆", "Jingyu"),
    Text("杉屿", "Shanyu"),
    Text("泊榆", "Boyu"),
    Text("墨汀", "Moting"),
    Text("荻圃", "Dipu"),
    Text("岫禾", "Xiuhe"),
    Text("疏桐", "Shutong"),
    Text("照棠", "Zhaotang"),
    Text("云砚", "Yunyan"),
    Text("菱圃", "Lingpu"),
    Text("桐岫", "Tongxiu"),
    Text("桢禾", "Zhenhe"),
    Text("槿汀", "Jinting"),
    Text("澜砚", "Lanyan"),
    Text("屿禾", "Yuhe"),
    Text("柘岚", "Zhelan"),
    Text("霭川", "Aichuan"),
    Text("朔汀", "Shuoting"),
    Text("茗岫", "Mingxiu"),
    Text("筠塘", "Yuntang"),
    Text("苇汀", "Weiting"),
    Text("梓圃", "Zipu"),
    Text("汀棠", "Tingtang"),
    Text("岑榆", "Cenyu"),
    Text("砚禾", "Yanhe"),
    Text("葭川", "Jiachuan"),
    Text("樨渚", "Xizhu"),
    Text("禾岫", "Hexiu"),
    Text("璟渚", "Jingzhu"),
    Text("槐砚", "Huaiyan"),
    Text("芦圃", "Lupu"),
    Text("汐棠", "Xitang"),
    Text("椿汀", "Chunting"),
    Text("萤川", "Yingchuan"),
    Text("竺禾", "Zhuhe"),
)
FURTHER_PLACES = (
    Text("沚兰", "Zhilan"),
    Text("榆渚", "Yuzhu"),
    Text("岚墨", "Lanmo"),
    Text("棠川", "Tangchuan"),
    Text("砚岫", "Yanxiu"),
    Text("屿桐", "Yutong"),
    Text("沚汀", "Zhiting"),
    Text("柘棠", "Zhetang"),
    Text("霭砚", "Aiyan"),
    Text("苇岫", "Weixiu"),
    Text("槿禾", "Jinhe"),
    Text("萤渚", "Yingzhu"),
)
"""For districts with more schools than places above: used when those have run out."""
NUMERALS = "一二三四五六七八九十"

FORMS: dict[tuple[SchoolKind, Location], Text] = {
    ("primary", "city"): Text("{place}路小学", "{place} Road Primary School"),
    ("primary", "town"): Text("{town}{place}小学", "{place} Primary School, {town}"),
    ("primary", "rural"): Text("{town}{place}村小学", "{place} Village Primary School, {town}"),
    ("junior", "city"): Text("第{n}初级中学", "No. {n} Junior Secondary School"),
    ("junior", "town"): Text("{town}初级中学", "{town} Junior Secondary School"),
    ("junior", "rural"): Text("{town}初级中学", "{town} Junior Secondary School"),
    ("complete_middle", "city"): Text("第{n}中学", "No. {n} Secondary School"),
    ("nine_year", "city"): Text("{place}学校", "{place} School"),
    ("nine_year", "town"): Text("{town}{place}学校", "{place} School, {town}"),
    ("nine_year", "rural"): Text("{town}九年一贯制学校", "{town} Nine-Year School"),
    ("teaching_point", "rural"): Text(
        "{town}{place}村教学点", "{place} Village Teaching Point, {town}"
    ),
    ("special", "city"): Text("特殊教育学校", "Special Education School"),
}
FIRST_FORMS: dict[tuple[SchoolKind, Location], tuple[Text, ...]] = {
    ("primary", "city"): (
        *(Text(f"第{NUMERALS[n - 1]}小学", f"No. {n} Primary School") for n in range(1, 8)),
        Text("实验小学", "Experimental Primary School"),
    ),
    ("primary", "town"): 3 * (Text("{town}中心小学", "{town} Central Primary School"),),
    ("nine_year", "city"): (
        Text("实验学校", "Experimental School"),
        Text(
            "{town}{place}社区九年一贯制实验学校",
            "{place} Community Nine-Year Experimental School, {town}",
        ),
    ),
}
"""Names that come first in their group, before those made of drawn places."""


class Names:
    """Hands out each name once."""

    def __init__(self, draw: Draw) -> None:
        self._places: Iterator[Text] = iter(draw.shuffled(PLACES) + draw.shuffled(FURTHER_PLACES))
        self._n_named: dict[tuple[SchoolKind, Location], int] = {}

    def next_for(self, kind: SchoolKind, township: Township) -> Text:
        """Return the name of the next school of a kind in a township."""
        group = (kind, township.location)
        n = self._n_named.get(group, 0)
        self._n_named[group] = n + 1
        first = FIRST_FORMS.get(group, ())
        name = self._made(first[n] if n < len(first) else FORMS[group], n + 1, township)
        return Text(DISTRICT.zh + name.zh, f"{name.en}, {DISTRICT.en}")

    def _made(self, form: Text, n: int, township: Township) -> Text:
        place = next(self._places) if "{place}" in form.zh else Text("", "")
        numeral = NUMERALS[n - 1] if n <= len(NUMERALS) else str(n)
        return Text(
            form.zh.format(place=place.zh, town=township.name.zh, n=numeral),
            form.en.format(place=place.en, town=township.name.en, n=n),
        )
