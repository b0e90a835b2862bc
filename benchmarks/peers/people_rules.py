"""Codes of people and rooms in cn-2017-quality, for the peers that count them."""

from __future__ import annotations

ABOVE_DEGREE = {
    "primary": ["11", "14", "17", "21", "28", "31"],
    "junior": ["11", "14", "17", "21", "28"],
}
BACKBONE = ["county", "city", "province", "nation"]
PE_ARTS = ["22", "23", "24", "25"]
TEACHING_ROOMS = ["classroom", "lab", "indoor_sport"]
NINE_YEAR = "312"
BANDS = [(1, 25), *((low, low + 4) for low in range(26, 66, 5)), (66, 10**6)]
