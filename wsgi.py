"""The service for a WSGI server, set by PB_… variables: gunicorn wsgi:app."""

import os

from pb.app import create_app
from pb.foundation.clock import system_clock
from pb.foundation.settings import Settings

app = create_app(Settings.from_environment(os.environ), system_clock)
