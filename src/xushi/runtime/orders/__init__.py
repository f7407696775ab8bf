"""Orders: the book, material requirements, the schedule on the real stations, and contingency plans."""

from xushi.runtime.orders._book import MOST_ORDERS, Book, Order, read_book, wanted_of
from xushi.runtime.orders._commands import order_commands
from xushi.runtime.orders._desk import OrderDesk
from xushi.runtime.orders._edits import edited
from xushi.runtime.orders._gantt import gantt
from xushi.runtime.orders._maintenance import AddParams as StopParams
from xushi.runtime.orders._maintenance import maintenance, maintenance_commands
from xushi.runtime.orders._materials import MATERIAL, Material, Used, find_materials, products_of
from xushi.runtime.orders._placing import Wish, drawn_together, place
from xushi.runtime.orders._problem import Lot, Plan, Shop, make_plan
from xushi.runtime.orders._requirements import plan_material
from xushi.runtime.orders._schedule import (
    Kept,
    MoveParams,
    lots_of,
    moved,
    plan_now,
    read_schedule,
    repaired,
    schedule_commands,
)
from xushi.runtime.orders._sheet import order_table, read_orders
from xushi.runtime.orders._watch import contingencies, contingency_commands, is_open

__all__ = [
    "MATERIAL",
    "MOST_ORDERS",
    "Book",
    "Kept",
    "Lot",
    "Material",
    "MoveParams",
    "Order",
    "OrderDesk",
    "Plan",
    "Shop",
    "StopParams",
    "Used",
    "Wish",
    "contingencies",
    "contingency_commands",
    "drawn_together",
    "edited",
    "find_materials",
    "gantt",
    "is_open",
    "lots_of",
    "maintenance",
    "maintenance_commands",
    "make_plan",
    "moved",
    "order_commands",
    "order_table",
    "place",
    "plan_material",
    "plan_now",
    "products_of",
    "read_book",
    "read_orders",
    "read_schedule",
    "repaired",
    "schedule_commands",
    "wanted_of",
]
