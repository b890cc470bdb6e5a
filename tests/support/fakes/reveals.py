"""Holds what a reveal needs beside the world: counters, honey tokens and a clock, in memory."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tokenizer.authorization.budget_rules import BudgetRules, Window
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.platform import counters
from tokenizer.errors import PipelineError
from tokenizer.reveal.budgets import RevealBudgets
from tokenizer.reveal.gates import RevealGates
from tokenizer.reveal.lookup import ReadableAliases, ReadableVault
from tokenizer.reveal.ports import Policies
from tokenizer.reveal.service import RevealService
from tokenizer.time_budget import Budget

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SHIPPED = BudgetRules.parse(Path("policies/budgets.toml").read_text(encoding="utf-8"))


@dataclass
class FakeCounters:
    counters: dict[str, Counter[str]] = field(default_factory=dict)
    down: PipelineError | None = None

    def add(
        self, caller: str, window: Window, moment: datetime, amounts: Mapping[str, int]
    ) -> Mapping[str, int]:
        if self.down:
            raise self.down
        counter = self.counters.setdefault(f"{window}#{window.of(moment)}#{caller}", Counter())
        counter.update(amounts)
        return {name: counter[name] for name in amounts}


@dataclass
class FakeHoney:
    tokens: set[str] = field(default_factory=set)
    down: PipelineError | None = None

    def among(self, tokens: Collection[str], budget: Budget) -> frozenset[str]:
        if self.down:
            raise self.down
        return frozenset(self.tokens.intersection(tokens))


@dataclass
class Revealing:
    """Reveals over fakes; what they share can be looked at, and the clock set."""

    vault: ReadableVault
    aliases: ReadableAliases
    audit: Any
    policies: Policies = field(default_factory=CedarPolicies)
    limits: BudgetRules = SHIPPED
    counters: FakeCounters = field(default_factory=FakeCounters)
    honey: FakeHoney = field(default_factory=FakeHoney)
    signals: Counter[str] = field(default_factory=Counter)
    moment: datetime = NOON

    @property
    def gates(self) -> RevealGates:
        return RevealGates(
            self.policies,
            RevealBudgets(self.limits, self.counters),
            self.honey,
            lambda name, count: self.signals.update({name: count}),
            lambda: self.moment,
        )

    @property
    def reveals(self) -> RevealService:
        return RevealService(self.vault, self.aliases, self.gates, self.audit)


@dataclass
class CountedRevealing(Revealing):
    """Reveals whose alarm metrics are counted where the function counts them."""

    @property
    def gates(self) -> RevealGates:
        return replace(super().gates, signal=counters.count)
