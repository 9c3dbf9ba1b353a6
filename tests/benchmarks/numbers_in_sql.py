"""Twenty numbers of the catalogue by hour and service, written by hand as one statement for DuckDB."""

from pathlib import Path

import duckdb
import pandas as pd

COLUMNS = (
    "call_key", "caller", "direction", "outcome", "service_name", "started_at", "started_local", "talk_s", "wait_s",
)  # fmt: skip
_STATEMENT = """
WITH call AS MATERIALIZED (
    SELECT hour(started_local) AS hour_of_day, service_name, call_key, caller, started_at, wait_s, talk_s, outcome,
           direction = 'inbound' AS inbound, inbound AND outcome = 'answered' AS answered,
           direction IN ('inbound', 'outbound') AND outcome = 'answered' AS reached,
           inbound AND outcome = 'abandoned' AS abandoned, answered OR abandoned AS decided,
           inbound AND outcome NOT IN ('left_menu', 'closed') AS offered, offered AND NOT answered AS missed,
           abandoned AND wait_s <= 5 AS short
    FROM read_parquet($files)),
counted AS (
    SELECT hour_of_day, service_name,
           count(*) FILTER (offered) AS n_offered, count(*) FILTER (answered) AS n_answered,
           count(*) FILTER (answered) / nullif(count(*) FILTER (offered), 0) AS answer_rate,
           count(*) FILTER (abandoned) AS n_abandoned,
           count(*) FILTER (abandoned) / nullif(count(*) FILTER (offered), 0) AS abandon_rate,
           count(*) FILTER (short) AS n_short_abandoned, count(*) FILTER (missed) AS n_missed,
           count(*) FILTER (inbound AND outcome = 'left_menu') AS n_left_menu,
           count(*) FILTER (inbound AND outcome = 'closed') AS n_closed,
           count(*) FILTER (decided AND wait_s IS NULL) AS unsaid,
           count(*) FILTER (decided AND wait_s IS NOT NULL) AS said,
           count(*) FILTER (decided AND wait_s IS NOT NULL AND NOT short) AS said_long,
           count(*) FILTER (answered AND wait_s <= 20) AS in_time,
           if(unsaid > 0.1 * (said_long + unsaid), NULL, in_time / nullif(said_long, 0)) AS service_level,
           if(unsaid > 0.1 * (said + unsaid), NULL, in_time / nullif(said, 0)) AS service_level_strict,
           avg(wait_s) FILTER (answered) AS speed_of_answer,
           quantile_cont(wait_s, 0.5) FILTER (answered) AS wait_median,
           quantile_cont(wait_s, 0.9) FILTER (answered) AS wait_p90,
           max(wait_s) FILTER (offered) AS wait_longest,
           avg(talk_s) FILTER (answered) AS talk_mean,
           quantile_cont(talk_s, 0.5) FILTER (answered) AS talk_median,
           sum(talk_s) FILTER (answered) AS talk_total
    FROM call GROUP BY ALL),
missed AS (
    SELECT hour_of_day, service_name, coalesce(caller, call_key) AS who, min(started_at) AS first_missed
    FROM call WHERE missed GROUP BY ALL HAVING bool_or(caller IS NOT NULL) AND first_missed IS NOT NULL),
reached AS (SELECT caller, max(started_at) AS last_answered FROM call WHERE reached GROUP BY ALL),
callers AS (
    SELECT hour_of_day, service_name, count(*) AS n_missed_callers,
           count(*) FILTER (last_answered IS NULL OR last_answered < first_missed) AS n_unreached
    FROM missed LEFT JOIN reached ON who = reached.caller GROUP BY ALL)
SELECT counted.* EXCLUDE (unsaid, said, said_long, in_time),
       coalesce(n_missed_callers, 0) AS n_missed_callers, coalesce(n_unreached, 0) AS n_unreached
FROM counted LEFT JOIN callers USING (hour_of_day, service_name)
"""


def numbers(files: Path) -> pd.DataFrame:
    """Return a row an hour and service, a column a number."""
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        return engine.execute(_STATEMENT, {"files": str(files / "*.parquet")}).df()
