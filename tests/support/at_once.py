"""Shows each failure in the moment it happens; pytest shows them when all tests are done, many minutes later."""

import pytest


class Failures:
    """Writes one line for each failure, an ended worker of xdist included, below the dots so far."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter

    @pytest.hookimpl(trylast=True)  # after the test's own letter
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            where = "" if report.when == "call" else f" at {report.when}"
            crash = getattr(report.longrepr, "reprcrash", None)
            message = str(crash.message if crash else report.longrepr or "").partition("\n")[0]
            # With xdist, letters stand in a line of nobody's that pytest would not end.
            if self._reporter.currentfspath:
                self._reporter.ensure_newline()
            else:
                self._reporter.line("")
            self._reporter.write_line(f"FAILED{where} {report.nodeid} - {message}", red=True)


def shown(config: pytest.Config) -> None:
    """Registers it where the results come together: not in a worker, nor where `-v` writes a line for each test anyway."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and config.option.verbose <= 0 and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Failures(reporter), "failures at once")
