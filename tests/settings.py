"""The product's settings, in a home of its own that goes when the tests end."""

import atexit
import os
import shutil
import tempfile

if "SHUCE_TEST_HOME" in os.environ:
    os.environ["SHUCE_HOME"] = os.environ["SHUCE_TEST_HOME"]
else:
    os.environ["SHUCE_HOME"] = tempfile.mkdtemp(prefix="shuce-test-")
    atexit.register(shutil.rmtree, os.environ["SHUCE_HOME"], ignore_errors=True)

from shuce.web.settings import *  # noqa: F403
from shuce.web.settings import HOME, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
(HOME / "static").mkdir(exist_ok=True)
