"""Orders: the book, material requirements, the schedule on the real stations, and contingency plans."""

from xushi.runtime._materials import MATERIAL, Material, Used, find_materials, products_of
from xushi.runtime.orders._book import MOST_ORDERS, Book, Order, order_of, read_book, wanted_of
from xushi.runtime.orders._commands import order_commands
from xushi.runtime.orders._desk import OrderDesk
from xushi.runtime.orders._edits import edited
from xushi.runtime.orders._gantt import gantt
from xushi.runtime.orders._job_control import (
    JOB_CONTROL,
    JOB_ID,
    PRODUCT,
    QUANTITY,
    JobControl,
    JobOrder,
    advanced,
    find_job_control,
    job_orders_after,
    told_to,
)
from xushi.runtime.orders._lots import chosen_lots, lot_commands
from xushi.runtime.orders._maintenance import AddParams as StopParams
from xushi.runtime.orders._maintenance import maintenance, maintenance_commands
from xushi.runtime.orders._mix import mix_of, sequence_changes
from xushi.runtime.orders._on_line import pieces_on_line
from xushi.runtime.orders._placing import Wish, drawn_together, place
from xushi.runtime.orders._problem import Lot, Plan, Shop, make_plan
from xushi.runtime.orders._receipts import Receipt, receipt_commands, receipts
from xushi.runtime.orders._requirements import MaterialRun, run_material
from xushi.runtime.orders._requirements import told as requirements_told
from xushi.runtime.orders._schedule import (
    Kept,
    MoveParams,
    lots_of,
    moved,
    plan_now,
    read_schedule,
    repaired,
    runs_of,
    schedule_commands,
)
from xushi.runtime.orders._sheet import order_table, read_orders
from xushi.runtime.orders._stock import Stock, made_of_products, stocks_of
from xushi.runtime.orders._supposed import contingency_fork
from xushi.runtime.orders._watch import contingencies, contingency_commands, contingency_of, is_open

__all__ = [
    "JOB_CONTROL",
    "JOB_ID",
    "MATERIAL",
    "MOST_ORDERS",
    "PRODUCT",
    "QUANTITY",
    "Book",
    "JobControl",
    "JobOrder",
    "Kept",
    "Lot",
    "Material",
    "MaterialRun",
    "MoveParams",
    "Order",
    "OrderDesk",
    "Plan",
    "Receipt",
    "Shop",
    "Stock",
    "StopParams",
    "Used",
    "Wish",
    "advanced",
    "chosen_lots",
    "contingencies",
    "contingency_commands",
    "contingency_fork",
    "contingency_of",
    "drawn_together",
    "edited",
    "find_job_control",
    "find_materials",
    "gantt",
    "is_open",
    "job_orders_after",
    "lot_commands",
    "lots_of",
    "made_of_products",
    "maintenance",
    "maintenance_commands",
    "make_plan",
    "mix_of",
    "moved",
    "order_commands",
    "order_of",
    "order_table",
    "pieces_on_line",
    "place",
    "plan_now",
    "products_of",
    "read_book",
    "read_orders",
    "read_schedule",
    "receipt_commands",
    "receipts",
    "repaired",
    "requirements_told",
    "run_material",
    "runs_of",
    "schedule_commands",
    "sequence_changes",
    "stocks_of",
    "told_to",
    "wanted_of",
]
