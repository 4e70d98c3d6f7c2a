"""The log of the web server, without the addresses of those who ask."""

from typing import Any

from gunicorn.glogging import Logger


class LogWithoutAddresses(Logger):
    """gunicorn's own log; it names the address of whoever sent what cannot be read, we do not."""

    def warning(self, message: str, *args: Any, **kwargs: Any) -> None:
        """Log a warning; one about a request says only that there was one."""
        if "ip=" in message:
            message, args = "A request could not be read.", ()
        super().warning(message, *args, **kwargs)
