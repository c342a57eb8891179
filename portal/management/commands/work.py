import signal
import threading
from typing import Any

from portal.operators import OperatorCommand
from portal.runner import run_until


class Command(OperatorCommand):
    help = (
        "The runner: brings counted visits into the database and does recurring work, until it is "
        "told to stop (Ctrl-C or SIGTERM). Several may run; each piece of work is done once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        run_until(stopped)
