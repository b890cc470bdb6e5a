"""`make test` leaves to `make test-all` what is listed here, and no planted bug needs it to be caught."""

import ast
import re
from collections.abc import Iterator

from tests.planted.bugs import bugs, selections
from tests.support.source import ROOT

# Each with what of it `make test` tries all the same.
BIG = {
    "tests/artifacts/test_artifacts.py::test_where_uv_finds_no_index_pip_installs_the_same": (
        "nothing of it; all other tests of artifacts have a layer that uv installed"
    ),
    "tests/e2e/test_live_page.py::test_a_field_under_the_pointer_is_marked_on_both_sides_with_the_facts_derived_from_it": (
        "fields by the keyboard, in the same module"
    ),
    "tests/e2e/test_live_page.py::test_a_poison_that_nothing_fixes_shows_its_bytes_and_stays_refused": (
        "a poison that is refused before it is fixed, above it"
    ),
    "tests/e2e/test_live_page.py::test_axe_finds_nothing_with_orders_letters_and_a_fault_on_the_page": (
        "a person's way through the page, also by the keyboard alone, in the same module; of names and contrasts nothing"
    ),
    "tests/e2e/test_live_page.py::test_axe_finds_what_is_wrong": "nothing: it tries the test above",
    "tests/e2e/test_live_page.py::test_orders_wait_while_a_fault_is_on_and_come_through_when_it_is_off": (
        "the switches in tests/unit/local/emulator/test_switches.py; faults of these services in tests/e2e/test_faults.py"
    ),
    "tests/e2e/test_load.py": "the API's routes are tried in tests/e2e/test_api.py, the load test's parts in tests/unit/bench/load",
    "tests/e2e/test_make.py::test_a_stack_whose_emulator_was_killed_is_cleaned_up_and_started_anew_with_the_modules_asked_for": (
        "that `make up` finds the stack that runs and `make down` leaves nothing, beside it; a core's stack in tests/e2e/test_canaries.py"
    ),
    "tests/e2e/test_make.py::test_make_demo_ends_with_the_figures_that_the_readme_shows": "the demo with fewer orders, above it",
    "tests/e2e/test_make.py::test_the_core_alone_does_the_same_without_the_lake": "the core's orders in tests/e2e/test_canaries.py",
    "tests/e2e/test_openapi.py::test_a_description_that_is_wrong_is_found_out": "nothing: it tries the test above it",
    "tests/e2e/test_openapi.py::test_at_the_bounds_of_every_schema_it_does_so_as_well": "examples, and inputs that are drawn, above it",
    "tests/e2e/test_pages.py": (
        "the consumers' kit in tests/e2e/test_consumer_kit.py; the pages' templates in tests/unit/docs/test_pages.py"
    ),
    "tests/e2e/test_recovery.py": (
        "marks, restored tables and the check of erasures in tests/integration/test_restore.py; the page's commands by nothing"
    ),
    "tests/e2e/test_rekey.py": (
        "everything that moves, at each third call, in tests/integration/test_rekey.py; the command that is killed at any step, in tests/unit/local"
    ),
    "tests/e2e/test_runbook.py": (
        "the page against template and alarms in tests/unit/docs/test_runbook_page.py; faults in tests/e2e/test_faults.py"
    ),
    "tests/e2e/test_setup.py::test_a_set_up_that_was_killed_anywhere_is_repaired_by_two_at_once_that_wait_for_each_other": (
        "one that was interrupted says so, in the same module"
    ),
    "tests/e2e/test_setup.py::test_the_rest_comes_on_top_of_the_demos_packages_and_both_say_what_they_do": (
        "the demo's set-up in tests/e2e/test_make.py; the rest by whoever runs `make test` in a fresh clone"
    ),
    "tests/e2e/test_setup.py::test_what_is_not_what_was_locked_is_not_installed_with_an_old_pip_either": (
        "another package than the locked one in tests/artifacts; the pip that comes with Python by nothing"
    ),
    "tests/e2e/test_setup.py::test_where_uv_finds_no_index_pip_installs_the_same": (
        "nothing of it; the layer's build goes from uv to pip in code of its own, tried in tests/artifacts"
    ),
    "tests/security/test_walls.py::test_in_the_core_a_role_may_do_its_part_and_no_more": (
        "its roles with all modules there, and the policies of every set of parameters in tests/security/test_roles.py"
    ),
    "tests/security/test_walls.py::test_in_the_core_every_action_is_tried_but_those_on_what_a_module_alone_has": (
        "nothing: it says what the test above tries"
    ),
    "tests/unit/bench/test_guard_cost.py::test_each_shape_is_a_record_that_is_read_to_its_end": "the worst shape in test_regression.py",
    "tests/unit/bench/test_guard_cost.py::test_no_shape_costs_more_by_the_byte_than_five_ordinary_orders": "the worst shape, there",
    "tests/unit/bench/test_guard_cost.py::test_the_command_prints_a_ratio_for_each_shape": "nothing: a benchmark's command",
    "tests/unit/bench/test_guard_cost.py::test_twice_the_bytes_cost_no_more_than_twice_the_work": "tests/unit/tokenizer/guard/test_junk.py",
    "tests/unit/bench/test_guard_rates.py::test_the_stored_rates_of_the_guard_are_measured": (
        "that the page shows the stored rates, above it; what the guard finds in tests/unit/tokenizer/guard"
    ),
    "tests/unit/docs/test_new_event_type_page.py::test_the_steps_work_as_they_stand_and_every_test_is_green_after_them": (
        "types of every form are written and released by the test below it"
    ),
}


def marked() -> Iterator[str]:
    """Yields the modules and the tests that have the mark."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if "mark.big" not in text or name == "tests/unit/house/test_big.py":
            continue
        for each in ast.parse(text).body:
            if isinstance(each, ast.Assign) and "mark.big" in ast.unparse(each):
                yield name
            if isinstance(each, ast.FunctionDef) and any(
                "mark.big" in ast.unparse(one) for one in each.decorator_list
            ):
                yield f"{name}::{each.name}"


def test_the_big_tests_are_these() -> None:
    assert set(marked()) == BIG.keys()
    files = {name.partition("::")[0] for name in BIG}
    texts = [(ROOT / each).read_text(encoding="utf-8") for each in files]
    assert sum(len(re.findall(r"\bmark\.big\b", each)) for each in texts) == len(BIG)  # and no case of a test


def test_make_test_leaves_out_nothing_else() -> None:
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert '\t@$(PYTEST) -m "not big"\n' in recipes
    assert re.search(r"^test-all:.*\n\t@(\w+=\d+ )+\$\(PYTEST\)\n", recipes, re.MULTILINE)


def test_no_planted_bug_needs_a_big_test() -> None:
    named = {each for bug in bugs([]) for each in selections(bug)}
    assert len(named) > 200
    assert [
        each for each in named for big in BIG if each.startswith(big) or big.startswith(f"{each}::")
    ] == []
