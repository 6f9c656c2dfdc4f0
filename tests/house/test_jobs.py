"""The queue: a real worker takes a job from the broker, and the timetable names only jobs that exist."""
import os
import signal
import subprocess
import sys
import time

import pytest

from config.celery import app
from tests.house.sample import ROOT

BROKERS = ["filesystem://localhost", *filter(None, [os.environ.get("TEST_REDIS_URL")])]
SEND_AND_WAIT = """
import time
from django.core.cache import cache
from config.tasks import BEAT_KEY, note_beat
note_beat.delay()
for _ in range(150):
    if cache.get(BEAT_KEY):
        print("done")
        break
    time.sleep(0.1)
"""


def test_every_entry_of_the_timetable_names_a_job_that_exists():
    app.loader.import_default_modules()
    missing = {entry["task"] for entry in app.conf.beat_schedule.values()} - set(app.tasks)
    assert not missing


def test_no_job_keeps_a_result_and_a_job_of_a_dead_worker_comes_back():
    assert app.conf.task_ignore_result
    assert app.conf.task_acks_late


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
def test_a_worker_takes_a_job_from_the_broker_and_ends_when_told(broker, tmp_path):
    env = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    env |= {"VAR_DIR": str(tmp_path), "REDIS_URL": broker}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1", "--loglevel", "WARNING"]
    worker = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        asked = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SEND_AND_WAIT]
        done = subprocess.run(asked, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        assert done.stdout.strip().endswith("done"), done.stderr
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            time.sleep(0.1)
