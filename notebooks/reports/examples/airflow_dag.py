"""The weekly report as a task of Airflow 3: one run a week, for the week that has ended; backfills work."""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable

with DAG(
    "callkit_weekly_report",
    schedule=CronDataIntervalTimetable("0 6 * * 1", timezone="Europe/London"),
    start_date=pendulum.datetime(2026, 1, 5, tz="Europe/London"),
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="report",
        # The account and where its key lies (token_file) stand in callkit.toml there.
        cwd="/srv/callkit",
        bash_command=(
            "exec .venv/bin/callkit report weekly --week {{ data_interval_start.strftime('%G-W%V') }}"
            " --skip-existing --log-format json"
        ),
        append_env=True,
        retries=2,
        retry_delay=timedelta(minutes=30),
        execution_timeout=timedelta(hours=2),
    )
