"""Words for made-up data: people, companies and reasons, in several scripts. Nobody real is meant."""

from collections.abc import Mapping
from decimal import Decimal

from salesproc.money import Money
from salesproc.stages import EvidenceValue

PEOPLE = (
    "Ana Torres",
    "Lin Wei",
    "林薇",
    "ليلى حسن",
    "عمر عبد الله",
    "Ольга Петрова",
    "Đặng Thị Hoa",
    "Zoë O'Neill-Müller",
    "नेहा शर्मा",
    "José María Núñez",
    "김민준",
    "Ελένη Νικολάου",
)
COMPANIES = (
    "Northwind Pumps",
    "شركة النيل للتجارة",
    "长城软件",
    "Рога и Копыта",
    "Müller & Söhne",
    "Café Ñandú",
    "株式会社さくら",
)
SELLERS = ("sara", "omar", "mei", "دينا", "Илья")
REASONS = ("no_need", "budget", "timing", "competitor", "لا ميزانية", "预算不足")

AMOUNTS = (Money(1200, "USD"), Money("8000.50", "EUR"), Money(150000, "JPY"), Money("0.001", "KWD"))

VALUES: Mapping[str, tuple[EvidenceValue, ...]] = {
    "amount": AMOUNTS,
    "budget": AMOUNTS,
    "by": SELLERS,
    "contact": PEOPLE,
    "offer": AMOUNTS,
    "reason": REASONS,
    "score": (60, 72, 99, Decimal("88.5")),
}
"""What evidence of that name looks like."""
OTHER_VALUES: tuple[EvidenceValue, ...] = ("yes", "see the call notes", "على الهاتف", "面谈")
"""What evidence of any other name looks like."""
