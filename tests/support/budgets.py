"""Budget rules for tests."""

from tokenizer.authorization.budget_rules import BudgetRules

LIMITS = BudgetRules.model_validate(
    {
        "purposes": ["charge", "refund"],
        "reveals": [{"hour": {"full": 10, "shown": 30}, "day": {"full": 25, "shown": 40}}],
        "misses": {"hour": 5, "day": 8},
        "declines": {"hour": 3, "day": 5},
        "look_ups": {"hour": 4, "day": 6},
        "edits": {"hour": 7, "day": 9},
    }
)
