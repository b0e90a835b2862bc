"""Contracts: one description per dataset, from which everything that reads or writes it follows.

>>> from junheng.engine import contracts
>>> contracts.contract("pupils").field("class_id").header.zh
'班级编号'
"""

from junheng.engine.contracts.catalogue import (
    Catalogue,
    CatalogueError,
    contract,
    contracts,
    in_order_of_reference,
    load,
)
from junheng.engine.contracts.records import CodeList, Contract, Field, Purpose

__all__ = [
    "Catalogue",
    "CatalogueError",
    "CodeList",
    "Contract",
    "Field",
    "Purpose",
    "contract",
    "contracts",
    "in_order_of_reference",
    "load",
]
